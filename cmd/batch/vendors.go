package main

import (
	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
)

func vendorsCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "vendors", Usage: "vendors and datasets: what each needs, price, whether configured or discontinued",
		Description: "   batch vendors",
		Flags:       []cli.Flag{configFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			conf, err := vendorPrices(c, env)
			if err != nil {
				return err
			}
			rows := app.VendorRows(conf)
			if c.Bool("json") {
				return ui.PrintJSON(env.stdout, rows)
			}
			(&ui.Screen{Out: env.stdout}).Vendors(rows)
			return nil
		},
	})
}

// vendorPrices is the configuration, an empty one where there is none.
func vendorPrices(c *cli.Context, env environment) (*config.Config, error) {
	path, _ := configPath(c)
	if path == "" {
		return &config.Config{}, nil
	}
	return env.load(path, true)
}
