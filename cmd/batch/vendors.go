package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
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
			rows, err := vendorRows(c, env)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				enc := json.NewEncoder(ui.AsJSON(env.stdout))
				enc.SetIndent("", "  ")
				return enc.Encode(rows)
			}
			printVendors(env, rows)
			return nil
		},
	})
}

// vendorRow is one dataset of one vendor.
type vendorRow struct {
	Vendor       string         `json:"vendor"`
	Title        string         `json:"title"`
	Dataset      record.Dataset `json:"dataset"`
	Requires     []string       `json:"requires"`
	Uses         []string       `json:"uses"`
	Price        record.Fen     `json:"price_cny"`
	Configured   bool           `json:"configured"`
	Discontinued string         `json:"discontinued,omitempty"`
	Note         string         `json:"note,omitempty"`
}

func vendorRows(c *cli.Context, env environment) ([]vendorRow, error) {
	conf := &config.Config{}
	if path, _ := configPath(c); path != "" {
		var err error
		if conf, err = config.LoadKeyless(path, env.getenv, all.Descriptors()); err != nil {
			return nil, configError(path, err)
		}
	}
	var out []vendorRow
	for _, d := range all.Descriptors() {
		for _, o := range d.Offers {
			out = append(out, rowOf(conf, d, o))
		}
	}
	return out, nil
}

func rowOf(conf *config.Config, d vendors.Descriptor, o vendors.Offer) vendorRow {
	row := vendorRow{Vendor: d.Name, Title: d.Title, Dataset: o.Dataset, Requires: o.Requires, Uses: o.Uses,
		Price: o.PriceFen, Discontinued: d.Discontinued, Note: o.Note}
	if v, ok := conf.Vendor(d.Name); ok && v.Enabled {
		if price, ok := v.Prices[o.Dataset]; ok {
			row.Price, row.Configured = price, true
		}
	}
	return row
}

func printVendors(env environment, rows []vendorRow) {
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "vendor\tdataset\tprice\tconfigured\tneeds\talso uses\tremarks")
	for _, r := range rows {
		configured := "no"
		if r.Configured {
			configured = "yes"
		}
		remarks := r.Note
		if r.Discontinued != "" {
			remarks = strings.TrimPrefix(r.Discontinued+"; "+r.Note, "; ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Vendor, r.Dataset, r.Price.Yuan(), configured,
			strings.Join(r.Requires, ", "), strings.Join(r.Uses, ", "), strings.TrimSuffix(remarks, "; "))
	}
	w.Flush() //nolint:errcheck // a terminal
}
