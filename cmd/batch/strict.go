package main

import (
	"context"
	"encoding/json"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// strict tells whether a new run refuses VINs with a wrong check digit: as --strict-vin
// says, else as the configuration does, or the run that this one corrects.
func (s *setup) strict(unsaid bool) bool {
	if s.strictVIN.OK {
		return s.strictVIN.V
	}
	return unsaid
}

// sameStrictness refuses a --strict-vin that comes too late: the run is planned.
func (s *setup) sameStrictness(run ledger.Run) error {
	if !s.strictVIN.OK || s.strictVIN.V == run.StrictVIN {
		return nil
	}
	was, say := "without --strict-vin", "leave it out to go on"
	if run.StrictVIN {
		was, say = "with --strict-vin", "leave --strict-vin=false out to go on"
	}
	return usageError("this input has the unfinished run %s, which was planned %s: %s, or name another workspace with --out", run.ID, was, say)
}

// wrongDigits is what a run buys for VINs whose check digit is wrong.
type wrongDigits struct {
	VINs    int64       `json:"vins"`
	Lookups int64       `json:"lookups"`
	Cost    json.Number `json:"cost_cny"`
}

// wrongDigits counts it; nil for nothing.
func (s *session) wrongDigits(ctx context.Context, run ledger.Run) (*wrongDigits, error) {
	found, err := s.ledger.WrongDigits(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("count the VINs with a wrong check digit: %w", err)
	}
	if found.VINs == 0 {
		return nil, nil
	}
	w := &wrongDigits{VINs: found.VINs}
	var cost record.Fen
	for _, c := range found.Lookups {
		w.Lookups += c.N
		if seller, ok := s.policy.Sellers[c.Vendor]; ok {
			cost += seller.Prices[c.Dataset] * record.Fen(c.N)
		}
	}
	w.Cost = yuanNumber(cost)
	return w, nil
}

// say says it, with what refuses them.
func (w *wrongDigits) say(said *messages.Printer) string {
	return said.Say("plan_wrong_digits", w.VINs, yuanText(w.Cost))
}

// askFirst says what a new run would buy for VINs with a wrong check digit. On a
// terminal it asks, and nothing is bought without a yes; where nobody can answer
// the run goes on, for a wrong check digit is a warning. A run that is cut short
// while it asks has not been planned.
func (s *session) askFirst(ctx context.Context, run ledger.Run, stdinRead bool) error {
	w, err := s.wrongDigits(ctx, run)
	if err != nil || w == nil {
		return err
	}
	if s.yes || stdinRead || !isTerminal(s.env.stdin) || !isTerminal(s.env.stderr) {
		if !s.quiet {
			fmt.Fprintln(s.env.stderr, w.say(s.screen))
		}
		return nil
	}
	if err := s.ledger.HoldRun(run); err != nil {
		return fmt.Errorf("hold the run until it is answered: %w", err)
	}
	yes, err := s.env.asksUntil(ctx, w.say(s.screen), s.screen.Say("retry_yes"))
	if err == nil && yes {
		return s.ledger.SetRun(run)
	}
	if derr := s.ledger.DropRun(run); derr != nil {
		return derr
	}
	if err != nil {
		return err
	}
	return usageError("nothing was bought: correct the VINs, or give --strict-vin, which refuses them and buys the rest, or --yes to buy all")
}
