package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
)

func doctorCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "doctor", Usage: "look through the workspace, try the vendors with free calls, and say what is wrong",
		Description: "   batch doctor                      looks, and changes nothing; exit 1 when something is wrong\n" +
			"   batch doctor --offline            the ledger and the workspace alone: calls nobody\n" +
			"   batch doctor --out out --rescue   saves what can be read of a damaged ledger into a new one\n" +
			"   batch doctor --out out --accept   takes a whole ledger for the newest one, though its mark or its outputs say otherwise\n\n" +
			"With a configuration it asks each vendor something that is never billed, and says whether the vendor is reached, the\n" +
			"clocks agree and the keys are good. A vendor without such a call is only reached for.\n\n" +
			"A rescue keeps the damaged file under another name. A lookup of which nobody can say any more whether it\n" +
			"was bought is in doubt after it, and is bought again only by `batch retry --class in_doubt`.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(), configFlag(), &cli.BoolFlag{Name: "offline", Usage: "try no vendor", DisableDefaultText: true}, jsonFlag(),
			&cli.BoolFlag{Name: "rescue", Usage: "save what can be read of a damaged ledger", DisableDefaultText: true},
			&cli.BoolFlag{Name: "accept", Usage: "take a whole ledger for the newest one: what was bought after it is bought again", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "rescue or accept without asking", DisableDefaultText: true}},
		Action: func(c *cli.Context) error { return doctorAction(c, env) },
	})
}

func doctorAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	screen, outputs, err := spoken(c, env)
	if err != nil {
		return err
	}
	seen := &ui.Examination{Screen: screen, JSON: c.Bool("json"), Yes: c.Bool("yes")}
	o := app.Examining{World: env.world(), Dir: outputs.Dir, Ledger: outputs.Ledger, Rescue: c.Bool("rescue"), Accept: c.Bool("accept"),
		Load: func(path string) (*config.Config, error) { return env.load(path, false) }, Proxies: env.proxies, Watch: seen}
	if seen.JSON && (o.Rescue || o.Accept) {
		return app.UsageError("--json is for a look alone: leave out --rescue and --accept")
	}
	path, given := configPath(c)
	if path != "" {
		o.Priced = func() (*config.Config, error) { return env.load(path, true) }
	}
	if o.Path, o.Offline = path, o.Rescue || o.Accept || c.Bool("offline"); o.Offline {
		o.Path = ""
	}
	if _, err := os.Stat(o.Dir); errors.Is(err, fs.ErrNotExist) && o.Path == "" && o.Ledger == (app.LedgerAt{}) {
		return nothingThere(o.Dir, given || o.Offline)
	}
	halted, err := app.Examine(c.Context, o)
	return errors.Join(err, seen.Ended(halted, o.Dir, err))
}

// nothingThere is the end where there is no workspace to look at.
func nothingThere(dir string, named bool) error {
	if named {
		return app.UsageError("there is no workspace %s: name one with --out", dir)
	}
	return app.UsageError("there is nothing to look at yet: no workspace %s, and no batch.yaml here.\n"+
		"  `batch init` writes a batch.yaml; `batch run INPUT --simulate` tries the program without keys or money.", dir)
}
