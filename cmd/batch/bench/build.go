package main

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
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
	bytes    uint64
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
	symbols, err := symbolsOf(b.batch)
	if err != nil {
		return fmt.Errorf("list the symbols: %w", err)
	}
	all := weigh(deps, symbols)
	names := slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(cmp.Compare(all[y].bytes, all[x].bytes), cmp.Compare(x, y))
	})
	packages := bytes.Count(deps, []byte("\n"))
	fmt.Fprintf(b.out, "\nThe program has %.1f MiB, of %d packages. The largest by their symbols, which leave out what the linker adds (tables of lines, debugging):\n", float64(info.Size())/mebibyte, packages)
	fmt.Fprintln(b.out, "\n| module | packages | MiB |\n| --- | ---: | ---: |")
	for _, name := range names[:min(len(names), 15)] {
		fmt.Fprintf(b.out, "| %s | %d | %.2f |\n", name, all[name].packages, float64(all[name].bytes)/mebibyte)
	}
	return nil
}

// symbol is a piece of the program.
type symbol struct {
	name string
	size uint64
}

// symbolsOf are the symbols that lie in the file: memory that is empty at the
// start does not.
func symbolsOf(path string) ([]symbol, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	all, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	var found []symbol
	for _, s := range all {
		if i := int(s.Section); i < len(f.Sections) && f.Sections[i].Type == elf.SHT_PROGBITS {
			found = append(found, symbol{s.Name, s.Size})
		}
	}
	return found, nil
}

// weigh adds up packages and symbols by module. The names for what belongs to no
// module are those of printCarried's table.
func weigh(deps []byte, symbols []symbol) map[string]carried {
	modules, all := map[string]string{}, map[string]carried{}
	for text := range strings.Lines(string(deps)) {
		path, module, _ := strings.Cut(strings.TrimSpace(text), " ")
		module = cmp.Or(module, "the standard library")
		modules[path] = module
		c := all[module]
		c.packages++
		all[module] = c
	}
	for _, s := range symbols {
		module := cmp.Or(modules[packageOf(s.name)], "types and tables of no package")
		c := all[module]
		c.bytes += s.size
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
