package repair

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets small heaps grow: collecting them took a fifth of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
