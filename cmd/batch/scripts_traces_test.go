package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vehiclebatch/pipeline/ledger"
)

// cmdHolds looks for a text in all that a workspace holds: the raw bytes of
// every file, and the stored answers unpacked. holds out LSV...; ! holds out LSV...
func cmdHolds(ts *testscript.TestScript, neg bool, args []string) {
	dir, text := ts.MkAbs(argument(args, 0)), argument(args, 1)
	if text == "" {
		ts.Fatalf("usage: holds FOLDER TEXT")
	}
	var where []string
	for name, body := range everything(ts, dir) {
		if bytes.Contains(body, []byte(text)) {
			where = append(where, name)
		}
	}
	if (len(where) == 0) != neg {
		ts.Fatalf("%s is in %v", text, where)
	}
}

// everything is what a workspace holds, by name: files as they are, with their
// names, and each raw answer unpacked.
func everything(ts *testscript.TestScript, dir string) map[string][]byte {
	out := map[string][]byte{}
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			out[path] = []byte(path + " " + target)
			return err
		}
		body, err := os.ReadFile(path)
		out[path] = append(body, path...)
		return err
	}))
	for dir := range folders(out) {
		unpackAnswers(ts, dir, out)
	}
	return out
}

// folders are those of the files that hold a ledger.
func folders(files map[string][]byte) map[string]bool {
	out := map[string]bool{}
	for name := range files {
		if dir, ok := strings.CutSuffix(name, string(filepath.Separator)+ledger.FileName); ok {
			out[dir] = true
		}
	}
	return out
}

// manyMissing is how many answers in a row may have been deleted.
const manyMissing = 2000

func unpackAnswers(ts *testscript.TestScript, dir string, to map[string][]byte) {
	l, err := ledger.OpenReadOnly(context.Background(), dir, time.Now)
	ts.Check(err)
	defer l.Close() //nolint:errcheck // nothing was written
	for id, missing := int64(1), 0; missing < manyMissing; id++ {
		a, err := l.AnswerByID(context.Background(), id)
		if err != nil {
			missing++
			continue
		}
		missing = 0
		to[fmt.Sprintf("answer %d", id)] = append(a.Body, a.Failure...)
	}
}
