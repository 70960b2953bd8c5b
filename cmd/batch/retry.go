package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func retryCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "retry", Usage: "reopen lookups of the failure ledger, then go on as resume",
		Description: "   batch retry --class unavailable             what failed because the vendor was down\n" +
			"   batch retry --vendor wapi --dataset valuation\n" +
			"   batch retry --class in_doubt --yes          may pay twice: it says how much\n" +
			"   batch retry --all\n" +
			"   batch retry --class expired --run 20260102T030405Z-abcdef",
		Flags: append(workFlags(), datasetFlag(), runFlag(),
			&cli.StringSliceFlag{Name: "class", Usage: "failures of this `CLASS`; repeatable"},
			&cli.StringSliceFlag{Name: "vendor", Usage: "failures at this `VENDOR`; repeatable"},
			&cli.BoolFlag{Name: "all", Usage: "every failure", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "pay again for what may have been paid, without asking", DisableDefaultText: true}),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			f, err := filterOf(c)
			if err != nil {
				return err
			}
			return buy(c, env, func(ctx context.Context, o app.Buying) (*app.Ended, error) {
				return app.Retry(ctx, o, c.String("run"), f)
			})
		},
	})
}

// filterOf reads which failures are meant.
func filterOf(c *cli.Context) (ledger.Filter, error) {
	f := ledger.Filter{Vendors: splitWords(c.StringSlice("vendor"))}
	for _, word := range splitWords(c.StringSlice("class")) {
		class := record.Class(word)
		if !slices.Contains(record.Classes(), class) {
			return f, app.UsageError("--class %q: the classes are %s", word, joinClasses())
		}
		f.Classes = append(f.Classes, class)
	}
	var err error
	if f.Datasets, err = datasetsOf(c); err != nil {
		return f, err
	}
	if len(f.Classes)+len(f.Vendors)+len(f.Datasets) == 0 && !c.Bool("all") {
		return f, app.UsageError("say which failures: --class, --vendor, --dataset or --all; `batch failures` shows them")
	}
	return f, nil
}

func splitWords(list []string) []string {
	var out []string
	for _, item := range list {
		for w := range strings.SplitSeq(item, ",") {
			if w = strings.TrimSpace(w); w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

func joinClasses() string {
	words := make([]string, 0, len(record.Classes()))
	for _, c := range record.Classes() {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}
