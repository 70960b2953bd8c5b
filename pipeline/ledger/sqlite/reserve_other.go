//go:build !linux

package sqlite

import "os"

// takeRoom takes a new file's place on the disk by writing.
func takeRoom(f *os.File, size int) error { return fill(f, size) }
