package export

import (
	"slices"
	"strings"

	"vehiclebatch/pipeline/history"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// vehicleHistory is the one history of a row's vehicle, made of the reports of its lookups.
type vehicleHistory struct {
	*history.History
	lookups []int // the lookups with a report: indexes into the row's lookups, in the order of the route
}

// nth is the place of a lookup among those with a report, -1 when it has none.
func (p *vehicleHistory) nth(lookup int) int { return slices.Index(p.lookups, lookup) }

// historyOf makes one history of the reports that were found for a row.
func historyOf(d *decoded) vehicleHistory {
	var p vehicleHistory
	var told []history.Told
	for i := range d.answers {
		if r := d.answers[i].Report; r != nil {
			p.lookups = append(p.lookups, i)
			told = append(told, history.Told{Vendor: d.row.Lookups[i].Packed.Vendor, Report: r})
		}
	}
	if len(told) > 0 {
		p.History = history.Merge(told)
	}
	return p
}

// writes tells whether a lookup's answer is written with this row. It is the row that pays for the
// lookup; for a fan-out, the row that pays for its first lookup.
func writes(row *ledger.Row, a *ledger.Asked) bool {
	if !a.Lookup.FanOut {
		return a.Owner(row)
	}
	i := slices.IndexFunc(row.Lookups, func(b ledger.Asked) bool { return b.Lookup.ID == a.Lookup.GroupID })
	return i >= 0 && row.Lookups[i].Owner(row)
}

// reportRow is a lookup's report as a row of the table; the report of the first vendor also carries
// the history.
func (p *vehicleHistory) reportRow(row *ledger.Row, lookup int, report record.Report, problems []string) sinks.ReportRow {
	a, nth := &row.Lookups[lookup], p.nth(lookup)
	out := sinks.ReportRow{VehicleID: row.VehicleID, VIN: row.Vehicle.VIN, Vendor: a.Packed.Vendor, Ticket: a.Lookup.Ticket,
		Report: report, Problems: problems, Cost: record.Opt[record.Fen]{V: a.Charged, OK: a.Unknown == 0}, FetchedAt: a.Lookup.AnsweredAt,
		RollbackSeqs: p.RollbackSeqs(), AccidentSeqs: p.AccidentSeqs(nth, &report)}
	if len(p.lookups) == 1 {
		return out
	}
	out.Report.OdometerRollback = p.Rollback
	for _, text := range p.Disagreements {
		out.Problems = normalise.AddProblem(out.Problems, text)
	}
	out.Records = []sinks.VisitRecord{}
	if nth == 0 {
		for i := range p.Visits {
			out.Records = append(out.Records, sinks.VisitRecord{Vendor: strings.Join(p.Visits[i].Vendors, ","), Visit: p.Visits[i].Visit})
		}
	}
	return out
}

// combine puts two vendors' statuses together. If one has found something, the whole is found; if
// one is still open, something may still be found.
func combine(a, b record.Status) record.Status {
	order := []record.Status{record.Found, record.Pending, record.InDoubt, record.Failed, record.NoRecord, record.Unsupported}
	for _, s := range order {
		if a == s || b == s {
			return s
		}
	}
	return b
}
