package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	noted := &debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20261130-0123"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123"}, {Key: "vcs.modified", Value: "true"}}}
	for _, c := range []struct {
		version, commit string
		info            *debug.BuildInfo
		want            string
	}{
		{"", "", nil, "batch (devel), commit unknown"},
		{"", "", noted, "batch v0.0.0-20261130-0123, commit 0123 with changes"},
		{"1.2.0", "abcd", noted, "batch 1.2.0, commit abcd"},
	} {
		want := c.want + ", " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
		if got := buildOf(c.version, c.commit, c.info).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
