package main

import (
	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/messages"
)

// langFlag chooses the language of what a command says. The environment (LANG,
// LC_ALL) has no say: what is written would depend on who runs it.
func langFlag() cli.Flag {
	return &cli.StringFlag{Name: "lang", Usage: "`LANGUAGE` of what is said to people, en or zh (default: lang in batch.yaml, else that of the run, else en)"}
}

// langGiven is what --lang says, "" without it.
func langGiven(c *cli.Context) (messages.Lang, error) {
	if !c.IsSet("lang") {
		return "", nil
	}
	l, err := messages.ParseLang(c.String("lang"))
	if err != nil {
		return "", app.UsageError("--lang %w", err)
	}
	return l, nil
}

// takes tells whether a command has a flag.
func takes(c *cli.Context, flag string) bool {
	for _, f := range c.Command.Flags {
		if f.Names()[0] == flag {
			return true
		}
	}
	return false
}
