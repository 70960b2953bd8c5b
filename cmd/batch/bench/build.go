package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// build measures the first `go run` on a machine, with its modules there and
// nothing compiled, and says which modules the program is made of.
func build(ctx context.Context, b *bench) error {
	var t taken
	for i := range b.runs {
		cache := b.path("cache")
		e, err := runProcess(ctx, start{program: "go", args: []string{"run", "vehiclebatch/cmd/batch", "version"}, env: []string{"GOCACHE=" + cache}})
		if err != nil {
			return err
		}
		if err := os.RemoveAll(cache); err != nil {
			return fmt.Errorf("empty the cache: %w", err)
		}
		t.add(e)
		b.say("build %d/%d: %.0f s, %.0f s of the processor", i+1, b.runs, e.wall.Seconds(), e.cpu.Seconds())
	}
	fmt.Fprintf(b.out, "\n### Build: %d runs\n", b.runs)
	printTable(b.out, "`go run ./cmd/batch version`, nothing compiled", t.lines("all its processes")[:2]...)
	return b.printCarried(ctx)
}

// carried is what a module adds to the program.
type carried struct {
	packages int
	bytes    int64
}

func (b *bench) printCarried(ctx context.Context) error {
	info, err := os.Stat(b.batch)
	if err != nil {
		return fmt.Errorf("look at the program: %w", err)
	}
	deps, err := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}", "vehiclebatch/cmd/batch").Output()
	if err != nil {
		return fmt.Errorf("list the packages: %w", err)
	}
	symbols, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", b.batch).Output()
	if err != nil {
		return fmt.Errorf("list the symbols: %w", err)
	}
	all := weigh(deps, symbols)
	names := slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(cmp.Compare(all[y].bytes, all[x].bytes), cmp.Compare(x, y))
	})
	packages := bytes.Count(deps, []byte("\n"))
	fmt.Fprintf(b.out, "\nThe program has %.1f MiB, of %d packages. The largest by their symbols:\n", float64(info.Size())/mebibyte, packages)
	fmt.Fprintln(b.out, "\n| module | packages | MiB |\n| --- | ---: | ---: |")
	for _, name := range names[:min(len(names), 15)] {
		fmt.Fprintf(b.out, "| %s | %d | %.2f |\n", name, all[name].packages, float64(all[name].bytes)/mebibyte)
	}
	return nil
}

// weigh adds up packages and symbols by module. The names for what belongs to no
// module are those of printCarried's table.
func weigh(deps, symbols []byte) map[string]carried {
	modules, all := map[string]string{}, map[string]carried{}
	for text := range strings.Lines(string(deps)) {
		path, module, _ := strings.Cut(strings.TrimSpace(text), " ")
		module = cmp.Or(module, "the standard library")
		modules[path] = module
		c := all[module]
		c.packages++
		all[module] = c
	}
	for s := bufio.NewScanner(bytes.NewReader(symbols)); s.Scan(); { // address, size, type, name
		fields := strings.Fields(s.Text())
		if len(fields) < 4 || fields[2] == "U" || strings.EqualFold(fields[2], "b") { // bss is not in the file
			continue
		}
		size, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			continue
		}
		module := cmp.Or(modules[packageOf(fields[3])], "types and tables of no package")
		c := all[module]
		c.bytes += size
		all[module] = c
	}
	return all
}

// packageOf is the path of the package of a symbol: up to the first dot after
// the last slash before any bracket. The linker writes a dot in the last part of a path as %2e.
func packageOf(symbol string) string {
	name, _, _ := strings.Cut(symbol, "[")
	slash := strings.LastIndexByte(name, '/') + 1
	path, _, _ := strings.Cut(name[slash:], ".")
	return name[:slash] + strings.ReplaceAll(path, "%2e", ".")
}
