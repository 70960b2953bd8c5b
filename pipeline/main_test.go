package pipeline_test

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets small heaps grow, since collecting them took a fifth of the time, and draws fewer random
// values than rapid would: -rapid.checks=100 draws as many.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
