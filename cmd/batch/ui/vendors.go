package ui

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"vehiclebatch/cmd/batch/app"
)

// Vendors prints what vendors sell.
func (s *Screen) Vendors(rows []app.VendorRow) {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
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
