//go:build unix

package inside

import (
	"io/fs"
	"syscall"
)

// Names is how many names a file has on its disk. If it has more than one (hard links), whatever is written to it shows
// under all of them.
func Names(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert,nolintlint // it has fewer bits on other systems
	}
	return 1
}
