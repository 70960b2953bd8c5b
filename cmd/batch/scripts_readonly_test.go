package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// nobody is a user who owns nothing else.
const nobody = 65534

// cmdReadOnly runs a program as somebody who may read a folder and write nothing
// in it: readonly FOLDER EXIT PROGRAM [ARGUMENT...]. Root may write everything,
// so the program then runs as another user, who is given the folder.
func cmdReadOnly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: readonly FOLDER EXIT PROGRAM [ARGUMENT...]")
	}
	dir := ts.MkAbs(args[0])
	cmd := prepared(ts, args[2], args[3:]...)
	root := os.Geteuid() == 0
	var folders []string
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		mode := fs.FileMode(0o400)
		if d.IsDir() {
			mode, folders = 0o500, append(folders, path)
		}
		if root {
			err = os.Chown(path, nobody, nobody)
		}
		return errors.Join(err, os.Chmod(path, mode))
	}))
	ts.Defer(func() { // or it could not be removed
		for _, folder := range folders {
			_ = os.Chmod(folder, 0o700)
		}
	})
	runAs(ts, cmd, dir, args[1])
}

// cmdClosed runs a program as somebody to whom a part of a folder is closed: closed FOLDER PART EXIT PROGRAM [ARGUMENT...]. The
// folder is that user's; PART is a name in it, or "." for the folder itself.
func cmdClosed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: closed FOLDER PART EXIT PROGRAM [ARGUMENT...]")
	}
	dir := ts.MkAbs(args[0])
	if os.Geteuid() == 0 {
		ts.Check(filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, nobody, nobody))
		}))
	}
	part := filepath.Join(dir, args[1])
	info, err := os.Stat(part)
	ts.Check(err)
	ts.Check(os.Chmod(part, 0))
	runAs(ts, prepared(ts, args[3], args[4:]...), dir, args[2])
	ts.Check(os.Chmod(part, info.Mode().Perm()))
}

// runAs runs a program as somebody who is not root, and holds how it ends against what is wanted.
func runAs(ts *testscript.TestScript, cmd *exec.Cmd, dir, want string) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		for _, path := range []string{dir, cmd.Path} {
			letThrough(ts, path)
		}
	}
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	_, outErr := io.WriteString(ts.Stdout(), stdout.String())
	_, errErr := io.WriteString(ts.Stderr(), stderr.String())
	ts.Check(errors.Join(outErr, errErr))
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	checkExit(ts, err, want)
}

// letThrough lets everybody pass the folders above a path that the tests have made.
func letThrough(ts *testscript.TestScript, path string) {
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		ts.Check(err)
		if info.Mode().Perm()&0o001 == 0 {
			ts.Check(os.Chmod(dir, info.Mode().Perm()|0o011))
		}
	}
}
