package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"vehiclebatch/cmd/batch/ui"

	"github.com/urfave/cli/v2"
)

// version and commit may be set where the program is built without the history of its
// source: go build -ldflags "-X main.version=1.2.0 -X main.commit=0123abcd".
var version, commit string

func versionCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "version", Usage: "print the version, the commit and the Go that the program was built with",
		Description: "   batch version\n   batch version --json",
		Flags:       []cli.Flag{jsonFlag()},
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if !c.Bool("json") {
				return printVersion(env)
			}
			return ui.PrintJSON(env.stdout, thisBuild())
		},
	})
}

func printVersion(env environment) error {
	_, err := fmt.Fprintln(env.stdout, thisBuild())
	return err
}

// build is which program this is.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Changed bool   `json:"changed"` // since the commit
	Go      string `json:"go_version"`
	OS      string `json:"go_os"`
	Arch    string `json:"go_arch"`
}

func thisBuild() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(version, commit, info)
}

// buildOf is what was set, else what the build noted; info may be nil.
func buildOf(version, commit string, info *debug.BuildInfo) build {
	if info == nil {
		info = &debug.BuildInfo{}
	}
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	return build{Version: cmp.Or(version, info.Main.Version, "(devel)"), Commit: cmp.Or(commit, noted["vcs.revision"], "unknown"),
		Changed: commit == "" && noted["vcs.modified"] == "true", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
}

func (b build) String() string {
	changed := ""
	if b.Changed {
		changed = " with changes"
	}
	return fmt.Sprintf("batch %s, commit %s%s, %s %s/%s", b.Version, b.Commit, changed, b.Go, b.OS, b.Arch)
}
