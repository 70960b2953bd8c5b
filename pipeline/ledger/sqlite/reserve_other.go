//go:build !linux

package sqlite

import "os"

// takeRoom gives a new file its place on the disk.
func takeRoom(f *os.File, size int) error { return fill(f, size) }
