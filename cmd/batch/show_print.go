package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// print shows vehicles for people.
func (s *show) print(cars []shownCar) error {
	for i := range cars {
		if i > 0 {
			fmt.Fprintln(s.env.stdout)
		}
		if err := s.printCar(&cars[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) printCar(car *shownCar) error {
	none := s.Said().Say("show_none")
	s.Prints("show_vehicle", ui.Printable(cmp.Or(car.known.VIN, none)), ui.Printable(cmp.Or(car.known.Plate, none)), car.known.VehicleID)
	var charged, reserved, unknown record.Fen
	for i := range car.runs {
		for n := range car.runs[i].lookups {
			c, r, u := car.runs[i].lookups[n].money()
			charged, reserved, unknown = charged+c, reserved+r, unknown+u
		}
	}
	s.Prints("show_money", charged, reserved, unknown)
	for i := range car.runs {
		if err := s.printRun(&car.runs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) printRun(r *shownRun) error {
	fmt.Fprintln(s.env.stdout)
	s.Prints("show_run", r.run.ID, ui.Printable(r.run.InputPath), s.ChinaTime(r.run.StartedAt), s.stateWords(r.run, r.run.State == ledger.RunSettled))
	for _, row := range r.rows {
		s.printRow(row)
	}
	for i := range r.lookups {
		s.printLookup(&r.lookups[i], nextStepOf(r, &r.lookups[i].asked.Lookup))
	}
	for _, t := range r.tables {
		if t.Table == "vehicles" || t.Table == "failures" || len(t.Texts) == 0 || !s.wantsTable(t.Table) { // rows and lookups say that already
			continue
		}
		if err := s.printTable(&t); err != nil {
			return err
		}
	}
	return nil
}

// item is one line of a run, indented.
func (s *show) item(depth int, text string) {
	fmt.Fprintln(s.env.stdout, strings.Repeat("  ", depth)+ui.Printable(text))
}

func (s *show) printRow(row *ledger.Row) {
	var values []string
	for _, column := range record.InputColumns() {
		if v := row.Vehicle.Value(column); v != "" && !slices.Contains(row.Vehicle.Defaulted, column) {
			values = append(values, column+" "+v)
		}
	}
	s.item(1, s.Said().Say("show_row", row.Vehicle.Row, strings.Join(values, ", ")))
	if row.Duplicate != 0 {
		s.item(2, s.Said().Say("show_same", row.Duplicate))
	}
	for _, p := range row.Vehicle.Problems {
		s.item(2, s.Said().Say("show_problem", p))
	}
	for _, f := range row.Vehicle.Faults {
		s.item(2, s.Said().Say("show_fault", strings.TrimPrefix(f.Column+": "+f.Reason, ": ")))
	}
}

// nextStepOf is what can be done about a lookup that failed, "" for any other.
func nextStepOf(r *shownRun, k *ledger.Lookup) string {
	for _, t := range r.tables {
		at := func(column string) int { return slices.Index(t.Columns, column) }
		for _, values := range t.Texts {
			if t.Table == "failures" && values[at("dataset")] == string(k.Dataset) && values[at("vendor")] == k.Vendor {
				return values[at("next_step")]
			}
		}
	}
	return ""
}

func (s *show) printLookup(k *shownLookup, nextStep string) {
	l := &k.asked.Lookup
	words := []string{ui.DatasetName(s.Said(), l.Dataset), ui.StatusName(s.Said(), l.State.Status()), l.Vendor}
	if l.Ticket != "" {
		words = append(words, s.Said().Say("show_ticket", l.Ticket))
	}
	if l.State.Open() && !l.NextAt.IsZero() {
		words = append(words, s.Said().Say("show_next", s.ChinaTime(l.NextAt)))
	}
	words = append(words, s.originWords(k))
	if l.State != ledger.Found {
		words = append(words, strings.TrimSpace(string(l.Class)+" "+l.Code), l.Message)
	}
	s.item(1, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", "))
	if nextStep != "" {
		s.item(2, "→ "+nextStep)
	}
	type event struct {
		at   time.Time
		text string
	}
	var events []event
	for _, a := range k.trace.Attempts {
		events = append(events, event{a.IntentAt, s.attemptWords(&a)})
	}
	for i := range k.trace.Answers {
		a := &k.trace.Answers[i]
		events = append(events, event{a.ReceivedAt, s.answerWords(k, a)})
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		s.item(2, e.text)
	}
}

// originWords say what a lookup has from another run, "" for nothing.
func (s *show) originWords(k *shownLookup) string {
	switch {
	case k.trace.From == "":
		return ""
	case k.asked.Lookup.State == ledger.Following:
		return s.Said().Say("show_follows", k.trace.From)
	case k.asked.Lookup.State == ledger.Found:
		return s.Said().Say("show_again", k.trace.From)
	}
	return s.Said().Say("show_as", k.trace.From)
}

func (s *show) attemptWords(a *ledger.Attempt) string {
	outcome := strings.TrimSpace(a.Outcome + " " + a.Code)
	billed := s.Said().Say("show_reserved")
	if a.Billed != ledger.Reserved {
		billed = s.Said().Say("billed_" + string(a.Billed))
	}
	return s.Said().Say("show_attempt", app.ChinaClock(a.IntentAt), a.N, a.Vendor, a.Fen, cmp.Or(outcome, s.Said().Say("show_sent")), billed)
}

func (s *show) answerWords(k *shownLookup, a *ledger.Answer) string {
	status := fmt.Sprintf("HTTP %d", a.Status)
	if a.Status == 0 {
		status = "-"
	}
	u := s.understood(k, a)
	said := strings.TrimSpace(u.Code + " " + u.Message)
	if !strings.HasPrefix(u.Message, string(u.Kind)) {
		said = strings.TrimSpace(string(u.Kind) + " " + said)
	}
	return s.Said().Say("show_answer", app.ChinaClock(a.ReceivedAt), a.Call, a.Vendor, status, len(a.Body), cmp.Or(said, a.Failure))
}

// hiddenColumns say what the heading of a vehicle says already.
func hiddenColumns() []string {
	return []string{"run_id", "vehicle_id", "vin", "plate", "plate_type", "engine_no", "row"}
}

// longestCell is how many characters of a value stand in a line of a table.
const longestCell = 48

// printTable prints a table's rows: one with many columns and a single row down the
// page, else below each other.
func (s *show) printTable(t *sinks.Collected) error {
	shown := saying(t)
	fmt.Fprintf(s.env.stdout, "  %s\n", t.Table)
	var out ui.Columns
	switch {
	case len(t.Texts) <= 2 && len(shown) > 6:
		for _, values := range t.Texts {
			for _, c := range shown {
				if values[c] != "" {
					out.Add("    "+t.Columns[c], ui.Printable(values[c]))
				}
			}
		}
	default:
		head := make([]string, len(shown))
		for i, c := range shown {
			head[i] = t.Columns[c]
		}
		out.Add(lineOf(head)...)
		for _, values := range t.Texts {
			cells := make([]string, len(shown))
			for i, c := range shown {
				cells[i] = shortened(values[c], longestCell)
			}
			out.Add(lineOf(cells)...)
		}
	}
	return out.Write(s.env.stdout)
}

func lineOf(cells []string) []string {
	if len(cells) > 0 {
		cells[0] = "    " + cells[0]
	}
	return cells
}

// saying are those of a table that have something to say.
func saying(t *sinks.Collected) []int {
	var out []int
	for c, name := range t.Columns {
		said := slices.ContainsFunc(t.Texts, func(values []string) bool { return values[c] != "" })
		if said && !slices.Contains(hiddenColumns(), name) {
			out = append(out, c)
		}
	}
	return out
}
