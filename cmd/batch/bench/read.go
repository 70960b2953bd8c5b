package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed duck.mjs
var duckScript []byte

// duckPackage is the DuckDB that the reading is held against.
const duckPackage = "@duckdb/node-api@1.5.6-r.1"

// readKind is one kind of file that is read.
type readKind struct {
	name  string // csv, parquet, xlsx, xlsx-inline
	title string
	file  string
	small string // the same with a tenth of the vehicles
	duck  string // what duck.mjs does; "" when DuckDB cannot read it here
}

// readFigures are seconds on the clock, seconds of the processor, and MiB.
type readFigures struct {
	ours, duck, table, one     figures
	oursCPU, duckCPU, tableCPU figures
	peak, small, duckPeak      figures
}

// read compares our reading of a file of vehicles with DuckDB's, in turn.
func read(ctx context.Context, b *bench) error {
	kinds, err := b.readFiles(ctx)
	if err != nil {
		return err
	}
	var all []*readFigures
	for _, k := range kinds {
		f, err := b.readInTurn(ctx, k)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	b.printReading(kinds, all)
	return b.readPeers(ctx, kinds)
}

// readFiles makes the files and says which of them DuckDB reads.
func (b *bench) readFiles(ctx context.Context) ([]readKind, error) {
	if err := b.installDuck(ctx); err != nil {
		return nil, err
	}
	kinds := slices.DeleteFunc([]readKind{
		{name: "csv", title: "CSV", duck: "csv"},
		{name: "parquet", title: "Parquet", duck: "parquet"},
		{name: "xlsx", title: "xlsx as Excel writes it", duck: "xlsx"},
		{name: "xlsx-inline", title: "xlsx with its texts in the cells", duck: "xlsx"},
	}, func(k readKind) bool { return !strings.Contains(k.name, b.only) })
	for i := range kinds {
		k := &kinds[i]
		ending, _, _ := strings.Cut(k.name, "-")
		k.file, k.small = b.path(k.name+"."+ending), b.path(k.name+"-small."+ending)
		for path, n := range map[string]int{k.file: b.rows, k.small: max(1, b.rows/10)} {
			if err := b.makeFile(ctx, k.name, path, n); err != nil {
				return nil, err
			}
		}
		if ending != "xlsx" {
			continue
		}
		if _, err := b.duck(ctx, "xlsx", k.small); err != nil {
			k.duck = ""
			b.say("DuckDB's extension excel is not to be had here, so %s is not compared with it", k.title)
		}
	}
	return kinds, nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) makeFile(ctx context.Context, kind, path string, n int) error {
	switch kind {
	case "csv":
		return writeCSV(path, n)
	case "parquet":
		from := path + ".csv"
		if err := writeCSV(from, n); err != nil {
			return err
		}
		_, err := b.duckOn(ctx, "make", path, from)
		return errors.Join(err, os.Remove(from))
	}
	return writeXLSX(path, n, kind == "xlsx-inline")
}

// installDuck installs DuckDB for node beside its script.
func (b *bench) installDuck(ctx context.Context) error {
	dir := b.path("duck")
	cmd := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, duckPackage)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("install %s (it wants node and npm): %w\n%s", duckPackage, err, text)
	}
	if err := os.WriteFile(filepath.Join(dir, "duck.mjs"), duckScript, 0o600); err != nil {
		return fmt.Errorf("write DuckDB's script: %w", err)
	}
	return nil
}

// readProcess is a process that has read a file.
type readProcess struct {
	reading
	peak float64 // MiB
}

func (b *bench) duck(ctx context.Context, what, file string) (readProcess, error) {
	return b.duckOn(ctx, what, file, "")
}

func (b *bench) duckOn(ctx context.Context, what, file, from string) (readProcess, error) {
	return b.reader(ctx, start{program: "node", dir: b.path("duck"), args: []string{"duck.mjs", what, file, from}})
}

func (b *bench) ours(ctx context.Context, role, file string) (readProcess, error) {
	return b.reader(ctx, start{program: b.self, dir: b.dir, args: []string{role, file}})
}

func (b *bench) reader(ctx context.Context, s start) (readProcess, error) {
	var p readProcess
	e, err := runProcess(ctx, s)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(e.out, &p.reading); err != nil {
		return p, fmt.Errorf("read what %s %v printed: %w", s.program, s.args, err)
	}
	p.peak = float64(e.peak) / mebibyte
	if p.CPU == 0 { // ours does not say
		p.CPU = e.cpu.Seconds()
	}
	return p, nil
}

// readInTurn lets each reader read the file, again and again.
func (b *bench) readInTurn(ctx context.Context, k readKind) (*readFigures, error) {
	f := &readFigures{}
	for i := range b.runs {
		ours, err := b.ours(ctx, readRole, k.file)
		if err != nil {
			return nil, err
		}
		small, err := b.ours(ctx, readRole, k.small)
		if err != nil {
			return nil, err
		}
		if ours.Rows != int64(b.rows) {
			return nil, fmt.Errorf("%s has %d vehicles, want %d", k.file, ours.Rows, b.rows)
		}
		f.ours, f.peak, f.small = append(f.ours, ours.Seconds), append(f.peak, ours.peak), append(f.small, small.peak)
		f.oursCPU = append(f.oursCPU, ours.CPU)
		if k.duck != "" {
			if err := f.addDuck(ctx, b, k, ours.reading); err != nil {
				return nil, err
			}
		}
		b.say("read %d/%d: %s: %.2f s, %.0f MiB", i+1, b.runs, k.name, ours.Seconds, ours.peak)
	}
	return f, nil
}

// addDuck lets DuckDB read what we have read, and holds what came against it.
func (f *readFigures) addDuck(ctx context.Context, b *bench, k readKind, ours reading) error {
	for _, d := range []struct {
		what         string
		seconds, cpu *figures
	}{{k.duck, &f.duck, &f.duckCPU}, {k.duck + "-table", &f.table, &f.tableCPU}, {k.duck + "-sum-1", &f.one, &figures{}}} {
		p, err := b.duck(ctx, d.what, k.file)
		if err != nil {
			return err
		}
		if p.Rows != ours.Rows || p.Bytes != ours.Bytes || p.KM != ours.KM {
			return errors.New("DuckDB reads something else: " + fmt.Sprintf("%+v, and we %+v", p.reading, ours))
		}
		*d.seconds, *d.cpu = append(*d.seconds, p.Seconds), append(*d.cpu, p.CPU)
		if d.what == k.duck {
			f.duckPeak = append(f.duckPeak, p.peak)
		}
	}
	return nil
}

// printReading prints what took how long, what the shares are, and the memory.
func (b *bench) printReading(kinds []readKind, all []*readFigures) {
	w := b.out
	middle := func(f figures, format string) string {
		if len(f) == 0 {
			return ""
		}
		_, m, _ := f.spread()
		return fmt.Sprintf(format, m)
	}
	share := func(a, b figures) string {
		if len(a) == 0 {
			return ""
		}
		low, m, high := ratios(a, b).spread()
		return fmt.Sprintf("%.0f%%, **%.0f%%**, %.0f%%", low, m, high)
	}
	line := func(cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
	fmt.Fprintf(w, "\n### Reading: %d vehicles, %d runs of each in turn, %s\n\n", b.rows, b.runs, duckPackage)
	line("seconds on the clock (of the processor)", "`sources`", "DuckDB sums up", "DuckDB makes a table", "DuckDB sums up, one thread")
	line("---", "---:", "---:", "---:", "---:")
	for i, f := range all {
		line(kinds[i].title, middle(f.ours, "%.2f")+middle(f.oursCPU, " (%.2f)"), middle(f.duck, "%.2f")+middle(f.duckCPU, " (%.2f)"),
			middle(f.table, "%.2f")+middle(f.tableCPU, " (%.2f)"), middle(f.one, "%.2f"))
	}
	fmt.Fprintln(w)
	line("our share of DuckDB: least, median, most", "of summing up", "of summing up, by the processor", "of a table", "of a table, by the processor")
	line("---", "---:", "---:", "---:", "---:")
	for i, f := range all {
		line(kinds[i].title, share(f.duck, f.ours), share(f.duckCPU, f.oursCPU), share(f.table, f.ours), share(f.tableCPU, f.oursCPU))
	}
	fmt.Fprintln(w)
	line("peak MiB", fmt.Sprintf("`sources`, %d", b.rows), fmt.Sprintf("`sources`, %d", b.rows/10), fmt.Sprintf("DuckDB, %d", b.rows))
	line("---", "---:", "---:", "---:")
	for i, f := range all {
		line(kinds[i].title, middle(f.peak, "%.0f"), middle(f.small, "%.0f"), middle(f.duckPeak, "%.0f"))
	}
}

// readPeers lets other readers of workbooks read the one that Excel would have
// written, each as often as ours, when they are installed.
func (b *bench) readPeers(ctx context.Context, kinds []readKind) error {
	for _, k := range kinds {
		if k.name != "xlsx" {
			continue
		}
		fmt.Fprintf(b.out, "\n| %s, read by | s: least, median, most | of the processor | peak MiB |\n| --- | ---: | ---: | ---: |\n", k.title)
		for _, p := range b.peers(k.file) {
			if err := b.readPeer(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// peer is another reader.
type peer struct {
	title string
	start start
}

func (b *bench) peers(file string) []peer {
	script := fmt.Sprintf("x <- readxl::read_xlsx(%q, col_types = 'text'); stopifnot(nrow(x) == %d)", file, b.rows)
	expat := fmt.Sprintf("unzip -p %[1]s xl/sharedStrings.xml | xmlwf && unzip -p %[1]s xl/worksheets/sheet1.xml | xmlwf", file)
	all := []peer{
		{"`sources`", start{program: b.self, args: []string{readRole, file}}},
		{"excelize, its stream of rows", start{program: b.self, args: []string{excelizeRole, file}}},
		{"R's readxl", start{program: "Rscript", args: []string{"-e", script}}},
		{"unzip and expat alone, which DuckDB's extension parses with", start{program: "sh", args: []string{"-c", expat}}},
	}
	var found []peer
	for _, p := range all {
		p.start.dir = b.dir
		if _, err := exec.LookPath(p.start.program); err != nil {
			b.say("%s is not installed: %s is left out", p.start.program, p.title)
			continue
		}
		found = append(found, p)
	}
	return found
}

func (b *bench) readPeer(ctx context.Context, p peer) error {
	var seconds, cpu, peak figures
	for range b.runs {
		e, err := runProcess(ctx, p.start)
		if err != nil {
			b.say("%s is left out: %v", p.title, err)
			return ctx.Err()
		}
		seconds, cpu, peak = append(seconds, e.wall.Seconds()), append(cpu, e.cpu.Seconds()), append(peak, float64(e.peak)/mebibyte)
	}
	low, middle, high := seconds.spread()
	_, used, _ := cpu.spread()
	_, most, _ := peak.spread()
	fmt.Fprintf(b.out, "| %s | %.1f, **%.1f**, %.1f | %.1f | %.0f |\n", p.title, low, middle, high, used, most)
	return nil
}
