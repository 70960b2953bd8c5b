package main

import (
	"cmp"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/vendors/all"
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
		return "", usageError("--lang %w", err)
	}
	return l, nil
}

// writes is the printer for what a command prints as data of a run: --lang,
// else the run's own language, as in its files.
func (s *setup) writes(run ledger.Run) (*messages.Printer, error) {
	return messages.New(cmp.Or(s.lang, langOf(run)))
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

// readConfig is the configuration for a command that only looks, nil when
// there is none or it cannot be read and was not named: no key needs to be known.
func readConfig(c *cli.Context, env environment) (*config.Config, error) {
	path, given := configPath(c)
	if path == "" {
		return nil, nil
	}
	conf, err := config.LoadKeyless(path, env.getenv, all.Descriptors())
	switch {
	case err == nil:
		return conf, nil
	case given:
		return nil, configError(path, err)
	}
	return nil, nil
}

// looksWith reads what the configuration says about the words of a command
// that only looks.
func (s *setup) looksWith(c *cli.Context) error {
	if !takes(c, "lang") {
		return nil
	}
	conf, err := readConfig(c, s.env)
	if err != nil || conf == nil {
		return err
	}
	s.configured(conf)
	return s.Speak("")
}
