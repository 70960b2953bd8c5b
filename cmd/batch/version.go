package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version and commit may be set where the program is built without the history of its
// source: go build -ldflags "-X main.version=1.2.0 -X main.commit=0123abcd".
var version, commit string

func versionCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "version", Usage: "print the version, the commit and the Go that the program was built with",
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			info, _ := debug.ReadBuildInfo()
			fmt.Fprintln(env.stdout, versionText(version, commit, info))
			return nil
		},
	})
}

// versionText says what was set, else what the build noted; info may be nil.
func versionText(version, commit string, info *debug.BuildInfo) string {
	if info == nil {
		info = &debug.BuildInfo{}
	}
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	changed := ""
	if commit == "" && noted["vcs.modified"] == "true" {
		changed = " with changes"
	}
	return fmt.Sprintf("batch %s, commit %s%s, %s %s/%s", cmp.Or(version, info.Main.Version, "(devel)"),
		cmp.Or(commit, noted["vcs.revision"], "unknown"), changed, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
