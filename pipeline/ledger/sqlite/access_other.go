//go:build !unix

package sqlite

import "os"

// access tries whether this user may open a file to read it (os.O_RDONLY), or to read and write it (os.O_RDWR). On this
// system a process keeps its locks on a file when it closes the file.
func access(path string, mode int) error {
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return err
	}
	return f.Close()
}
