package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// install puts a limiter's packages in place. Nothing that it installs is started
// as a service.
func (l limiter) install(ctx context.Context, at *lab) error {
	l.say(at, "installing")
	if err := l.installApt(ctx); err != nil {
		return err
	}
	dir := at.home(l)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make its folder: %w", err)
	}
	if err := at.render(l, place{Dir: dir, Rate: at.rate}); err != nil {
		return err
	}
	switch {
	case len(l.from.mod) > 0:
		return l.buildFront(ctx, dir)
	case len(l.from.npm) > 0:
		return command(ctx, dir, append([]string{"npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", "."}, l.from.npm...)...)
	}
	return nil
}

func (l limiter) installApt(ctx context.Context) error {
	for _, p := range l.from.apt {
		if exec.CommandContext(ctx, "dpkg-query", "-W", p).Run() == nil {
			continue
		}
		if err := command(ctx, "", "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install", "-y", "--no-install-recommends", p); err != nil {
			return err
		}
	}
	return nil
}

// buildFront builds a small server around a limiter that is a Go module, in a module of its own.
func (l limiter) buildFront(ctx context.Context, dir string) error {
	steps := [][]string{{"go", "mod", "init", "front"}, append([]string{"go", "get"}, l.from.mod...), {"go", "mod", "tidy"}, {"go", "build", "-o", "front", "."}}
	for _, step := range steps {
		if err := command(ctx, dir, step...); err != nil {
			return err
		}
	}
	return nil
}

// command runs a program to its end; the error says what it said.
func command(ctx context.Context, dir string, words ...string) error {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", words, err, text)
	}
	return nil
}

func (l limiter) say(at *lab, what string) { fmt.Fprintf(at.log, "%s: %s\n", l.word, what) }

func (at *lab) home(l limiter) string { return filepath.Join(at.dir, l.word) }
