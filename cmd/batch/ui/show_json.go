package ui

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"unicode/utf8"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// printJSON prints one object with everything.
func (s *show) printJSON() error {
	list := make([]fields, len(s.Cars))
	for i := range s.Cars {
		list[i] = s.carFields(&s.Cars[i])
	}
	return writeJSON(asJSON(s.Out), fields{{"asked", s.Wanted}, {"vehicles", list}})
}

func (s *show) candidatesJSON() error {
	list := make([]fields, len(s.Candidates))
	for i, c := range s.Candidates {
		list[i] = fields{{"vehicle_id", c.Vehicle.VehicleID}, {"vin", record.NonZero(c.Vehicle.VIN)}, {"plate", record.NonZero(c.Vehicle.Plate)}, {"rows", len(c.Vehicle.Places)},
			{"last_run", c.LastRun}}
	}
	return writeJSON(asJSON(s.Out), fields{{"asked", s.Wanted}, {"vehicles", []fields{}}, {"candidates", list}})
}

func (s *show) carFields(car *app.Car) fields {
	runs := make([]fields, len(car.Runs))
	for i := range car.Runs {
		runs[i] = s.runFields(&car.Runs[i])
	}
	return fields{{"vehicle_id", car.Known.VehicleID}, {"vin", record.NonZero(car.Known.VIN)}, {"plate", record.NonZero(car.Known.Plate)}, {"runs", runs}}
}

func (s *show) runFields(r *app.CarRun) fields {
	rows := make([]fields, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = rowFields(row)
	}
	lookups := make([]fields, len(r.Lookups))
	for i := range r.Lookups {
		lookups[i] = s.lookupFields(&r.Lookups[i])
	}
	var tables fields
	for _, t := range r.Tables {
		if wantsTable(s.Datasets, t.Table) {
			tables = append(tables, field{t.Table, tableRows(&t)})
		}
	}
	return fields{{"run_id", r.Run.ID}, {"state", string(r.Run.State)}, {"started_at", record.At(r.Run.StartedAt)}, {"finished_at", record.At(r.Run.FinishedAt)},
		{"input", r.Run.InputPath}, {"rows", rows}, {"lookups", lookups}, {"tables", tables}}
}

// rowFields are a row of the input, as it was asked about.
func rowFields(row *ledger.Row) fields {
	f := fields{{"row", row.Vehicle.Row}}
	for _, column := range record.InputColumns() {
		f = append(f, field{column, record.NonZero(row.Vehicle.Value(column))})
	}
	faults := make([]fields, len(row.Vehicle.Faults))
	for i, x := range row.Vehicle.Faults {
		faults[i] = fields{{"column", record.NonZero(x.Column)}, {"reason", x.Reason}}
	}
	return append(f, field{"duplicate_of", record.NonZero(row.Duplicate)}, field{"defaulted", listed(row.Vehicle.Defaulted)}, field{"problems", listed(row.Vehicle.Problems)}, field{"faults", faults})
}

func (s *show) lookupFields(k *app.CarLookup) fields {
	l := &k.Lookup
	charged, reserved, unknown := k.Money()
	attempts := make([]fields, len(k.Attempts))
	for i, a := range k.Attempts {
		attempts[i] = fields{{"n", a.N}, {"vendor", a.Vendor}, {"at", record.At(a.IntentAt)}, {"ended_at", record.At(a.EndedAt)}, {"outcome", record.NonZero(a.Outcome)},
			{"code", record.NonZero(a.Code)}, {"ticket", record.NonZero(a.Ticket)}, {"price_cny", a.Fen}, {"billed", string(a.Billed)}}
	}
	answers := make([]fields, len(k.Answers))
	for i := range k.Answers {
		answers[i] = answerFields(&k.Answers[i])
	}
	return fields{{"lookup", l.ID}, {"row", l.Row}, {"dataset", string(l.Dataset)}, {"status", string(l.State.Status())}, {"state", string(l.State)}, {"vendor", record.NonZero(l.Vendor)},
		{"ticket", record.NonZero(l.Ticket)}, {"stage", record.NonZero(string(l.Stage))}, {"class", record.NonZero(string(l.Class))}, {"code", record.NonZero(l.Code)}, {"message", record.NonZero(l.Message)},
		{"first_at", record.At(l.FirstAt)}, {"next_at", record.At(l.NextAt)}, {"last_at", record.At(l.LastAt)}, {"answered_at", record.At(l.AnsweredAt)},
		{"used_again_from", record.NonZero(k.From)}, {"polls", l.Polls}, {"charged_cny", charged}, {"reserved_cny", reserved}, {"unknown_cny", unknown},
		{"attempts", attempts}, {"answers", answers}}
}

// answerFields say of a kept answer what it is, without its body.
func answerFields(a *app.ReadAnswer) fields {
	said := a.Meaning
	return fields{{"answer", a.ID}, {"attempt", a.Attempt}, {"call", a.Call}, {"vendor", a.Vendor}, {"received_at", record.At(a.ReceivedAt)}, {"http", record.NonZero(a.Status)},
		{"headers", record.NonZero(a.Head)}, {"broke_off", record.NonZero(a.Failure)}, {"bytes", len(a.Body)}, {"means", string(said.Kind)}, {"code", record.NonZero(said.Code)}, {"said", record.NonZero(said.Message)}}
}

func tableRows(t *sinks.Collected) []fields {
	rows := make([]fields, len(t.JSON))
	for i, values := range t.JSON {
		for c, name := range t.Columns {
			rows[i] = append(rows[i], field{name, values[c]})
		}
	}
	return rows
}

// rawBytes prints the kept answers as they came, apart by a byte 0.
func (s *show) rawBytes() error {
	n, out := 0, AsData(s.Out)
	kept, err := s.eachAnswer(func(r *app.CarRun, k *app.CarLookup, a *app.ReadAnswer) error {
		if n++; n > 1 {
			if _, err := out.Write([]byte{0}); err != nil {
				return err
			}
		}
		fmt.Fprintf(s.Err, "%d: run %s, %s, %s at %s, %s, HTTP %d %s, %d bytes\n", n, r.Run.ID, k.Lookup.Dataset, a.Call, a.Vendor,
			app.ChinaClock(a.ReceivedAt), a.Status, http.StatusText(a.Status), len(a.Body))
		_, err := out.Write(a.Body)
		return err
	})
	if err == nil && kept == 0 {
		err = app.UsageError("no answer about %q is kept: nothing was asked yet, or what came was forgotten; `batch show %[1]s` says which", s.Wanted)
	}
	return err
}

// rawJSON prints the kept answers in a list.
func (s *show) rawJSON() error {
	list := []fields{}
	_, err := s.eachAnswer(func(r *app.CarRun, k *app.CarLookup, a *app.ReadAnswer) error {
		encoding, body := "text", string(a.Body)
		if !utf8.Valid(a.Body) {
			encoding, body = "base64", base64.StdEncoding.EncodeToString(a.Body)
		}
		f := fields{{"run_id", r.Run.ID}, {"lookup", k.Lookup.ID}, {"dataset", string(k.Lookup.Dataset)}}
		list = append(list, append(append(f, answerFields(a)...), field{"encoding", encoding}, field{"body", body}))
		return nil
	})
	if err != nil {
		return err
	}
	return writeJSON(asJSON(s.Out), fields{{"asked", s.Wanted}, {"answers", list}})
}

// eachAnswer calls do with every kept answer, the newest run first; an answer that
// several runs use comes once, and says how many there are.
func (s *show) eachAnswer(do func(*app.CarRun, *app.CarLookup, *app.ReadAnswer) error) (int, error) {
	seen := map[int64]bool{}
	for i := range s.Cars {
		for j := range s.Cars[i].Runs {
			r := &s.Cars[i].Runs[j]
			for n := range r.Lookups {
				k := &r.Lookups[n]
				for m := range k.Answers {
					a := &k.Answers[m]
					if seen[a.ID] {
						continue
					}
					seen[a.ID] = true
					if err := do(r, k, a); err != nil {
						return len(seen), err
					}
				}
			}
		}
	}
	return len(seen), nil
}

func listed(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}
