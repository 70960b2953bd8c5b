package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"unicode/utf8"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

// printJSON prints one object with everything.
func (s *show) printJSON(cars []shownCar) error {
	list := make([]ui.Fields, len(cars))
	for i := range cars {
		list[i] = s.carFields(&cars[i])
	}
	return ui.WriteJSON(ui.AsJSON(s.env.stdout), ui.Fields{{"asked", s.wanted}, {"vehicles", list}})
}

func (s *show) candidatesJSON(found []ledger.KnownVehicle) error {
	list := make([]ui.Fields, len(found))
	for i, k := range found {
		list[i] = ui.Fields{{"vehicle_id", k.VehicleID}, {"vin", record.NonZero(k.VIN)}, {"plate", record.NonZero(k.Plate)}, {"rows", len(k.Places)},
			{"last_run", s.runs[k.Places[0].Run].ID}}
	}
	return ui.WriteJSON(ui.AsJSON(s.env.stdout), ui.Fields{{"asked", s.wanted}, {"vehicles", []ui.Fields{}}, {"candidates", list}})
}

func (s *show) carFields(car *shownCar) ui.Fields {
	runs := make([]ui.Fields, len(car.runs))
	for i := range car.runs {
		runs[i] = s.runFields(&car.runs[i])
	}
	return ui.Fields{{"vehicle_id", car.known.VehicleID}, {"vin", record.NonZero(car.known.VIN)}, {"plate", record.NonZero(car.known.Plate)}, {"runs", runs}}
}

func (s *show) runFields(r *shownRun) ui.Fields {
	rows := make([]ui.Fields, len(r.rows))
	for i, row := range r.rows {
		rows[i] = rowFields(row)
	}
	lookups := make([]ui.Fields, len(r.lookups))
	for i := range r.lookups {
		lookups[i] = s.lookupFields(&r.lookups[i])
	}
	var tables ui.Fields
	for _, t := range r.tables {
		if s.wantsTable(t.Table) {
			tables = append(tables, ui.Field{t.Table, tableRows(&t)})
		}
	}
	return ui.Fields{{"run_id", r.run.ID}, {"state", string(r.run.State)}, {"started_at", record.At(r.run.StartedAt)}, {"finished_at", record.At(r.run.FinishedAt)},
		{"input", r.run.InputPath}, {"rows", rows}, {"lookups", lookups}, {"tables", tables}}
}

// rowFields are a row of the input, as it was asked about.
func rowFields(row *ledger.Row) ui.Fields {
	f := ui.Fields{{"row", row.Vehicle.Row}}
	for _, column := range record.InputColumns() {
		f = append(f, ui.Field{column, record.NonZero(row.Vehicle.Value(column))})
	}
	faults := make([]ui.Fields, len(row.Vehicle.Faults))
	for i, x := range row.Vehicle.Faults {
		faults[i] = ui.Fields{{"column", record.NonZero(x.Column)}, {"reason", x.Reason}}
	}
	return append(f, ui.Field{"duplicate_of", record.NonZero(row.Duplicate)}, ui.Field{"defaulted", listed(row.Vehicle.Defaulted)}, ui.Field{"problems", listed(row.Vehicle.Problems)}, ui.Field{"faults", faults})
}

func (s *show) lookupFields(k *shownLookup) ui.Fields {
	l := &k.asked.Lookup
	charged, reserved, unknown := k.money()
	attempts := make([]ui.Fields, len(k.trace.Attempts))
	for i, a := range k.trace.Attempts {
		attempts[i] = ui.Fields{{"n", a.N}, {"vendor", a.Vendor}, {"at", record.At(a.IntentAt)}, {"ended_at", record.At(a.EndedAt)}, {"outcome", record.NonZero(a.Outcome)},
			{"code", record.NonZero(a.Code)}, {"ticket", record.NonZero(a.Ticket)}, {"price_cny", a.Fen}, {"billed", string(a.Billed)}}
	}
	answers := make([]ui.Fields, len(k.trace.Answers))
	for i := range k.trace.Answers {
		answers[i] = s.answerFields(k, &k.trace.Answers[i])
	}
	return ui.Fields{{"lookup", l.ID}, {"row", l.Row}, {"dataset", string(l.Dataset)}, {"status", string(l.State.Status())}, {"state", string(l.State)}, {"vendor", record.NonZero(l.Vendor)},
		{"ticket", record.NonZero(l.Ticket)}, {"stage", record.NonZero(string(l.Stage))}, {"class", record.NonZero(string(l.Class))}, {"code", record.NonZero(l.Code)}, {"message", record.NonZero(l.Message)},
		{"first_at", record.At(l.FirstAt)}, {"next_at", record.At(l.NextAt)}, {"last_at", record.At(l.LastAt)}, {"answered_at", record.At(l.AnsweredAt)},
		{"used_again_from", record.NonZero(k.trace.From)}, {"polls", l.Polls}, {"charged_cny", charged}, {"reserved_cny", reserved}, {"unknown_cny", unknown},
		{"attempts", attempts}, {"answers", answers}}
}

// answerFields say of a kept answer what it is, without its body.
func (s *show) answerFields(k *shownLookup, a *ledger.Answer) ui.Fields {
	said := s.understood(k, a)
	return ui.Fields{{"answer", a.ID}, {"attempt", a.Attempt}, {"call", a.Call}, {"vendor", a.Vendor}, {"received_at", record.At(a.ReceivedAt)}, {"http", record.NonZero(a.Status)},
		{"headers", record.NonZero(a.Head)}, {"broke_off", record.NonZero(a.Failure)}, {"bytes", len(a.Body)}, {"means", string(said.Kind)}, {"code", record.NonZero(said.Code)}, {"said", record.NonZero(said.Message)}}
}

// understood is what an answer means, read anew from what was kept of it, by what is
// declared today.
func (s *show) understood(k *shownLookup, a *ledger.Answer) vendors.Outcome {
	reader := s.readers[a.Vendor]
	if reader.Reader == nil {
		return vendors.Outcome{}
	}
	r := vendors.Response{Status: a.Status, Head: vendors.Head(a.Head), Body: a.Body}
	if a.Failure != "" {
		r.Err = brokeOff(a.Failure)
	}
	return vendors.ReadResponse(reader.Reader, reader.NotTaken, k.asked.Lookup.Dataset, vendors.Call(a.Call), &k.car, r)
}

// brokeOff is how a call ended that got no whole answer.
type brokeOff string

func (e brokeOff) Error() string { return string(e) }

func tableRows(t *sinks.Collected) []ui.Fields {
	rows := make([]ui.Fields, len(t.JSON))
	for i, values := range t.JSON {
		for c, name := range t.Columns {
			rows[i] = append(rows[i], ui.Field{name, values[c]})
		}
	}
	return rows
}

// rawBytes prints the kept answers as they came, apart by a byte 0.
func (s *show) rawBytes(cars []shownCar) error {
	n, out := 0, ui.AsData(s.env.stdout)
	return s.eachAnswer(cars, func(r *shownRun, k *shownLookup, a *ledger.Answer) error {
		if n++; n > 1 {
			if _, err := out.Write([]byte{0}); err != nil {
				return err
			}
		}
		fmt.Fprintf(s.env.stderr, "%d: run %s, %s, %s at %s, %s, HTTP %d %s, %d bytes\n", n, r.run.ID, k.asked.Lookup.Dataset, a.Call, a.Vendor,
			app.ChinaClock(a.ReceivedAt), a.Status, http.StatusText(a.Status), len(a.Body))
		_, err := out.Write(a.Body)
		return err
	})
}

// rawJSON prints the kept answers in a list.
func (s *show) rawJSON(cars []shownCar) error {
	list := []ui.Fields{}
	err := s.eachAnswer(cars, func(r *shownRun, k *shownLookup, a *ledger.Answer) error {
		encoding, body := "text", string(a.Body)
		if !utf8.Valid(a.Body) {
			encoding, body = "base64", base64.StdEncoding.EncodeToString(a.Body)
		}
		f := ui.Fields{{"run_id", r.run.ID}, {"lookup", k.asked.Lookup.ID}, {"dataset", string(k.asked.Lookup.Dataset)}}
		list = append(list, append(append(f, s.answerFields(k, a)...), ui.Field{"encoding", encoding}, ui.Field{"body", body}))
		return nil
	})
	if err != nil {
		return err
	}
	return ui.WriteJSON(ui.AsJSON(s.env.stdout), ui.Fields{{"asked", s.wanted}, {"answers", list}})
}

// eachAnswer calls do with every kept answer, the newest run first; an answer that
// several runs use comes once. It fails when none is kept.
func (s *show) eachAnswer(cars []shownCar, do func(*shownRun, *shownLookup, *ledger.Answer) error) error {
	seen := map[int64]bool{}
	for i := range cars {
		for j := range cars[i].runs {
			r := &cars[i].runs[j]
			for n := range r.lookups {
				k := &r.lookups[n]
				for m := range k.trace.Answers {
					a := &k.trace.Answers[m]
					if seen[a.ID] {
						continue
					}
					seen[a.ID] = true
					if err := do(r, k, a); err != nil {
						return err
					}
				}
			}
		}
	}
	if len(seen) == 0 && !s.json {
		return usageError("no answer about %q is kept: nothing was asked yet, or what came was forgotten; `batch show %[1]s` says which", s.wanted)
	}
	return nil
}

func listed(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}
