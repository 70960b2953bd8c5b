package storetest

import (
	"fmt"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func findPromises() []promise {
	return []promise{
		{"FindVehicles knows a vehicle by whatever names it, with all of its rows", findVehicles},
		{"Trace lists every submission and every answer, also the one that is used again", traceOfALookup},
		{"a ledger that was never rescued has lost nothing", nothingLost},
	}
}

// garage makes two runs over the same vehicles, and one that is only being planned.
func (b *bench) garage() ledger.Run {
	cars := []record.Vehicle{{Row: 1, VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", EngineNo: "E1"}, {Row: 2, VIN: "LSVAL41Z882104300"},
		{Row: 3, Plate: "粤B12345"}, {Row: 4, VIN: "50%_OFF50%_OFF50X"}, {Row: 5}}
	rows := func(run ledger.Run) (out []ledger.PlannedVehicle) {
		for _, car := range cars {
			row := rowOf(run, car.Row)
			row.VehicleID, row.Vehicle = fmt.Sprint("v", car.Row), car
			out = append(out, row)
		}
		again := cars[0]
		again.Row = 6
		return append(out, ledger.PlannedVehicle{VehicleID: "v1", Vehicle: again, Duplicate: 1})
	}
	b.plan("one", rows)
	run := b.plan("two", rows)
	planned, plan := b.start("planned")
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rows(planned)...) }))
	return run
}

func findVehicles(b *bench) {
	run := b.garage()
	waits := step(b.intend(b.sendable(run)[1], 1700), ledger.Waiting, ledger.Reserved)
	waits.Next.Lookup.Ticket, waits.Next.Attempt.Ticket = "T-2", "T-2"
	b.advance(waits)
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
		"VIN and plate":          {ledger.Sought{VIN: "LSVAL41Z882104300", Plate: "粤B12345"}, "v2 LSVAL41Z882104300 : 2/2 1/2; v3  粤B12345: 2/3 1/3"},
		"the end":                {ledger.Sought{VINParts: []string{"104202"}}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6"},
		"small letters":          {ledger.Sought{VINParts: []string{"l41z882104202"}}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6"},
		"a part of several":      {ledger.Sought{VINParts: []string{"L41Z88"}}, "v1 LSVAL41Z882104202 粤B8J7L1: 2/1 2/6 1/1 1/6; v2 LSVAL41Z882104300 : 2/2 1/2"},
		"beginning and end":      {ledger.Sought{VINParts: []string{"LSV", "4300"}}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"with a middle":          {ledger.Sought{VINParts: []string{"LSV", "Z88", "4300"}}, "v2 LSVAL41Z882104300 : 2/2 1/2"},
		"a middle twice":         {ledger.Sought{VINParts: []string{"LSV", "Z88", "Z88", "4300"}}, ""},
		"parts that overlap":     {ledger.Sought{VINParts: []string{"LSVAL41Z8821", "1Z882104300"}}, ""},
		"beginning of another":   {ledger.Sought{VINParts: []string{"SV", "4300"}}, ""},
		"a part of the plate":    {ledger.Sought{PlateParts: []string{"12345"}}, "v3  粤B12345: 2/3 1/3"},
		"marks are no wildcards": {ledger.Sought{VINParts: []string{"%_OFF50%"}}, "v4 50%_OFF50%_OFF50X : 2/4 1/4"},
		"wildcards fit nothing":  {ledger.Sought{VINParts: []string{"LSV%"}, PlateParts: []string{"_B12345"}}, ""},
		"a backslash":            {ledger.Sought{VINParts: []string{`\\`}}, ""},
		"nothing":                {ledger.Sought{}, ""},
		"nobody":                 {ledger.Sought{VIN: "X", Plate: "X", EngineNo: "X", VehicleID: "X", Ticket: "X"}, ""},
	} {
		found, err := b.FindVehicles(ctx(), c.sought, 10)
		b.must(err)
		var got []string
		for _, k := range found {
			text := k.VehicleID + " " + k.VIN + " " + k.Plate + ":"
			for _, p := range k.Places {
				text += fmt.Sprintf(" %d/%d", p.Run, p.Row)
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != c.want {
			b.t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if found, err := b.FindVehicles(ctx(), ledger.Sought{VINParts: []string{"L41Z88"}}, 1); err != nil || len(found) != 1 {
		b.t.Errorf("with a bound of one: %v, %v", found, err)
	}
}

func traceOfALookup(b *bench) {
	work := b.sendable(b.garage())
	sent := b.intend(work[0], 1700)
	first := answer(sent, "raw")
	first.Head = "Server: x"
	firstID, err := b.Receive(first)
	b.must(err)
	movesOn, err := b.Receive(ledger.Answer{Lookup: 1 << 40, Attempt: 1, Call: "poll", Vendor: "bolt", Failure: "EOF", ReceivedAt: noon})
	b.must(err)
	found := step(sent, ledger.Found, ledger.BilledYes)
	found.Next.Lookup.Answer, found.Next.Attempt.Code = movesOn, "1200"
	k := b.advance(found).Lookup
	k.Source = 1 // a lookup of the first run
	got, err := b.Trace(ctx(), &k)
	b.must(err)
	if len(got.Attempts) != 1 || got.Attempts[0].Vendor != "acme" || got.Attempts[0].Billed != ledger.BilledYes || got.Attempts[0].Fen != 1700 || got.Attempts[0].Code != "1200" {
		b.t.Errorf("submissions %+v", got.Attempts)
	}
	if len(got.Answers) != 2 || got.Answers[0].ID != firstID || string(got.Answers[0].Body) != "raw" || got.Answers[0].Head != "Server: x" ||
		!got.Answers[0].ReceivedAt.Equal(first.ReceivedAt) || got.Answers[1].ID != movesOn || got.Answers[1].Failure != "EOF" {
		b.t.Errorf("answers %+v", got.Answers)
	}
	if got.From != "one" {
		b.t.Errorf("used again from %q", got.From)
	}
	bare, err := b.Trace(ctx(), &work[1].Lookup)
	if err != nil || len(bare.Attempts)+len(bare.Answers) != 0 || bare.From != "" {
		b.t.Errorf("of a lookup that was not sent: %+v, %v", bare, err)
	}
	_, was, then := b.routed("three")
	var wanted []int64
	for _, of := range []ledger.Lookup{was, then} {
		id, err := b.Receive(ledger.Answer{Lookup: of.ID, Attempt: 1, Call: "submit", Vendor: of.Vendor, ReceivedAt: noon})
		b.must(err)
		wanted = append(wanted, id)
	}
	b.goTo(b.intend(ledger.Work{Lookup: then}, 5), ledger.Failed, ledger.BilledNo)
	of, err := b.Trace(ctx(), &then)
	b.must(err)
	var vendors []string
	for _, a := range of.Attempts {
		vendors = append(vendors, a.Vendor)
	}
	var ids []int64
	for _, a := range of.Answers {
		ids = append(ids, a.ID)
	}
	if !slices.Equal(vendors, []string{"acme", "bolt"}) || !slices.Equal(ids, wanted) {
		b.t.Errorf("of a request that went on: submissions to %v, answers %v, want %v", vendors, ids, wanted)
	}
}

func nothingLost(b *bench) {
	run, _ := b.simple("one", 1)
	loss, err := b.LastLoss(ctx())
	b.must(err)
	rows, err := b.LostRows(ctx(), run)
	b.must(err)
	if !loss.At.IsZero() || rows != 0 {
		b.t.Errorf("lost %+v and %d rows", loss, rows)
	}
}
