package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// affords tells whether a charge may be reserved. Only the watched run's totals are kept, so under a limit any other
// run is refused.
func (s *state) affords(run int64, fen record.Fen, limit record.Opt[record.Fen]) bool {
	switch {
	case fen < 0 || fen > record.MostFen: // a charge that cannot be true would make room for others
		return false
	case !limit.OK:
		return true
	}
	return run == s.watched && s.totals().Sum()+fen <= limit.V
}

// WatchMoney makes a run the one whose budget is kept.
func (l *Ledger) WatchMoney(_ context.Context, r ledger.Run) error {
	return l.change(func(s *state) { s.watched = r.Seq })
}

// Money is where the watched run's money stands.
func (l *Ledger) Money() ledger.Totals { return l.read().totals() }

func (s *state) totals() (t ledger.Totals) {
	for _, sent := range s.sent() {
		if sent.k.Run == s.watched {
			t.Add(sent.a.Billed, sent.a.Fen)
		}
	}
	return t
}

// order is a submission that left, or may have, with its lookup.
type order struct {
	k ledger.Lookup
	a ledger.Attempt
}

// sent lists all submissions but those that were withdrawn.
func (s *state) sent() (out []order) {
	for _, id := range slices.Sorted(maps.Keys(s.attempts)) {
		for _, a := range s.attempts[id] {
			if a.Outcome != ledger.OutcomeWithdrawn {
				out = append(out, order{s.lookups[id], a})
			}
		}
	}
	return out
}

// Spend adds up a run's submissions by vendor and dataset.
func (l *Ledger) Spend(_ context.Context, r ledger.Run) ([]ledger.Spend, error) {
	sums, lookups := map[trouble]*ledger.Spend{}, map[trouble]map[int64]bool{}
	for _, o := range l.read().sent() {
		if o.k.Run != r.Seq {
			continue
		}
		at := trouble{o.a.Vendor, o.a.Dataset}
		if sums[at] == nil {
			sums[at], lookups[at] = &ledger.Spend{Vendor: at.vendor, Dataset: at.dataset}, map[int64]bool{}
		}
		lookups[at][o.k.ID] = true
		sums[at].Add(o.a.Billed, o.a.Fen)
		sums[at].Lookups = int64(len(lookups[at]))
	}
	var out []ledger.Spend
	for _, at := range slices.SortedFunc(maps.Keys(sums), trouble.compare) {
		out = append(out, *sums[at])
	}
	return out, nil
}

// spent is a submission, or an answer that was used again, as SpendOver adds it up.
type spent struct {
	ledger.SpendLine
	request int64 // the request that was sent; lookups of a fan-out count each by itself
}

// groups are the values by which a line is grouped.
func (s *spent) groups(by []ledger.SpendBy) (texts [4]string) {
	all := map[ledger.SpendBy]string{ledger.ByVendor: s.Vendor, ledger.ByDataset: string(s.Dataset), ledger.ByDay: s.Day, ledger.ByRun: s.Run}
	for i, b := range by {
		texts[i] = all[b]
	}
	return texts
}

// SpendOver adds up money by groups, sorted by them, and its total.
func (l *Ledger) SpendOver(_ context.Context, q ledger.SpendQuery) ([]ledger.SpendLine, ledger.SpendLine, error) {
	all := l.read().spent(q)
	total := sum(nil, all)
	if len(q.By) == 0 {
		return nil, total, nil
	}
	groups := map[[4]string][]spent{}
	for _, s := range all {
		at := s.groups(q.By)
		groups[at] = append(groups[at], s)
	}
	var out []ledger.SpendLine
	for _, at := range slices.SortedFunc(maps.Keys(groups), func(a, b [4]string) int { return slices.Compare(a[:], b[:]) }) {
		out = append(out, sum(q.By, groups[at]))
	}
	return out, total, nil
}

// sum adds up the submissions of a group.
func sum(by []ledger.SpendBy, list []spent) (out ledger.SpendLine) {
	requests := map[int64]bool{}
	for _, s := range list {
		for _, b := range by {
			switch b {
			case ledger.ByVendor:
				out.Vendor = s.Vendor
			case ledger.ByDataset:
				out.Dataset = s.Dataset
			case ledger.ByDay:
				out.Day = s.Day
			case ledger.ByRun:
				out.Run = s.Run
			}
		}
		out.Charged, out.Reserved, out.Unknown = out.Charged+s.Charged, out.Reserved+s.Reserved, out.Unknown+s.Unknown
		out.Reused, out.Saved = out.Reused+s.Reused, out.Saved+s.Saved
		if s.request != 0 {
			requests[s.request] = true
		}
	}
	out.Lookups = int64(len(requests))
	return out
}

// spent lists the submissions of planned runs, and the answers that were used again, which count when their runs began.
func (s *state) spent(q ledger.SpendQuery) (out []spent) {
	add := func(k *ledger.Lookup, at ledger.Attempt, line spent) {
		r := s.runs[k.Run]
		if r.State == ledger.RunPlanning || q.Run != 0 && q.Run != r.Seq ||
			!q.Since.IsZero() && at.IntentAt.Before(stored(q.Since)) || !q.Until.IsZero() && !at.IntentAt.Before(stored(q.Until)) {
			return
		}
		line.Vendor, line.Dataset, line.Day, line.Run = at.Vendor, at.Dataset, record.DateOf(at.IntentAt).String(), r.ID
		out = append(out, line)
	}
	for _, o := range s.sent() {
		line := spent{request: o.k.Request()}
		if o.k.FanOut {
			line.request = o.k.ID
		}
		line.Add(o.a.Billed, o.a.Fen)
		add(&o.k, o.a, line)
	}
	for _, k := range s.where(func(k *ledger.Lookup) bool { return k.Attempts == 0 && k.ReplacedBy == 0 && k.State.Answered() }) {
		line := spent{SpendLine: ledger.SpendLine{Reused: 1}}
		from, _ := s.answer(k.Answer)
		if a := s.attempt(from.Lookup, from.Attempt); from.Lookup != k.ID && a.Billed == ledger.BilledYes {
			line.Saved = a.Fen
		}
		add(&k, ledger.Attempt{Vendor: k.Vendor, Dataset: k.Dataset, IntentAt: s.runs[k.Run].StartedAt}, line)
	}
	return out
}

// CountRows counts a run's input rows.
func (l *Ledger) CountRows(_ context.Context, r ledger.Run) (c ledger.RowCount, err error) {
	s := l.read()
	for _, number := range s.rowsOf(r.Seq) {
		row := s.rows[place{r.Seq, number}]
		c.Rows++
		if row.duplicate > 0 {
			c.Duplicates++
		}
		if len(row.vehicle.Faults) > 0 || row.given != nil && len(row.given.Faults) > 0 {
			c.Faulty++
		}
	}
	return c, nil
}

// Remarked counts a run's planned lookups about vehicles on which the plan has a remark that begins with remark.
func (l *Ledger) Remarked(_ context.Context, r ledger.Run, remark string) (ledger.Remarked, error) {
	s := l.read()
	rows, vins, counts := map[int64]bool{}, map[string]bool{}, map[ledger.Count]int64{}
	for _, k := range s.lookupsOf(r.Seq) {
		v := s.rows[place{k.Run, k.Row}].vehicle
		begins := func(p string) bool { return strings.HasPrefix(p, remark) }
		if k.State == ledger.Planned && slices.ContainsFunc(v.Problems, begins) {
			rows[k.Row], vins[v.VIN] = true, true
			counts[ledger.Count{Dataset: k.Dataset, Vendor: k.Vendor, State: ledger.Planned}]++
		}
	}
	out := ledger.Remarked{Rows: int64(len(rows)), VINs: int64(len(vins))}
	for c, n := range counts {
		c.N = n
		out.Lookups = append(out.Lookups, c)
	}
	slices.SortFunc(out.Lookups, func(a, b ledger.Count) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor))
	})
	return out, nil
}

// VendorsNamed lists the vendors that lookups or orders name, by name.
func (l *Ledger) VendorsNamed(context.Context) ([]ledger.NamedVendor, error) {
	s := l.read()
	named := map[string]ledger.NamedVendor{}
	for _, k := range s.where(func(*ledger.Lookup) bool { return true }) {
		vendors := map[string]bool{}
		if k.Vendor != "" {
			vendors[k.Vendor] = true
		}
		for _, a := range s.attempts[k.ID] {
			vendors[a.Vendor] = true
		}
		for name := range vendors {
			v := named[name]
			open := name == k.Vendor && (k.State == ledger.Waiting || k.State == ledger.Submitting)
			if v.Lookups == 0 || open && v.Open == 0 { // the first lookup, or the first one that is open
				v.Name, v.Run, v.Row = name, s.runs[k.Run].ID, k.Row
			}
			v.Lookups++
			if open {
				v.Open++
			}
			named[name] = v
		}
	}
	var out []ledger.NamedVendor
	for _, name := range slices.Sorted(maps.Keys(named)) {
		out = append(out, named[name])
	}
	return out, nil
}
