package app

import (
	"context"
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Doubtful is what a run buys for vehicles that its user may not want to buy; nil for nothing.
type Doubtful struct {
	// WrongDigits is of VINs whose check digit is wrong.
	WrongDigits *DigitsCost `json:"wrong_check_digits,omitempty"`
	// SetApart is of rows that the list sets apart: hidden, struck through, said to be scrapped, sold or not wanted.
	SetApart *ApartCost `json:"set_apart,omitempty"`
}

// DigitsCost is what is bought for VINs whose check digit is wrong.
type DigitsCost struct {
	VINs    int64      `json:"vins"`
	Lookups int64      `json:"lookups"`
	Cost    record.Fen `json:"cost_cny"`
}

// ApartCost is what is bought for rows that the list sets apart.
type ApartCost struct {
	Rows    int64      `json:"rows"`
	Lookups int64      `json:"lookups"`
	Cost    record.Fen `json:"cost_cny"`
}

// doubts counts the planned lookups of a run about vehicles with a remark.
type doubts interface {
	Remarked(ctx context.Context, r ledger.Run, remark string) (ledger.Remarked, error)
}

// doubtful counts it, as it will be with changes that are foreseen.
func (s *buyer) doubtful(ctx context.Context, of doubts, run ledger.Run, changes foreseen) (d Doubtful, err error) {
	digits, err := of.Remarked(ctx, run, record.WrongCheckDigit)
	if err != nil {
		return d, fmt.Errorf("count the VINs with a wrong check digit: %w", err)
	}
	apart, err := of.Remarked(ctx, run, record.SetApart)
	if err != nil {
		return d, fmt.Errorf("count the rows that the list sets apart: %w", err)
	}
	digits.Lookups, apart.Lookups = after(digits.Lookups, changes.remarked[record.WrongCheckDigit]), after(apart.Lookups, changes.remarked[record.SetApart])
	if len(digits.Lookups) > 0 {
		lookups, cost := s.price(digits.Lookups)
		d.WrongDigits = &DigitsCost{digits.VINs, lookups, cost}
	}
	if len(apart.Lookups) > 0 {
		lookups, cost := s.price(apart.Lookups)
		d.SetApart = &ApartCost{apart.Rows, lookups, cost}
	}
	return d, nil
}

// price adds up planned lookups.
func (s *buyer) price(planned []ledger.Count) (lookups int64, cost record.Fen) {
	for _, c := range planned {
		lookups += c.N
		if vendor, ok := s.policy.Vendors[c.Vendor]; ok {
			cost += vendor.Prices[c.Dataset] * record.Fen(c.N)
		}
	}
	return lookups, cost
}

// instead is what to do when it is not wanted.
func (d Doubtful) instead() string {
	var ways []string
	if d.WrongDigits != nil {
		ways = append(ways, "correct the VINs, or give --strict-vin, which refuses them and buys the rest")
	}
	if d.SetApart != nil {
		ways = append(ways, "take out of the list the rows that it sets apart (batch plan names them)")
	}
	return strings.Join(append(ways, "or give --yes to buy all"), "; ")
}

// askFirst says what a new run would buy for vehicles that may not be wanted. Where
// somebody can answer it asks, and nothing is bought without a yes; where nobody can
// the run goes on, for these are warnings. A run that is cut short
// while it asks has not been planned.
func (s *buyer) askFirst(ctx context.Context, run ledger.Run, stdinRead bool) error {
	// It is planned: where it is stopped meanwhile, it ends as any run that was.
	d, err := s.doubtful(context.WithoutCancel(ctx), s.ledger, run, foreseen{})
	if err != nil || d == (Doubtful{}) {
		return err
	}
	if s.o.Yes || stdinRead || !s.watch.CanAsk() {
		s.watch.Tell(d)
		return nil
	}
	if err := s.ledger.HoldRun(run); err != nil {
		return fmt.Errorf("hold the run until it is answered: %w", err)
	}
	yes, err := s.watch.Ask(ctx, d)
	if err == nil && yes {
		return s.ledger.SetRun(run)
	}
	if derr := s.ledger.DropRun(run); derr != nil {
		return derr
	}
	if err != nil {
		return err
	}
	return UsageError("nothing was bought: %s", d.instead())
}
