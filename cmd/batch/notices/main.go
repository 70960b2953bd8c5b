// Command notices writes THIRD_PARTY_NOTICES: the licences of all that is handed on
// with the program. That is every module with a package in the binary, on any of the
// systems that it is built for, Go's own library, and what every report carries.
//
//	go run ./cmd/batch/notices           writes the file anew
//	go run ./cmd/batch/notices -check    exits 1 when it is not up to date
//	go run ./cmd/batch/notices -parts F  adds what every report carries to a list of parts in CycloneDX, which has Go modules alone
//
// Run it in the module's folder.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

const (
	target = "./cmd/batch"
	file   = "THIRD_PARTY_NOTICES"
	// assets is where the parts of a report are.
	assets = "sinks/report/assets"
)

func main() {
	check := flag.Bool("check", false, "only look whether the file is up to date")
	parts := flag.String("parts", "", "only add what every report carries to this list of parts")
	flag.Parse()
	do := func() error { return run(context.Background(), *check) }
	if *parts != "" {
		do = func() error { return addPlots(*parts) }
	}
	if err := do(); err != nil {
		fmt.Fprintf(os.Stderr, "notices: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	linked, err := linkedModules(ctx)
	if err != nil {
		return err
	}
	text, err := notices(linked)
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(file, text, 0o644) //nolint:gosec // everyone may read it
	}
	is, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(is, text) {
		err = errors.New(file + " is not what the modules say: write it anew with `go run ./cmd/batch/notices`")
	}
	return err
}

// notices is the text of the file.
func notices(linked []*module) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("batch is handed on with the work of others. These are their notices.\n" +
		"Made by `go run ./cmd/batch/notices` from what is linked; not edited by hand.\n")
	said := map[string]string{} // where a text stands
	for _, m := range linked {
		if len(m.notices) == 0 {
			return nil, fmt.Errorf("%s %s has no licence: do not hand it on without one", m.Path, m.Version)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.Repeat("=", 80), strings.TrimSpace(m.Path+" "+m.Version))
		for _, path := range m.notices {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("read a licence: %w", err)
			}
			words := plain(text)
			if first, again := said[words]; again {
				words = "The same words as those of " + first + "."
			} else {
				said[words] = m.Path + ", " + m.short(path)
			}
			fmt.Fprintf(&b, "%s\n%s:\n\n%s\n", strings.Repeat("-", 80), m.short(path), words)
		}
	}
	return b.Bytes(), nil
}

// plain is a text with the line ends of here.
func plain(text []byte) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(string(text), "\uFEFF"), "\r\n", "\n"))
}
