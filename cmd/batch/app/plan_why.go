package app

import (
	"context"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// NotBought is one cause for which lookups are not bought.
type NotBought struct {
	Class   record.Class `json:"class"`
	Rows    int64        `json:"rows"`
	Lookups int64        `json:"lookups"`
	Correct []string     `json:"correct"` // the columns with wrong values
	FillIn  []string     `json:"fill_in"` // the columns that are missing
	Asked   []AskedAt    `json:"asked"`
	Reasons []Reason     `json:"reasons"`

	Cause export.Cause `json:"-"`
}

// AskedAt is whom a cause was asked of.
type AskedAt struct {
	Dataset record.Dataset `json:"dataset"`
	Vendor  string         `json:"vendor"`
	Lookups int64          `json:"lookups"`
}

// Reason is what was said of rows.
type Reason struct {
	Message string  `json:"message"`
	Value   string  `json:"value,omitempty"` // in the first row
	Rows    int64   `json:"rows"`
	First   []int64 `json:"first_rows"`
}

// unbought groups what a plan does not buy as fix does the failures of a run. The
// rows are looked through only where there is something of that kind.
func (s *buyer) unbought(ctx context.Context, of export.CauseStore, run ledger.Run, counts []ledger.Count) ([]NotBought, error) {
	if !slices.ContainsFunc(counts, func(c ledger.Count) bool { return c.State == ledger.Failed || c.State == ledger.InDoubt }) {
		return nil, nil
	}
	causes, err := export.Causes(ctx, of, run, nil)
	if err != nil {
		return nil, fmt.Errorf("look for why lookups are not bought: %w", err)
	}
	out := make([]NotBought, len(causes))
	for i, c := range causes {
		out[i] = NotBought{Class: c.Class, Rows: c.Rows, Lookups: c.Lookups, Correct: append([]string{}, c.Correct()...), FillIn: append([]string{}, c.Fill...),
			Asked: AskedOf(&c), Reasons: ReasonsOf(&c), Cause: c}
	}
	return out, nil
}

// AskedOf is whom a cause was asked of.
func AskedOf(c *export.Cause) []AskedAt {
	out := []AskedAt{}
	for _, a := range c.Asked {
		out = append(out, AskedAt{a.Dataset, a.Vendor, a.Lookups})
	}
	return out
}

// ReasonsOf is what was said of the rows of a cause.
func ReasonsOf(c *export.Cause) []Reason {
	out := []Reason{}
	for _, r := range c.Reasons {
		out = append(out, Reason{r.Message, r.Value, r.Rows, r.First})
	}
	return out
}
