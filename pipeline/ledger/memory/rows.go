package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Before is the span of all runs before r whose answers are still there; no run is ever purged here.
func (l *Ledger) Before(_ context.Context, r ledger.Run) (ledger.Span, error) {
	return ledger.Span{From: 1, To: r.Seq - 1, News: true}, nil
}

// Rows calls do with each row of a run, in input order, one at a time.
func (l *Ledger) Rows(ctx context.Context, r ledger.Run, do func(*ledger.Row) error) error {
	return l.RowsSince(ctx, r, ledger.Span{}, do)
}

// RowsSince is Rows with an earlier answer for each lookup as well, taken from a span of other runs.
func (l *Ledger) RowsSince(_ context.Context, r ledger.Run, span ledger.Span, do func(*ledger.Row) error) error {
	s := l.read()
	return s.rowsAt(r, span, s.rowsOf(r.Seq), do)
}

// RowsAt is RowsSince for some rows of a run, given by their numbers.
func (l *Ledger) RowsAt(_ context.Context, r ledger.Run, span ledger.Span, numbers []int64, do func(*ledger.Row) error) error {
	s := l.read()
	others := func(n int64) bool { return !slices.Contains(numbers, n) }
	return s.rowsAt(r, span, slices.DeleteFunc(s.rowsOf(r.Seq), others), do)
}

func (s *state) rowsAt(r ledger.Run, span ledger.Span, numbers []int64, do func(*ledger.Row) error) error {
	for _, number := range numbers {
		row := s.row(r, number)
		for i := range row.Lookups {
			if a := &row.Lookups[i]; row.Duplicate == 0 && a.Owner(row) {
				a.Earlier = s.earlier(r, span, row.VehicleID, a)
			}
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// row reads a row with the lookups that serve its requests, or those of the row that it repeats.
func (s *state) row(r ledger.Run, number int64) *ledger.Row {
	kept := s.rows[place{r.Seq, number}]
	out := &ledger.Row{VehicleID: kept.vehicleID, Vehicle: keptVehicle(kept.vehicle), Duplicate: kept.duplicate}
	asks := s.rows[place{r.Seq, cmp.Or(kept.duplicate, number)}]
	for _, d := range record.Datasets() {
		request := asks.lookups[d]
		if request == 0 {
			continue
		}
		for _, k := range s.serving(request) {
			out.Lookups = append(out.Lookups, s.askedOf(k))
		}
	}
	return out
}

// askedOf adds what a lookup cost, its last submission and its answer.
func (s *state) askedOf(k ledger.Lookup) ledger.Asked {
	a := ledger.Asked{Lookup: k, Packed: s.packed(k.Answer)}
	a.Derived, _ = record.ParseDerived(k.Derived) // the error is left out: only valid values are kept
	for _, sent := range s.attemptsOf(&k) {
		a.Last = sent
		switch sent.Billed {
		case ledger.BilledYes:
			a.Charged += sent.Fen
		case ledger.BilledUnknown:
			a.Unknown += sent.Fen
		}
		if sent.Outcome != ledger.OutcomeWithdrawn {
			a.Sent++
		}
	}
	if k.FailedBefore() {
		a.Last = s.origin(&k)
	}
	return a
}

// packed is an answer in the form that Rows hands out; here it is not compressed.
func (s *state) packed(id int64) ledger.PackedAnswer {
	a, _ := s.answer(id)
	p := ledger.PackedAnswer{ID: a.ID, Vendor: a.Vendor, Body: a.Body}
	if !a.ReceivedAt.IsZero() {
		p.ReceivedAt = a.ReceivedAt.UnixMicro()
	}
	return p
}

// UnpackInto returns the raw bytes of an answer, in a buffer's memory if they fit.
func (l *Ledger) UnpackInto(p ledger.PackedAnswer, buffer []byte) (ledger.Answer, error) {
	a := ledger.Answer{ID: p.ID, Vendor: p.Vendor, Body: append(buffer[:0], p.Body...)}
	if p.ReceivedAt != 0 {
		a.ReceivedAt = time.UnixMicro(p.ReceivedAt).UTC()
	}
	return a, nil
}

// earlier finds what was answered before a lookup; nil when there is nothing, or when the lookup has no answer, or none
// that is news.
func (s *state) earlier(r ledger.Run, span ledger.Span, vehicleID string, a *ledger.Asked) *ledger.Earlier {
	k := &a.Lookup
	if span.Empty() || k.State != ledger.Found && k.State != ledger.NoRecord || span.News && k.AnsweredAt.Before(r.StartedAt) {
		return nil
	}
	found := s.where(func(o *ledger.Lookup) bool {
		if o.Run < span.From || o.Run > span.To || o.State != ledger.Found && o.State != ledger.NoRecord || span.News && !o.AnsweredAt.Before(k.AnsweredAt) {
			return false
		}
		if k.Dataset == record.DatasetValuation {
			return o.ReplacedBy == 0 && s.valuedBy(o, vehicleID) > 0
		}
		return bytes.Equal(o.Key, k.Key) && s.sameVoice(o, k, cmp.Or(a.Packed.Vendor, k.Vendor))
	})
	if len(found) == 0 {
		return nil
	}
	slices.SortFunc(found, func(x, y ledger.Lookup) int { return s.nearer(k, vehicleID, &x, &y) })
	e := &ledger.Earlier{RunID: s.runs[found[0].Run].ID, Lookup: found[0], Packed: s.packed(found[0].Answer)}
	about := found[0]
	if k.Dataset == record.DatasetValuation {
		about.Row = s.valuedBy(&about, vehicleID)
	}
	e.Vehicle = s.asked(&about)
	return e
}

// valuedBy is the first row about a vehicle that names a valuation, leaving out duplicates; 0 is none. A valuation has
// another key for each mileage, so earlier ones are found by the vehicle instead.
func (s *state) valuedBy(k *ledger.Lookup, vehicleID string) int64 {
	for _, number := range s.rowsOf(k.Run) {
		r := s.rows[place{k.Run, number}]
		if id := r.lookups[record.DatasetValuation]; r.duplicate == 0 && r.vehicleID == vehicleID && id > 0 && serves(k, id) {
			return number
		}
	}
	return 0
}

// sameVoice tells whether two answers may be compared. An answer of a fan-out is compared with an earlier one of the
// same vendor; so is an answer of a lookup that was alone with an earlier answer of a fan-out.
func (s *state) sameVoice(o, k *ledger.Lookup, vendor string) bool {
	if !o.FanOut && !k.FanOut {
		return o.ReplacedBy == 0
	}
	return vendor == cmp.Or(s.packed(o.Answer).Vendor, o.Vendor)
}

// nearer orders earlier answers, the one to compare with first: the newest run first, then what was asked in the same
// way, then the newest in the run. For valuations: the one with the same key, then the first row.
func (s *state) nearer(k *ledger.Lookup, vehicleID string, x, y *ledger.Lookup) int {
	byRun := cmp.Compare(y.Run, x.Run)
	if k.Dataset == record.DatasetValuation {
		same := func(o *ledger.Lookup) bool { return bytes.Equal(o.Key, k.Key) }
		return cmp.Or(byRun, compareBool(same(y), same(x)), cmp.Compare(s.valuedBy(x, vehicleID), s.valuedBy(y, vehicleID)), cmp.Compare(x.ID, y.ID))
	}
	return cmp.Or(byRun, compareBool(y.FanOut == k.FanOut, x.FanOut == k.FanOut), cmp.Compare(y.ID, x.ID))
}
