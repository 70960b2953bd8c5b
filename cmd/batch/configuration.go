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
)

const defaultConfig = "batch.yaml"

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

// keylessConfig loads a configuration for a command that calls no vendor of the
// user's, so no key needs to be known; without one, all that the vendors sell is
// configured at their guide prices.
func keylessConfig(path string, env environment, sold []vendors.Descriptor, settings map[string]vendors.Settings) (*config.Config, error) {
	if path == "" {
		return config.Default(sold, settings), nil
	}
	conf, err := config.LoadKeyless(path, env.getenv, all.Descriptors())
	if err != nil {
		return nil, configError(path, err)
	}
	return conf, nil
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

// loadConfig loads a configuration with its keys.
func (env environment) loadConfig(path string) (*config.Config, error) {
	conf, err := config.Load(path, env.getenv, all.Descriptors())
	if err != nil {
		return nil, configError(path, err)
	}
	return conf, nil
}
