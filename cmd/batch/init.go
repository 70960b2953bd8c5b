package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/sources"
	"vehiclebatch/vendors/all"
)

func initCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "init", ArgsUsage: "[INPUT]", Usage: "write a batch.yaml with what can be found out, and say what is left to fill in",
		Description: "   batch init                        a commented batch.yaml in this folder\n" +
			"   batch init fleet.csv              leaves out what fleet.csv has no columns for\n" +
			"   batch init --vendor tencent       for the vendors that you have an account with\n\n" +
			"Keys are named, as ${WAPI_SECRET}, and never written. A vendor none of whose variables is set is left out when\n" +
			"another one's are. On a terminal it asks for what only you can know; else that stays " + config.Placeholder + ".",
		Flags: []cli.Flag{configFlag(), sheetFlag(),
			&cli.StringSliceFlag{Name: "vendor", Usage: "buy from this `VENDOR`; repeatable (default: those whose keys are set)"},
			&cli.BoolFlag{Name: "force", Usage: "write over a file that is there", DisableDefaultText: true}},
		Action: func(c *cli.Context) error { return initAction(c, env) },
	})
}

func initAction(c *cli.Context, env environment) error {
	if c.NArg() > 1 {
		return usageError("batch init takes one INPUT at most, not %d: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
	}
	path := defaultConfig
	if c.IsSet("config") {
		path = c.String("config")
	}
	if _, err := os.Lstat(path); err == nil && !c.Bool("force") {
		return usageError("%s is there already and was not touched: --force writes over it, --config FILE writes another", path)
	}
	wish := config.Wish{Getenv: env.getenv, Vendors: splitWords(c.StringSlice("vendor")), Input: c.Args().First(), Values: map[string]string{}}
	var err error
	if wish.Input != "" {
		if wish.Columns, err = columnsOf(wish.Input, c.String("sheet")); err != nil {
			return err
		}
	}
	text, blanks, err := config.Draft(all.Descriptors(), wish)
	if err != nil {
		return usageError("%w", err)
	}
	if ui.IsTerminal(env.stdin) {
		if err := env.fillIn(c.Context, blanks, wish.Values); err != nil {
			return err
		}
		if text, blanks, err = config.Draft(all.Descriptors(), wish); err != nil {
			return usageError("%w", err)
		}
	}
	if err := writeDraft(path, text); err != nil {
		return usageError("cannot write %s: %w", path, err)
	}
	sayNext(env.stderr, path, wish.Input, blanks, c.IsSet("config"))
	return nil
}

// columnsOf are the columns of an input that a lookup can be asked with.
func columnsOf(path, sheet string) ([]string, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	src, err := sources.Open(f, info.Size(), path, sources.Options{Sheet: sheet})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	columns := []string{}
	for _, c := range src.Info().Columns {
		columns = append(columns, c.Name)
	}
	return columns, nil
}

// fillIn asks for what no machine can know. Secrets are not asked for: they
// belong into the environment. A Ctrl-C ends it, with nothing written.
func (env environment) fillIn(ctx context.Context, blanks []config.Blank, values map[string]string) error {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(env.stdin); in.Scan(); {
			lines <- strings.TrimSpace(in.Text())
		}
	}()
	for _, b := range blanks {
		if b.Variable != "" {
			continue
		}
		fmt.Fprintf(env.stderr, "%s %s (%s)\n", b.Vendor, b.Key, b.Help)
		said, err := env.typed(ctx, lines, b.Key)
		if err != nil {
			return err
		}
		values[b.Vendor+"."+b.Key] = said
	}
	return nil
}

// typed is a value that fits, or "" for one that is left open.
func (env environment) typed(ctx context.Context, lines <-chan string, key string) (string, error) {
	for {
		fmt.Fprint(env.stderr, "  Enter leaves it open: ")
		select {
		case <-ctx.Done():
			fmt.Fprintln(env.stderr)
			return "", ctx.Err()
		case said := <-lines:
			problem := config.CheckValue(key, said)
			if said == "" || problem == nil {
				return said, nil
			}
			fmt.Fprintf(env.stderr, "  It %v.\n", problem)
		}
	}
}

// writeDraft writes the file aside and renames it. Only its owner may read it:
// sooner or later somebody writes a key into it.
func writeDraft(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".batch-init-*")
	if err != nil {
		return pathless(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is left is only clutter
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// pathless is an error of the system without a name that the user never typed.
func pathless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// sayNext says what is left to fill in, and which commands come next.
func sayNext(out io.Writer, path, input string, blanks []config.Blank, named bool) {
	fmt.Fprintf(out, "%s is written.\n", path)
	var unset []string
	for _, b := range blanks {
		if b.Variable != "" {
			unset = append(unset, b.Variable)
			continue
		}
		fmt.Fprintf(out, "  fill in   %s:%d: vendors.%s.%s, %s\n", path, b.Line, b.Vendor, b.Key, b.Help)
	}
	for _, name := range unset {
		fmt.Fprintf(out, "  set       export %s=...\n", name)
	}
	flag := ""
	if named {
		flag = " --config " + path
	}
	if input == "" {
		input = "fleet.csv"
	}
	fmt.Fprintln(out, "\nThen:")
	w := tabwriter.NewWriter(out, 0, 0, 4, ' ', 0)
	fmt.Fprintf(w, "  batch doctor%s\ttries the keys and the clock; costs nothing\n", flag)
	fmt.Fprintf(w, "  batch plan %s%s\twhat it would do and cost; calls nobody\n", input, flag)
	fmt.Fprintf(w, "  batch run %s%s --max-spend 20\ta careful first run\n", input, flag)
	w.Flush() //nolint:errcheck // a terminal
}
