package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/transport"
)

const defaultConfig = "batch.yaml"

// ledgerVariable is the variable that names the ledger where --ledger does not.
const ledgerVariable = "BATCH_LEDGER"

// ledgerOf is what a command says of the ledger: --ledger, or the variable; and what is configured, unless it
// simulates: made-up answers do not go where others pay.
func (env environment) ledgerOf(c *cli.Context) (at app.LedgerAt) {
	at.Named = c.String("ledger")
	if named, _ := env.getenv(ledgerVariable); at.Named == "" {
		at.Named = named
	}
	if path, _ := configPath(c); path != "" && !c.Bool("simulate") {
		at.Configured = config.LedgerOf(path, env.getenv)
	}
	return at
}

// noConfiguration says what a user who has none can do.
func noConfiguration(c *cli.Context) error {
	input, again := "INPUT", "batch "+c.Command.Name
	if c.NArg() > 0 {
		input = c.Args().First()
		again += " " + input
	}
	return app.UsageError("there is no configuration: no batch.yaml here and no --config.\n"+
		"  To try it without keys or money:  %s --simulate\n"+
		"  To buy:                           batch init %s   writes a batch.yaml with what can be found out, and says what to fill in", again, input)
}

// configPath is the configuration to load, "" for none.
func configPath(c *cli.Context) (path string, given bool) {
	if c.IsSet("config") {
		return c.String("config"), true
	}
	if _, err := os.Stat(defaultConfig); err == nil {
		return defaultConfig, false
	}
	return "", false
}

func configError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return app.UsageError("the configuration %s is not there: check --config", path)
	}
	return &app.CodeError{Code: app.ExitUsage, Err: err}
}

// load loads a configuration; keyless is for a command that calls no vendor of the
// user's, so no key needs to be known.
func (env environment) load(path string, keyless bool) (*config.Config, error) {
	load := config.Load
	if keyless {
		load = config.LoadKeyless
	}
	conf, err := load(path, env.getenv, all.Descriptors())
	if err != nil {
		return nil, configError(path, err)
	}
	return conf, nil
}

// keylessConfig loads a configuration without keys; where there is none, all that the
// vendors sell is configured at their guide prices.
func keylessConfig(path string, env environment, sold []vendors.Descriptor, settings map[string]vendors.Settings) (*config.Config, error) {
	if path == "" {
		return config.Default(sold, settings), nil
	}
	return env.load(path, true)
}

// readConfig is the configuration for a command that only looks, nil when
// there is none or it cannot be read and was not named.
func readConfig(c *cli.Context, env environment) (*config.Config, error) {
	path, given := configPath(c)
	if path == "" {
		return nil, nil
	}
	conf, err := env.load(path, true)
	if !given && err != nil {
		return nil, nil //nolint:nilerr // English will do
	}
	return conf, err
}

// proxies are those that the environment names. What cannot be used is refused
// before anybody is called.
func (env environment) proxies() (*transport.Proxies, error) {
	p, err := transport.ProxiesFrom(env.getenv)
	if err != nil {
		return nil, &app.CodeError{Code: app.ExitUsage, Err: err}
	}
	return p, nil
}
