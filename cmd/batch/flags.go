package main

import (
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// Flags shared by the commands that have a use for them.

func outFlag() cli.Flag {
	return &cli.StringFlag{Name: "out", Value: "out", Usage: "`DIR` of the workspace: ledger and outputs", TakesFile: true}
}

func ledgerFlag() cli.Flag {
	return &cli.StringFlag{Name: "ledger", Usage: "keep the ledger in PostgreSQL, at `URL` (postgres://user@host/database); other users of the machine can see a password given here, and not one in " + ledgerVariable + ", in PGPASSWORD or in ~/.pgpass",
		DefaultText: ledgerVariable + ", else ledger of the configuration, else a file in the workspace"}
}

func configFlag() cli.Flag {
	return &cli.StringFlag{Name: "config", Usage: "configuration `FILE` (default: batch.yaml, if there is one)", TakesFile: true}
}

func simulateFlag() cli.Flag {
	return &cli.BoolFlag{Name: "simulate", Usage: "ask a simulator inside this process: no keys, no money", DisableDefaultText: true}
}

func datasetFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "dataset", Usage: "maintenance, valuation or violations; repeatable (default: every `NAME` with a vendor)"}
}

func sheetFlag() cli.Flag {
	return &cli.StringFlag{Name: "sheet", Usage: "read the sheet `NAME` of a workbook (default: the first that is not hidden and has a header)"}
}

func formatFlag() cli.Flag {
	return &cli.StringFlag{Name: "format", DefaultText: "those of the run; of a new one " + app.DefaultFormats, Usage: "output formats, comma-separated `LIST` of parquet, csv and xlsx; html (or html:zh) adds a report for people"}
}

func maxSpendFlag() cli.Flag {
	return &cli.StringFlag{Name: "max-spend", Usage: "spend at most this many `YUAN` in the run, until another limit is given; reserved and unknown charges count"}
}

// strictVINFlag refuses what is otherwise a remark.
func strictVINFlag() cli.Flag {
	return &cli.BoolFlag{Name: "strict-vin", Usage: "refuse VINs with a wrong check digit: nothing is bought for them", DefaultText: "strict_vin of the configuration"}
}

// strictVINOf is what --strict-vin says, unknown without it.
func strictVINOf(c *cli.Context) record.Flag {
	return record.Flag{V: c.Bool("strict-vin"), OK: c.IsSet("strict-vin")}
}

func waitFlag() cli.Flag {
	return &cli.DurationFlag{Name: "wait", Usage: "wait this `DURATION`, e.g. 30m, for slow reports once all are ordered, then park them; and for a vendor in trouble",
		DefaultText: "until all settle or the desk closes; 2h for a vendor"}
}

func notifyFlag() cli.Flag {
	return &cli.StringFlag{Name: "notify", Usage: "post the summary to `URL` when the run ends, e.g. a group robot of WeCom, DingTalk or Feishu; other users of the machine can see a URL given here, and not one in batch.yaml", DefaultText: "notify of the configuration"}
}

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print one JSON object on stdout", DisableDefaultText: true}
}

func quietFlag() cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Usage: "print nothing but what went wrong, and what to do about it", DisableDefaultText: true}
}

func verboseFlag() cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Usage: "log what happens, on stderr", DisableDefaultText: true}
}

// workFlags are those of the commands that buy.
func workFlags() []cli.Flag {
	return []cli.Flag{outFlag(), ledgerFlag(), configFlag(), simulateFlag(), dayFlag(), formatFlag(), partitionFlag(), langFlag(), maxSpendFlag(), waitFlag(), notifyFlag(), jsonFlag(), quietFlag(), verboseFlag()}
}

// datasetsOf reads --dataset.
func datasetsOf(c *cli.Context) ([]record.Dataset, error) {
	var out []record.Dataset
	for _, word := range c.StringSlice("dataset") {
		for name := range strings.SplitSeq(word, ",") {
			d, ok := datasetNamed(strings.TrimSpace(name))
			if !ok {
				return nil, app.UsageError("--dataset %q: the datasets are maintenance (维修保养), valuation (估值) and violations (违章)", name)
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// datasetNamed is a dataset by its name in the tables, or in one of the languages.
func datasetNamed(name string) (record.Dataset, bool) {
	if d := record.Dataset(strings.ToLower(name)); d.Valid() {
		return d, true
	}
	names := map[string]record.Dataset{"维修保养": record.DatasetMaintenance, "维保": record.DatasetMaintenance, "保养": record.DatasetMaintenance,
		"估值": record.DatasetValuation, "违章": record.DatasetViolations, "违法": record.DatasetViolations}
	d, ok := names[name]
	return d, ok
}

// maxSpendOf reads --max-spend.
func maxSpendOf(c *cli.Context) (record.Opt[record.Fen], error) {
	if !c.IsSet("max-spend") {
		return record.Opt[record.Fen]{}, nil
	}
	fen, err := record.ParseYuan(c.String("max-spend"))
	if err != nil || fen < 0 {
		return record.Opt[record.Fen]{}, app.UsageError("--max-spend %q: want an amount in yuan with at most two places, e.g. 5000 or 99.50", c.String("max-spend"))
	}
	return record.Some(fen), nil
}

// waitOf reads --wait.
func waitOf(c *cli.Context) (record.Opt[time.Duration], error) {
	if !c.IsSet("wait") {
		return record.Opt[time.Duration]{}, nil
	}
	if c.Duration("wait") < 0 {
		return record.Opt[time.Duration]{}, app.UsageError("--wait %s: want a length of time, e.g. 30m or 0s", c.Duration("wait"))
	}
	return record.Some(c.Duration("wait")), nil
}

// oneArgument is the command's only argument.
func oneArgument(c *cli.Context, what string) (string, error) {
	switch c.NArg() {
	case 0:
		return "", app.UsageError("%s is missing: batch %s %s; `batch %[2]s --help` has examples", what, c.Command.Name, c.Command.ArgsUsage)
	case 1:
		return c.Args().First(), nil
	}
	return "", app.UsageError("batch %s takes one argument, %s, not %d: %s", c.Command.Name, what, c.NArg(), strings.Join(c.Args().Slice(), " "))
}

// noArguments refuses arguments to a command that takes none.
func noArguments(c *cli.Context) error {
	if c.NArg() > 0 {
		return app.UsageError("batch %s takes no argument: %s", c.Command.Name, strings.Join(c.Args().Slice(), " "))
	}
	return nil
}

func partitionFlag() cli.Flag {
	return &cli.BoolFlag{Name: "partition", DisableDefaultText: true,
		Usage: "keep the Parquet files under by_date/TABLE/run_date=DAY as well, to read many nights at once; the run remembers it"}
}

// partitionOf reads --partition; without it the run's own memory holds.
func partitionOf(c *cli.Context) record.Flag {
	if !c.IsSet("partition") {
		return record.Flag{}
	}
	return record.Some(c.Bool("partition"))
}

func runFlag() cli.Flag {
	return &cli.StringFlag{Name: "run", Usage: "the run's `ID` (default: the last one)"}
}

// langFlag chooses the language of what a command says. Of the environment (LC_ALL, LANG) the screen alone
// takes notice: what is written must not depend on who runs it.
const langName = "lang"

func langFlag() cli.Flag {
	return &cli.StringFlag{Name: langName, Usage: "`LANGUAGE` of what is said to people, en or zh (default: lang in batch.yaml, else that of the run; on the screen also LC_ALL or LANG; else en)"}
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
