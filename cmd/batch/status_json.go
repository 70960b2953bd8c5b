package main

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// underWay is what status says beyond the manifest: what is going on now.
type underWay struct {
	NotSent    map[string]int64   `json:"not_sent"`           // lookups, by vendor
	Awaits     map[string]int64   `json:"awaits_maintenance"` // not sent before their vehicle's maintenance answer, by vendor
	Waiting    map[string]waiting `json:"waiting"`            // ordered, their reports awaited, by vendor
	Halts      []halted           `json:"halts"`
	Pauses     []paused           `json:"pauses"`           // vendors in trouble that are waited for
	Unfinished []unfinished       `json:"unfinished_runs"`  // other ones
	AtWork     string             `json:"at_work"`          // the process that works here now; "" is none
	Ending     string             `json:"ending,omitempty"` // why the run that prints this has ended
}

type waiting struct {
	Lookups  int64         `json:"lookups"`
	NextPoll record.Moment `json:"next_poll"`
}

type halted struct {
	Vendor  string        `json:"vendor"`
	Dataset string        `json:"dataset"` // "" is all of them
	Stops   string        `json:"stops"`   // calls, or orders alone
	Class   string        `json:"class"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Since   record.Moment `json:"since"`
}

type paused struct {
	Vendor  string        `json:"vendor"`
	Dataset string        `json:"dataset"` // whose orders wait; "" is the vendor's polls
	Class   string        `json:"class"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Since   record.Moment `json:"since"`
	NextTry record.Moment `json:"next_try"`
	Nth     int           `json:"nth"`
}

type unfinished struct {
	RunID string `json:"run_id"`
	Left  int64  `json:"lookups"`
}

// statusJSON prints the manifest's object, with what is under way.
func (s *setup) statusJSON(ctx context.Context, l *ledger.Ledger, run ledger.Run) error {
	m, err := s.currentManifest(ctx, l, run)
	if err != nil {
		return err
	}
	now, err := underWayOf(ctx, l, run, s.env.clock.Now())
	if err != nil {
		return err
	}
	now.AtWork = ledger.Holder(s.out)
	return s.printObject(m, now)
}

// printObject prints the manifest's keys and those of what is under way as one object.
func (s *setup) printObject(m sinks.Manifest, now underWay) error {
	object, err := m.MarshalJSON()
	if err != nil {
		return err
	}
	if object, err = ui.WithFields(object, now); err != nil {
		return err
	}
	return ui.WriteIndented(ui.AsJSON(s.env.stdout), object)
}

// currentManifest is the manifest as the ledger has it, with the outputs that
// were written last, if there are any.
func (s *setup) currentManifest(ctx context.Context, l *ledger.Ledger, run ledger.Run) (sinks.Manifest, error) {
	m, err := manifestOf(ctx, l, run)
	if err != nil {
		return m, err
	}
	if written, err := s.readManifest(run); err == nil && written.RunID == run.ID {
		m.Outputs, m.Lang = written.Outputs, written.Lang
	}
	return m, nil
}

// underWayOf says what is under way; a report without a moment is due now.
func underWayOf(ctx context.Context, l *ledger.Ledger, run ledger.Run, at time.Time) (underWay, error) {
	now := underWay{NotSent: map[string]int64{}, Awaits: map[string]int64{}, Waiting: map[string]waiting{}, Halts: []halted{}, Pauses: []paused{}, Unfinished: []unfinished{}}
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return now, fmt.Errorf("count the run's lookups: %w", err)
	}
	for _, c := range counts {
		switch c.State {
		case ledger.Planned:
			if c.Awaits {
				now.Awaits[c.Vendor] += c.N
				continue
			}
			now.NotSent[c.Vendor] += c.N
		case ledger.Waiting:
			w := now.Waiting[c.Vendor]
			w.Lookups += c.N
			if c.NextAt.IsZero() {
				c.NextAt = at
			}
			if w.NextPoll.IsZero() || c.NextAt.Before(w.NextPoll.Time) {
				w.NextPoll = record.At(c.NextAt)
			}
			now.Waiting[c.Vendor] = w
		}
	}
	halts, err := l.Halts(ctx)
	if err != nil {
		return now, fmt.Errorf("read the halts: %w", err)
	}
	for _, h := range halts {
		now.Halts = append(now.Halts, halted{h.Vendor, string(h.Dataset), string(h.Stops), string(h.Class), h.Code, h.Message, record.At(h.At)})
	}
	pauses, err := l.Pauses(ctx)
	if err != nil {
		return now, fmt.Errorf("read which vendors are waited for: %w", err)
	}
	for _, p := range pauses {
		now.Pauses = append(now.Pauses, paused{p.Vendor, string(p.Dataset), string(p.Class), p.Code, p.Message, record.At(p.Since), record.At(p.NextAt), p.Nth})
	}
	others, err := unfinishedOthers(ctx, l, run)
	for _, o := range others {
		now.Unfinished = append(now.Unfinished, unfinished{o.run.ID, o.left})
	}
	return now, err
}
