package main

import (
	"os"
	"os/exec"
	"runtime"

	"github.com/rogpeppe/go-internal/testscript"
)

// mayMount tells whether this process may mount a small disk.
func mayMount() bool {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		return false
	}
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir) //nolint:errcheck // it is empty
	return exec.Command("mount", "-t", "tmpfs", "tmpfs", dir).Run() == nil && exec.Command("umount", dir).Run() == nil
}

// cmdDisk puts a small disk in the place of a folder: disk FOLDER SIZE, as mount -o size= takes it. Once more, the disk gets that size.
func cmdDisk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: disk FOLDER SIZE")
	}
	dir := ts.MkAbs(args[0])
	if exec.Command("mount", "-o", "remount,size="+args[1], dir).Run() == nil {
		return
	}
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(exec.Command("mount", "-t", "tmpfs", "-o", "mode=0700,size="+args[1], "tmpfs", dir).Run())
	ts.Defer(func() { _ = exec.Command("umount", "-l", dir).Run() })
}

// cmdFill takes all room that is left on the disk of a folder: fill FOLDER.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill FOLDER")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]+"/ballast"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	ts.Check(f.Close())
}
