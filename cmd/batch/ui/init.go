package ui

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"vehiclebatch/cmd/batch/config"
)

// FillIn asks for what no machine can know. Secrets are not asked for: they
// belong into the environment. A Ctrl-C ends it, with nothing written.
func (s *Screen) FillIn(ctx context.Context, blanks []config.Blank, values map[string]string) error {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(s.In); in.Scan(); {
			lines <- strings.TrimSpace(in.Text())
		}
	}()
	for _, b := range blanks {
		if b.Variable != "" {
			continue
		}
		fmt.Fprintf(s.Err, "%s %s (%s)\n", b.Vendor, b.Key, s.said.Error(b.Help))
		said, err := s.typed(ctx, lines, b.Key)
		if err != nil {
			return err
		}
		values[b.Vendor+"."+b.Key] = said
	}
	return nil
}

// typed is a value that fits, or "" for one that is left open.
func (s *Screen) typed(ctx context.Context, lines <-chan string, key string) (string, error) {
	for {
		fmt.Fprint(s.Err, "  "+s.said.Say("init_open"))
		select {
		case <-ctx.Done():
			fmt.Fprintln(s.Err)
			return "", ctx.Err()
		case said := <-lines:
			problem := config.CheckValue(key, said)
			if said == "" || problem == nil {
				return said, nil
			}
			fmt.Fprintf(s.Err, "  %s\n", s.said.Say("init_wrong", s.said.Error(problem.Error())))
		}
	}
}

// Drafted says what is left to fill in, and which commands come next.
func (s *Screen) Drafted(path, input string, blanks []config.Blank, named bool) {
	out := s.Err
	s.tell("init_written", path)
	var unset []string
	for _, b := range blanks {
		if b.Variable != "" {
			unset = append(unset, b.Variable)
			continue
		}
		fmt.Fprintf(out, "  %s%s:%d: vendors.%s.%s, %s\n", s.said.Say("init_fill_in"), path, b.Line, b.Vendor, b.Key, s.said.Error(b.Help))
	}
	for _, name := range unset {
		fmt.Fprintf(out, "  %sexport %s=...\n", s.said.Say("init_set"), name)
	}
	flag := ""
	if named {
		flag = " --config " + path
	}
	if input == "" {
		input = "fleet.csv"
	}
	fmt.Fprintf(out, "\n%s\n", s.said.Say("init_then"))
	w := tabwriter.NewWriter(out, 0, 0, 4, ' ', 0)
	fmt.Fprintf(w, "  batch doctor%s\t%s\n", flag, s.said.Say("init_doctor"))
	fmt.Fprintf(w, "  batch plan %s%s\t%s\n", input, flag, s.said.Say("init_plan"))
	fmt.Fprintf(w, "  batch run %s%s --max-spend 20\t%s\n", input, flag, s.said.Say("init_run"))
	w.Flush() //nolint:errcheck // a terminal
}
