package main

import (
	"context"
	"fmt"
	"strings"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// doubtful is what a run buys for vehicles that its user may not want to buy; nil for nothing.
type doubtful struct {
	// WrongDigits is of VINs whose check digit is wrong.
	WrongDigits *digitsCost `json:"wrong_check_digits,omitempty"`
	// SetApart is of rows that the list sets apart: hidden, struck through, said to be scrapped, sold or not wanted.
	SetApart *apartCost `json:"set_apart,omitempty"`
}

type digitsCost struct {
	VINs    int64      `json:"vins"`
	Lookups int64      `json:"lookups"`
	Cost    record.Fen `json:"cost_cny"`
}

type apartCost struct {
	Rows    int64      `json:"rows"`
	Lookups int64      `json:"lookups"`
	Cost    record.Fen `json:"cost_cny"`
}

// doubtful counts it, as it will be with changes that are foreseen.
func (s *session) doubtful(ctx context.Context, run ledger.Run, changes foreseen) (d doubtful, err error) {
	digits, err := s.ledger.Remarked(ctx, run, record.WrongCheckDigit)
	if err != nil {
		return d, fmt.Errorf("count the VINs with a wrong check digit: %w", err)
	}
	apart, err := s.ledger.Remarked(ctx, run, record.SetApart)
	if err != nil {
		return d, fmt.Errorf("count the rows that the list sets apart: %w", err)
	}
	digits.Lookups, apart.Lookups = after(digits.Lookups, changes.remarked[record.WrongCheckDigit]), after(apart.Lookups, changes.remarked[record.SetApart])
	if len(digits.Lookups) > 0 {
		lookups, cost := s.price(digits.Lookups)
		d.WrongDigits = &digitsCost{digits.VINs, lookups, cost}
	}
	if len(apart.Lookups) > 0 {
		lookups, cost := s.price(apart.Lookups)
		d.SetApart = &apartCost{apart.Rows, lookups, cost}
	}
	return d, nil
}

// price adds up planned lookups.
func (s *session) price(planned []ledger.Count) (lookups int64, cost record.Fen) {
	for _, c := range planned {
		lookups += c.N
		if seller, ok := s.policy.Sellers[c.Vendor]; ok {
			cost += seller.Prices[c.Dataset] * record.Fen(c.N)
		}
	}
	return lookups, cost
}

// say says it, a line each, with what to do about it.
func (d doubtful) say(said *messages.Printer) (lines []string) {
	if w := d.WrongDigits; w != nil {
		lines = append(lines, said.Say("plan_wrong_digits", w.VINs, w.Cost.Yuan()))
	}
	if a := d.SetApart; a != nil {
		lines = append(lines, said.Say("plan_set_apart", a.Rows, a.Cost.Yuan()))
	}
	return lines
}

// instead is what to do when it is not wanted.
func (d doubtful) instead() string {
	var ways []string
	if d.WrongDigits != nil {
		ways = append(ways, "correct the VINs, or give --strict-vin, which refuses them and buys the rest")
	}
	if d.SetApart != nil {
		ways = append(ways, "take out of the list the rows that it sets apart (batch plan names them)")
	}
	return strings.Join(append(ways, "or give --yes to buy all"), "; ")
}

// askFirst says what a new run would buy for vehicles that may not be wanted. On a
// terminal it asks, and nothing is bought without a yes; where nobody can answer
// the run goes on, for these are warnings. A run that is cut short
// while it asks has not been planned.
func (s *session) askFirst(ctx context.Context, run ledger.Run, stdinRead bool) error {
	d, err := s.doubtful(ctx, run, foreseen{})
	lines := strings.Join(d.say(s.Said()), "\n")
	if err != nil || lines == "" {
		return err
	}
	if s.yes || stdinRead || !ui.IsTerminal(s.env.stdin) || !ui.IsTerminal(s.env.stderr) {
		if !s.Quiet {
			fmt.Fprintln(s.env.stderr, lines)
		}
		return nil
	}
	if err := s.ledger.HoldRun(run); err != nil {
		return fmt.Errorf("hold the run until it is answered: %w", err)
	}
	yes, err := s.AsksUntil(ctx, lines, s.Said().Say("retry_yes"))
	if err == nil && yes {
		return s.ledger.SetRun(run)
	}
	if derr := s.ledger.DropRun(run); derr != nil {
		return derr
	}
	if err != nil {
		return err
	}
	return usageError("nothing was bought: %s", d.instead())
}
