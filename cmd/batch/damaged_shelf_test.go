package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"vehiclebatch/cmd/batch/app"

	"github.com/xuri/excelize/v2"
)

// shelf is a folder of good files: lists, a configuration, a workspace with a run,
// its failures, and a bill.
type shelf struct{ dir, copies string }

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{dir: t.TempDir(), copies: t.TempDir()}
	for _, from := range []string{"../../sources/testdata/written-by/*.parquet", "../../sources/testdata/written-by/*.xlsx",
		"../../sources/testdata/written-by/*.csv", "../../sample_inputs/*.csv"} {
		s.take(t, from, "lists")
	}
	s.take(t, "../../sample_inputs/fleet.csv", ".")
	s.take(t, "testdata/batch.yaml", ".")
	code, said, err := readHere([]string{"run", "../../sample_inputs/fleet-wrong-rows.csv", "--simulate", "--day", "2026-03-01", "--out", filepath.Join(s.dir, "out"),
		"--format", "csv,parquet,xlsx", "--config", filepath.Join(s.dir, "batch.yaml")})
	if code != app.ExitFailures || err != nil {
		t.Fatalf("exit %d, %v:\n%s", code, err, said)
	}
	s.take(t, filepath.Join(s.dir, "out/runs/*/failures.*"), "failures")
	s.bill(t)
	return s
}

// take copies files onto the shelf.
func (s *shelf) take(t *testing.T, from, to string) {
	t.Helper()
	files, err := filepath.Glob(from)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files, %v", from, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil {
			err = os.MkdirAll(filepath.Join(s.dir, to), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, to, filepath.Base(f)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// bill writes a bill, as CSV and as a workbook.
func (s *shelf) bill(t *testing.T) {
	t.Helper()
	rows := [][]string{{"时间", "订单号", "车架号", "产品", "金额"}}
	for i := range 12 {
		rows = append(rows, []string{fmt.Sprintf("2026-03-01 09:%02d:00", i), strconv.Itoa(730041 + i), fmt.Sprintf("LSVAM4182G21042%02d", i), "维保查询", "17.00"})
	}
	var text strings.Builder
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // it is in memory
	for i, row := range rows {
		text.WriteString(strings.Join(row, ",") + "\n")
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(s.dir, "bills")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "bill.csv"), []byte(text.String()), 0o600), book.SaveAs(filepath.Join(dir, "bill.xlsx"))); err != nil {
		t.Fatal(err)
	}
}

// files are those on the shelf that a pattern names.
func (s *shelf) files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	for i, f := range found {
		found[i], _ = strings.CutPrefix(f, s.dir+string(filepath.Separator))
	}
	return found
}

// copied is another folder with some parts of the shelf in it.
func (s *shelf) copied(t *testing.T, parts ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp(s.copies, "")
	for _, part := range parts {
		from, to := filepath.Join(s.dir, part), filepath.Join(dir, part)
		if info, serr := os.Stat(from); serr == nil && info.IsDir() {
			err = errors.Join(err, os.CopyFS(to, os.DirFS(from)))
			continue
		}
		text, rerr := os.ReadFile(from)
		if err = errors.Join(err, rerr, os.MkdirAll(filepath.Dir(to), 0o700)); err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// harmed is a copy of a text that was damaged, and how.
func harmed(r *rand.Rand, text []byte) ([]byte, string) {
	if n := len(harms()); bytes.HasPrefix(text, []byte("PK")) && r.IntN(2*n) < n {
		return harmedWithin(r, text)
	}
	h := harms()[r.IntN(len(harms()))]
	return h.do(r, slices.Clone(text)), h.name
}

type harm struct {
	name string
	do   func(*rand.Rand, []byte) []byte
}

func harms() []harm {
	return []harm{
		{"one bit", func(r *rand.Rand, b []byte) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b }},
		{"one byte", func(r *rand.Rand, b []byte) []byte { b[r.IntN(len(b))] = byte(r.Uint32()); return b }},
		{"bytes", func(r *rand.Rand, b []byte) []byte {
			for range 2 + r.IntN(8) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
			return b
		}},
		{"a cut", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] }},
		{"a hole", func(r *rand.Rand, b []byte) []byte { from, to := piece(r, b); return slices.Delete(b, from, to) }},
		{"a piece twice", func(r *rand.Rand, b []byte) []byte {
			from, to := piece(r, b)
			return slices.Insert(b, to, slices.Clone(b[from:to])...)
		}},
		{"zeros", func(r *rand.Rand, b []byte) []byte { from, to := piece(r, b); clear(b[from:to]); return b }},
		{"a byte of the tail", func(r *rand.Rand, b []byte) []byte { // where Parquet and zips have their table of contents
			b[len(b)-1-r.IntN(min(len(b), 1500))] = byte(r.Uint32())
			return b
		}},
	}
}

// piece is a part of a text, not empty, at most a tenth of a long one.
func piece(r *rand.Rand, b []byte) (from, to int) {
	from = r.IntN(len(b))
	return from, from + 1 + r.IntN(min(len(b)-from, max(len(b)/10, 1)))
}

// harmedWithin damages a part of a zip and writes a sound zip of it.
func harmedWithin(r *rand.Rand, text []byte) ([]byte, string) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err.Error()
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	chosen, how := r.IntN(len(z.File)), ""
	for i, f := range z.File {
		part, err := f.Open()
		if err != nil {
			return nil, err.Error()
		}
		b, err := io.ReadAll(part)
		if i == chosen && len(b) > 0 {
			h := harms()[r.IntN(len(harms()))]
			b, how = h.do(r, b), h.name+" in "+f.Name
		}
		to, cerr := w.Create(f.Name)
		if err = errors.Join(err, cerr); err == nil {
			_, err = to.Write(b)
		}
		if err != nil {
			return nil, err.Error()
		}
	}
	if err := w.Close(); err != nil {
		return nil, err.Error()
	}
	return out.Bytes(), how
}

// readByProcess runs the command as a user does, with as little memory as may be.
func readByProcess(words []string) (code int, said string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), longestLook)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", append([]string{"-c", `ulimit -v 4000000; exec "$0" "$@"`, *damageBy}, words...)...)
	for _, name := range []string{"SIM", "WAPI_SECRET", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"} {
		key, _ := keysOfSimulator(name)
		cmd.Env = append(cmd.Env, name+"="+key)
	}
	cmd.Env = append(cmd.Env, "TMPDIR="+os.TempDir(), "HOME="+os.TempDir())
	text, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.Exited() {
		err = nil
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss > mostMemory>>10 && err == nil {
		err = fmt.Errorf("it takes %d MiB of memory", usage.Maxrss>>10)
	}
	return cmd.ProcessState.ExitCode(), string(text), err
}
