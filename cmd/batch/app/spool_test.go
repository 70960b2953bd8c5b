package app

import (
	"os"
	"strings"
	"testing"
)

// The copy of stdin is nobody else's, and has no name that a killed process
// could leave behind.
func TestCopyOfStdinIsPrivateAndHasNoName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := spool(strings.NewReader("vin\nLSVAM4187C2184841\n"), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 22 {
		t.Errorf("the copy is %v, %v", info, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}
