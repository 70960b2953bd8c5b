package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"vehiclebatch/sinks"
)

// nameCopies names what holds vehicles beside the ledger and is not forgotten by
// a purge: damaged ledgers that a rescue has kept, and outputs of runs that the
// ledger does not know. They may be the last witness of money: the user removes
// them.
func (p *purge) nameCopies(ctx context.Context) error {
	runs, err := p.ledger.Runs(ctx)
	if err != nil {
		return fmt.Errorf("list the runs: %w", err)
	}
	known := map[string]bool{}
	for _, r := range runs {
		known[r.ID] = true
	}
	for _, pattern := range []string{"ledger.damaged-*", "runs/*", "by_date/*/run_date=*/*"} {
		found, err := p.disk().Glob(p.out, pattern)
		if err != nil {
			return err
		}
		for _, name := range found {
			if !known[runOf(name)] {
				p.Linef("%s holds vehicles as well and is left: rm -r %s", filepath.Join(p.out, name), shellWord(filepath.Join(p.out, name)))
			}
		}
	}
	return nil
}

// runOf is the run that a folder of outputs, or a copy of one of its files, is of.
func runOf(name string) string {
	base := filepath.Base(name)
	if id, ok := strings.CutSuffix(base, ".partial"); ok {
		base = strings.TrimPrefix(id, ".")
	}
	return strings.TrimSuffix(base, "."+string(sinks.Parquet))
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[0-9A-Za-z_./][0-9A-Za-z_./=+,@-]*$`)

// shellWord is a name as it is typed to a shell: a folder from somebody else may be
// called anything, and what a user is told to type must do no more than it says.
func shellWord(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
