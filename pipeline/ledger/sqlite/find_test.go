package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// garage is a ledger with two runs and one that is only being planned.
func garage(t *testing.T) (*Ledger, ledger.Run) {
	t.Helper()
	l := openAt(t, t.TempDir())
	cars := []record.Vehicle{{Row: 1, VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", EngineNo: "E1"}, {Row: 2, VIN: "LSVAL41Z882104300"},
		{Row: 3, Plate: "粤B12345"}, {Row: 4, VIN: "50%_OFF50%_OFF50X"}, {Row: 5}}
	var last ledger.Run
	for _, id := range []string{"one", "two", "planned"} {
		run, plan := startRun(t, l, id)
		put(t, plan, func(tx ledger.PlanTx) error {
			for _, car := range cars {
				if err := tx.Put(ledger.PlannedVehicle{VehicleID: fmt.Sprint("v", car.Row), Vehicle: car, Lookups: []ledger.Lookup{{Dataset: record.DatasetMaintenance,
					Question: digestOf(run.Seq, car.Row), State: ledger.Planned, Vendor: "acme"}}}); err != nil {
					return err
				}
			}
			copied := cars[0]
			copied.Row = 6
			return tx.Put(ledger.PlannedVehicle{VehicleID: "v1", Vehicle: copied, Duplicate: 1})
		})
		if id == "planned" {
			break
		}
		ended, err := plan.End(6)
		must(t, err)
		last = ended
	}
	must(t, l.WatchMoney(context.Background(), last))
	return l, last
}

func TestFindVehicles(t *testing.T) {
	t.Parallel()
	l, run := garage(t)
	work := sendableOf(t, l, run)
	sent, err := l.Intend(work[1], 1700, record.Opt[record.Fen]{})
	must(t, err)
	next := sent
	next.Lookup.State, next.Lookup.Ticket, next.Attempt.Ticket, next.Attempt.Outcome = ledger.Waiting, "T-2", "T-2", "ticket"
	must(t, l.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: ledger.Reserved}))
	for name, c := range map[string]struct {
		sought ledger.Sought
		want   string
	}{
		"VIN":                    {ledger.Sought{VIN: "LSVAL41Z882104202"}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6"},
		"plate":                  {ledger.Sought{Plate: "粤B12345"}, "v3  粤B12345: 2/3 1/3"},
		"engine number":          {ledger.Sought{EngineNo: "E1"}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6"},
		"id":                     {ledger.Sought{VehicleID: "v2"}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"ticket":                 {ledger.Sought{Ticket: "T-2"}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"any of them":            {ledger.Sought{VIN: "T-2", Plate: "T-2", EngineNo: "T-2", VehicleID: "T-2", Ticket: "T-2"}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"the end":                {ledger.Sought{VINParts: []string{"104202"}}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6"},
		"a part of several":      {ledger.Sought{VINParts: []string{"L41Z88"}}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6; v2 LSVAL41Z882104300 : 2/2 1/2"},
		"beginning and end":      {ledger.Sought{VINParts: []string{"LSV", "4300"}}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"beginning of another":   {ledger.Sought{VINParts: []string{"SV", "4300"}}, ""},
		"a part of the plate":    {ledger.Sought{PlateParts: []string{"12345"}}, "v3  粤B12345: 2/3 1/3"},
		"marks are no wildcards": {ledger.Sought{VINParts: []string{"%_OFF50%"}}, "v4 50%_OFF50%_OFF50X : 2/4 1/4"},
		"wildcards fit nothing":  {ledger.Sought{VINParts: []string{"LSV%"}, PlateParts: []string{"_B12345"}}, ""},
		"a backslash":            {ledger.Sought{VINParts: []string{`\\`}}, ""},
		"nothing":                {ledger.Sought{}, ""},
		"nobody":                 {ledger.Sought{VIN: "X", Plate: "X", EngineNo: "X", VehicleID: "X", Ticket: "X"}, ""},
	} {
		found, err := l.FindVehicles(context.Background(), c.sought, 10)
		must(t, err)
		var got []string
		for _, k := range found {
			text := k.VehicleID + " " + k.VIN + " " + k.Plate + ":"
			for _, p := range k.Places {
				text += fmt.Sprintf(" %d/%d", p.Run, p.Row)
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if found, err := l.FindVehicles(context.Background(), ledger.Sought{VINParts: []string{"L41Z88"}}, 1); err != nil || len(found) != 1 {
		t.Errorf("with a bound of one: %v, %v", found, err)
	}
}

// A trace is every submission and every answer that is kept, also the one that is used
// again from another run.
func TestTrace(t *testing.T) {
	t.Parallel()
	l, run := garage(t)
	ctx := context.Background()
	work := sendableOf(t, l, run)
	sent, err := l.Intend(work[0], 1700, record.Opt[record.Fen]{})
	must(t, err)
	first, err := l.Receive(ledger.Answer{Lookup: sent.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Head: "Server: x", Body: []byte("\x00raw\xff")})
	must(t, err)
	other, err := l.Receive(ledger.Answer{Lookup: 1 << 40, Attempt: 1, Call: "poll", Vendor: "bolt", Failure: "EOF", ReceivedAt: noon})
	must(t, err)
	next := sent
	next.Lookup.State, next.Lookup.Answer, next.Attempt.Billed, next.Attempt.Code = ledger.Found, other, ledger.BilledYes, "1200"
	must(t, l.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: ledger.Reserved}))
	k := next.Lookup
	k.Source = 1 // a lookup of the first run
	got, err := l.Trace(ctx, &k)
	must(t, err)
	if len(got.Attempts) != 1 || got.Attempts[0].Vendor != "acme" || got.Attempts[0].Billed != ledger.BilledYes || got.Attempts[0].Fen != 1700 || got.Attempts[0].Code != "1200" {
		t.Errorf("submissions %+v", got.Attempts)
	}
	if len(got.Answers) != 2 || got.Answers[0].ID != first || string(got.Answers[0].Body) != "\x00raw\xff" || got.Answers[0].Head != "Server: x" || !got.Answers[0].ReceivedAt.Equal(noon) ||
		got.Answers[1].ID != other || got.Answers[1].Failure != "EOF" {
		t.Errorf("answers %+v", got.Answers)
	}
	if got.From != "one" {
		t.Errorf("used again from %q", got.From)
	}
	bare, err := l.Trace(ctx, &work[1].Lookup)
	if err != nil || bare.Attempts != nil || bare.Answers != nil || bare.From != "" {
		t.Errorf("of a lookup that was not sent: %+v, %v", bare, err)
	}
}
