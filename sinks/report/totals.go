package report

import (
	"cmp"
	"slices"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Totals are the sums over the rows of all tables.
type Totals struct {
	Rows       int64 // of the input
	Duplicates int64 // rows that repeat an earlier one
	Answered   int64 // rows, without duplicates, of which at least one lookup was found
	Unanswered int64 // the others
	Cost       record.Fen

	Statuses map[record.Dataset]map[record.Status]int64 // by row, duplicates included

	Reports, Visits  int64 // vehicles with a report, and the visits of all that they have
	RolledBack       int64 // of them, those with a visit at which the odometer ran backwards
	RollbackVisits   int64
	Fire, Flood      int64 // of them, those of which a vendor says so
	Structural       int64
	Component        int64
	Accident         int64
	OdometerAbnormal int64 // by the vendor's word

	Valuations                     int64
	DealerBuy, Private, DealerSell record.Fen // over the valuations that state them
	Priced                         int64      // valuations with a private price

	Violations, Unpaid int64
	Unprocessed        int64 // of the unpaid ones; the others are processed and not paid
	UnpaidFines        record.Fen
	UnpaidPoints       int64

	Failures  int64
	Attention int64 // vehicles with a reason
}

func (t *Totals) vehicle(r *sinks.VehicleRow) {
	t.Rows++
	t.Cost += r.Cost
	for i, d := range record.Datasets() {
		t.Statuses[d][statuses(r)[i]]++
	}
}

// lacks says why there is no sum over what was found of a dataset: a message of the
// catalogue, "" when there is one. Nothing asked, or nothing found, is not zero.
func (t *Totals) lacks(d record.Dataset) string {
	known := map[record.Dataset]int64{record.DatasetMaintenance: t.Reports, record.DatasetValuation: t.Priced, record.DatasetViolations: t.Violations}[d]
	if d != record.DatasetValuation { // a valuation may lack the price that is added up
		known += t.Statuses[d][record.Found]
	}
	if known > 0 {
		return ""
	}
	for status, n := range t.Statuses[d] {
		if n > 0 && status != record.NotRequested {
			return "card_no_answer"
		}
	}
	return "card_not_asked"
}

// settle counts what is known once a vehicle's rows are all there.
func (t *Totals) settle(v *vehicle) {
	switch {
	case v.DuplicateOf.OK:
		t.Duplicates++
	case v.answered():
		t.Answered++
	default:
		t.Unanswered++
	}
	if v.score > 0 {
		t.Attention++
	}
}

// report adds what all vendors say of a vehicle together.
func (t *Totals) report(r *record.Report) {
	t.Reports++
	t.Visits += int64(len(r.Visits))
	if back := findRollbacks(r); back.count > 0 {
		t.RolledBack++
		t.RollbackVisits += back.count
	}
	for _, f := range []struct {
		flag  record.Flag
		count *int64
	}{{r.Fire, &t.Fire}, {r.Flood, &t.Flood}, {r.Structural, &t.Structural}, {r.Component, &t.Component}, {r.Accident, &t.Accident}} {
		if f.flag.OK && f.flag.V {
			*f.count++
		}
	}
	if r.OdometerNormal.OK && !r.OdometerNormal.V {
		t.OdometerAbnormal++
	}
}

func (t *Totals) valuation(v *record.Valuation) {
	t.Valuations++
	t.DealerBuy += v.DealerBuy.V
	t.DealerSell += v.DealerSell.V
	if v.Private.OK {
		t.Priced++
		t.Private += v.Private.V
	}
}

func (t *Totals) violation(v *record.Violation) {
	t.Violations++
	o := unpaidOffences([]record.Violation{*v})
	t.Unpaid += o.Count
	t.Unprocessed += o.Unprocessed
	t.UnpaidFines += o.Fines
	t.UnpaidPoints += o.Points
}

// examples is how many failures of a group are shown.
const examples = 8

// failureKey is what failures are grouped by: their next step follows from it.
type failureKey struct {
	class  record.Class
	billed string
	code   string // the missing columns of missing_input, else ""
}

// failureGroup is the failures with one next step.
type failureGroup struct {
	failureKey
	count int64
	cost  record.Fen // as far as it is known
	first []sinks.FailureRow
}

// mostGroups bounds the groups: a code comes from a vendor at worst.
const mostGroups = 100

type failureGroups map[failureKey]*failureGroup

func (g failureGroups) add(r *sinks.FailureRow) {
	key := failureKey{class: r.Class, billed: r.Billed}
	if r.Class == record.MissingInput {
		key.code = r.Code
	}
	if g[key] == nil && len(g) >= mostGroups {
		key.code = ""
	}
	group := g[key]
	if group == nil {
		group = &failureGroup{failureKey: key}
		g[key] = group
	}
	group.count++
	group.cost += r.Cost.V
	if len(group.first) < examples {
		group.first = append(group.first, *r)
	}
}

// sorted returns the groups, the largest first.
func (g failureGroups) sorted() []*failureGroup {
	out := make([]*failureGroup, 0, len(g))
	for _, group := range g {
		out = append(out, group)
	}
	slices.SortFunc(out, func(a, b *failureGroup) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.class, b.class), cmp.Compare(a.billed, b.billed), cmp.Compare(a.code, b.code))
	})
	return out
}
