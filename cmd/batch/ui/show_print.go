package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// show prints vehicles.
type show struct {
	*Screen
	app.Shown
}

// Show prints what was found of a vehicle; raw are the answers alone, as they came.
func (s *Screen) Show(shown app.Shown, form Form, raw bool) error {
	p := &show{s, shown}
	switch {
	case len(shown.Candidates) > 0 && form == JSON:
		return p.candidatesJSON()
	case len(shown.Candidates) > 0:
		return p.candidates()
	case raw && form == JSON:
		return p.rawJSON()
	case raw:
		return p.rawBytes()
	case form == JSON:
		return p.printJSON()
	}
	return p.print()
}

// candidates lists the vehicles that fit a part.
func (s *show) candidates() error {
	s.prints("show_candidates", len(s.Candidates), app.Printable(s.Wanted))
	var table columns
	for _, c := range s.Candidates {
		table.add("  "+app.Printable(cmp.Or(c.Vehicle.VIN, "-")), app.Printable(cmp.Or(c.Vehicle.Plate, "-")), s.said.Say("show_rows", len(c.Vehicle.Places)), c.LastRun)
	}
	if err := table.write(s.Out); err != nil {
		return err
	}
	s.prints("show_say_more")
	return nil
}

// print shows vehicles for people.
func (s *show) print() error {
	for i := range s.Cars {
		if i > 0 {
			fmt.Fprintln(s.Out)
		}
		if err := s.printCar(&s.Cars[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) printCar(car *app.Car) error {
	none := s.said.Say("show_none")
	s.prints("show_vehicle", app.Printable(cmp.Or(car.Known.VIN, none)), app.Printable(cmp.Or(car.Known.Plate, none)), car.Known.VehicleID)
	var charged, reserved, unknown record.Fen
	for i := range car.Runs {
		for n := range car.Runs[i].Lookups {
			c, r, u := car.Runs[i].Lookups[n].Money()
			charged, reserved, unknown = charged+c, reserved+r, unknown+u
		}
	}
	s.prints("show_money", charged, reserved, unknown)
	for i := range car.Runs {
		if err := s.printRun(&car.Runs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) printRun(r *app.CarRun) error {
	fmt.Fprintln(s.Out)
	s.prints("show_run", r.Run.ID, app.Printable(r.Run.InputPath), s.chinaTime(r.Run.StartedAt), s.stateWords(r.Run, r.Run.State == ledger.RunSettled))
	for _, row := range r.Rows {
		s.printRow(row)
	}
	for i := range r.Lookups {
		s.printLookup(&r.Lookups[i], nextStepOf(r, &r.Lookups[i].Lookup))
	}
	for _, t := range r.Tables {
		if t.Table == "vehicles" || t.Table == "failures" || len(t.Texts) == 0 || !wantsTable(s.Datasets, t.Table) { // rows and lookups say that already
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
	fmt.Fprintln(s.Out, strings.Repeat("  ", depth)+app.Printable(text))
}

func (s *show) printRow(row *ledger.Row) {
	var values []string
	for _, column := range record.InputColumns() {
		if v := row.Vehicle.Value(column); v != "" && !slices.Contains(row.Vehicle.Defaulted, column) {
			values = append(values, column+" "+v)
		}
	}
	s.item(1, s.said.Say("show_row", row.Vehicle.Row, strings.Join(values, ", ")))
	if row.Duplicate != 0 {
		s.item(2, s.said.Say("show_same", row.Duplicate))
	}
	for _, p := range row.Vehicle.Problems {
		s.item(2, s.said.Say("show_problem", s.said.Word(p)))
	}
	for _, f := range row.Vehicle.Faults {
		s.item(2, s.said.Say("show_fault", s.said.Word(f.Text())))
	}
}

// nextStepOf is what can be done about a lookup that failed, "" for any other.
func nextStepOf(r *app.CarRun, k *ledger.Lookup) string {
	for _, t := range r.Tables {
		at := func(column string) int { return slices.Index(t.Columns, column) }
		for _, values := range t.Texts {
			if t.Table == "failures" && values[at("dataset")] == string(k.Dataset) && values[at("vendor")] == k.Vendor {
				return values[at("next_step")]
			}
		}
	}
	return ""
}

func (s *show) printLookup(k *app.CarLookup, nextStep string) {
	l := &k.Lookup
	words := []string{datasetName(s.said, l.Dataset), statusName(s.said, l.State.Status()), l.Vendor}
	if l.Ticket != "" {
		words = append(words, s.said.Say("show_ticket", l.Ticket))
	}
	if l.State.Open() && !l.NextAt.IsZero() {
		words = append(words, s.said.Say("show_next", s.chinaTime(l.NextAt)))
	}
	words = append(words, s.originWords(k))
	if l.State != ledger.Found {
		words = append(words, strings.TrimSpace(string(l.Class)+" "+l.Code), s.said.Word(l.Message))
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
	for _, a := range k.Attempts {
		events = append(events, event{a.IntentAt, s.attemptWords(&a)})
	}
	for i := range k.Answers {
		a := &k.Answers[i]
		events = append(events, event{a.ReceivedAt, s.answerWords(a)})
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range events {
		s.item(2, e.text)
	}
}

// originWords say what a lookup has from another run, "" for nothing.
func (s *show) originWords(k *app.CarLookup) string {
	switch {
	case k.From == "":
		return ""
	case k.Lookup.State == ledger.Following:
		return s.said.Say("show_follows", k.From)
	case k.Lookup.State == ledger.Found:
		return s.said.Say("show_again", k.From)
	}
	return s.said.Say("show_as", k.From)
}

func (s *show) attemptWords(a *ledger.Attempt) string {
	outcome := strings.TrimSpace(a.Outcome + " " + a.Code)
	billed := s.said.Say("show_reserved")
	if a.Billed != ledger.Reserved {
		billed = s.said.Say("billed_" + string(a.Billed))
	}
	return s.said.Say("show_attempt", app.ChinaClock(a.IntentAt), a.N, a.Vendor, a.Fen, cmp.Or(outcome, s.said.Say("show_sent")), billed)
}

func (s *show) answerWords(a *app.ReadAnswer) string {
	status := fmt.Sprintf("HTTP %d", a.Status)
	if a.Status == 0 {
		status = "-"
	}
	u := a.Meaning
	said := strings.TrimSpace(u.Code + " " + s.said.Word(u.Message))
	if !strings.HasPrefix(u.Message, string(u.Kind)) {
		said = strings.TrimSpace(string(u.Kind) + " " + said)
	}
	return s.said.Say("show_answer", app.ChinaClock(a.ReceivedAt), a.Call, a.Vendor, status, len(a.Body), cmp.Or(said, s.said.Word(a.Failure)))
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
	fmt.Fprintf(s.Out, "  %s\n", t.Table)
	var out columns
	switch {
	case len(t.Texts) <= 2 && len(shown) > 6:
		for _, values := range t.Texts {
			for _, c := range shown {
				if values[c] != "" {
					out.add("    "+t.Columns[c], app.Printable(values[c]))
				}
			}
		}
	default:
		head := make([]string, len(shown))
		for i, c := range shown {
			head[i] = t.Columns[c]
		}
		out.add(lineOf(head)...)
		for _, values := range t.Texts {
			cells := make([]string, len(shown))
			for i, c := range shown {
				cells[i] = shortened(values[c], longestCell)
			}
			out.add(lineOf(cells)...)
		}
	}
	return out.write(s.Out)
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

// wantsTable tells whether a table is of a wanted dataset.
func wantsTable(wanted []record.Dataset, name string) bool {
	of := map[string]record.Dataset{"maintenance_reports": record.DatasetMaintenance, "maintenance_records": record.DatasetMaintenance,
		"valuations": record.DatasetValuation, "violations": record.DatasetViolations}
	d, ok := of[name]
	return !ok || len(wanted) == 0 || slices.Contains(wanted, d)
}
