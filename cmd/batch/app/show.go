package app

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/sources"
	"vehiclebatch/vendors"
)

// Showing is which vehicle is looked for, and what is wanted of it.
type Showing struct {
	Wanted   string // as it was typed
	RunID    string // "" is all runs
	Datasets []record.Dataset
	OneAlone bool // several that fit are an error
	// Words are those in which next steps of a run are said.
	Words func(ledger.Run) (*messages.Printer, error)
}

// Shown is what was found: vehicles, or several among which one must choose.
type Shown struct {
	Wanted     string
	Cars       []Car
	Candidates []Candidate
	Datasets   []record.Dataset // that are wanted; empty: all
}

// Candidate is a vehicle that fits a part of what was typed.
type Candidate struct {
	Vehicle ledger.KnownVehicle
	LastRun string
}

// show looks for vehicles.
type show struct {
	*Workspace
	Showing
	readers map[string]export.AnswerReader // by vendor
	runs    map[int64]ledger.Run           // that are shown, by number
}

// Show finds all that the workspace knows of a vehicle.
func (w *Workspace) Show(ctx context.Context, o Showing, known Terms) (Shown, error) {
	s := &show{Workspace: w, Showing: o, readers: known.allReaders()}
	out := Shown{Wanted: o.Wanted, Datasets: o.Datasets}
	if err := s.choose(ctx, o.RunID); err != nil {
		return out, err
	}
	found, exact, err := s.find(ctx)
	if err != nil {
		return out, err
	}
	found = s.onlyShown(found)
	switch {
	case len(found) == 0:
		return out, s.nothing(ctx, o.RunID)
	case len(found) > 1 && !exact && o.OneAlone:
		return out, UsageError("%d vehicles fit %q: name one; `batch show %[2]s` without --raw lists them", len(found), o.Wanted)
	case len(found) > 1 && !exact:
		for _, k := range found {
			out.Candidates = append(out.Candidates, Candidate{k, s.runs[k.Places[0].Run].ID})
		}
		return out, nil
	}
	for _, k := range found {
		car, err := s.gather(ctx, k)
		if err != nil {
			return out, fmt.Errorf("read what is known of the vehicle: %w", err)
		}
		out.Cars = append(out.Cars, car)
	}
	return out, nil
}

// choose reads which runs are shown.
func (s *show) choose(ctx context.Context, id string) error {
	s.runs = map[int64]ledger.Run{}
	if id != "" {
		run, err := s.Run(ctx, id)
		s.runs[run.Seq] = run
		return err
	}
	runs, err := s.ledger.Runs(ctx)
	for _, r := range runs {
		s.runs[r.Seq] = r
	}
	return err
}

// onlyShown leaves the places in the runs that are shown, and the vehicles that have one.
func (s *show) onlyShown(found []ledger.KnownVehicle) []ledger.KnownVehicle {
	for i := range found {
		found[i].Places = slices.DeleteFunc(found[i].Places, func(p ledger.Place) bool {
			_, ok := s.runs[p.Run]
			return !ok
		})
	}
	return slices.DeleteFunc(found, func(k ledger.KnownVehicle) bool { return len(k.Places) == 0 })
}

const (
	mostCandidates = 200
	leastPart      = 6 // characters of a VIN that tell cars apart
	leastPlatePart = 5
)

// shortening stands for what is left out of an identifier, as Shorten does it.
var shortening = regexp.MustCompile(`…+|\.{3,}|\*+`)

// find looks for the vehicle by the whole of what was typed, then by a part.
func (s *show) find(ctx context.Context) (found []ledger.KnownVehicle, exact bool, err error) {
	if pieces := shortening.Split(strings.TrimSpace(s.Wanted), -1); len(pieces) > 1 {
		found, err = s.ledger.FindVehicles(ctx, endsLike(pieces), mostCandidates)
		return found, false, err
	}
	whole := ledger.Sought{VIN: sources.CleanIdentifier(s.Wanted), Plate: sources.CleanPlate(s.Wanted), EngineNo: sources.CleanIdentifier(s.Wanted),
		VehicleID: strings.TrimSpace(s.Wanted), Ticket: strings.TrimSpace(s.Wanted)}
	named := whole
	named.Ticket = "" // which takes longer to look for
	if _, notPlate := sources.PlateType(whole.Plate); sources.CheckVIN(whole.VIN) == nil || notPlate == nil {
		if found, err = s.ledger.FindVehicles(ctx, named, mostCandidates); err != nil || len(found) > 0 {
			return found, true, err
		}
	}
	found, err = s.ledger.FindVehicles(ctx, whole, mostCandidates)
	if err != nil || len(found) > 0 {
		return found, true, err
	}
	var part ledger.Sought
	if utf8.RuneCountInString(whole.VIN) >= leastPart {
		part.VINParts = []string{whole.VIN}
	}
	if utf8.RuneCountInString(whole.Plate) >= leastPlatePart {
		part.PlateParts = []string{whole.Plate}
	}
	found, err = s.ledger.FindVehicles(ctx, part, mostCandidates)
	return found, false, err
}

// endsLike seeks what begins and ends as the pieces say.
func endsLike(pieces []string) ledger.Sought {
	var out ledger.Sought
	for _, p := range pieces {
		out.VINParts = append(out.VINParts, sources.CleanIdentifier(p))
		out.PlateParts = append(out.PlateParts, sources.CleanPlate(p))
	}
	if utf8.RuneCountInString(strings.Join(out.VINParts, "")) < leastPlatePart-1 {
		return ledger.Sought{}
	}
	return out
}

// tooShort tells whether what was typed is not looked for inside of VINs: four
// characters may be those of many cars.
func (s *show) tooShort() bool {
	pieces := shortening.Split(strings.TrimSpace(s.Wanted), -1)
	least := leastPart
	if len(pieces) > 1 {
		least = leastPlatePart - 1
	}
	return utf8.RuneCountInString(sources.CleanIdentifier(strings.Join(pieces, ""))) < least
}

// nothing says what can be done where no vehicle fits.
func (s *show) nothing(ctx context.Context, runID string) error {
	runs, err := s.ledger.Runs(ctx)
	if err != nil {
		return err
	}
	purged := ""
	for _, r := range runs {
		if !r.PurgedAt.IsZero() {
			purged = "\n  Runs that were purged have forgotten their vehicles (the last one: " + r.ID + ")."
			break
		}
	}
	where := "the workspace " + s.Dir
	if runID != "" {
		where = "run " + runID + " of " + where
	}
	if s.tooShort() {
		return UsageError("%q is too short to be looked for as a part: give the whole VIN or plate, or a part of %d characters of a VIN or %d of a plate at least.\n"+
			"  No whole plate, engine number or ticket in %s is that either.%s", s.Wanted, leastPart, leastPlatePart, where, purged)
	}
	return UsageError("%s knows no vehicle %q: no VIN, plate, engine number or ticket is or holds it.\n"+
		"  Give the whole VIN or plate, %d characters of a VIN at least, or name another workspace with --out.%s", where, s.Wanted, leastPart, purged)
}

// Car is a vehicle with all that is known of it, the newest run first.
type Car struct {
	Known ledger.KnownVehicle
	Runs  []CarRun
}

// CarRun is what a run has of a vehicle.
type CarRun struct {
	Run     ledger.Run
	Rows    []*ledger.Row
	Lookups []CarLookup
	Tables  []sinks.Collected
}

// CarLookup is a lookup with its submissions and answers.
type CarLookup struct {
	Lookup   ledger.Lookup
	From     string // the run that its answer is from, "" for this one
	Attempts []ledger.Attempt
	Answers  []ReadAnswer
}

// ReadAnswer is an answer that is kept, with what it means by what is declared today.
type ReadAnswer struct {
	ledger.Answer
	Meaning vendors.Outcome
}

// gather reads all that is known of a vehicle.
func (s *show) gather(ctx context.Context, k ledger.KnownVehicle) (Car, error) {
	out := Car{Known: k}
	for i := 0; i < len(k.Places); {
		seq := k.Places[i].Run
		var numbers []int64
		for ; i < len(k.Places) && k.Places[i].Run == seq; i++ {
			numbers = append(numbers, k.Places[i].Row)
		}
		shown, err := s.gatherRun(ctx, s.runs[seq], numbers)
		if err != nil {
			return out, err
		}
		out.Runs = append(out.Runs, shown)
	}
	return out, nil
}

func (s *show) gatherRun(ctx context.Context, run ledger.Run, numbers []int64) (CarRun, error) {
	out := CarRun{Run: run}
	err := s.ledger.RowsAt(ctx, run, ledger.Span{}, numbers, func(row *ledger.Row) error {
		out.Rows = append(out.Rows, row)
		return nil
	})
	if err != nil {
		return out, err
	}
	for _, row := range out.Rows {
		for i := range row.Lookups {
			if err := s.gatherLookup(ctx, &out, row, &row.Lookups[i]); err != nil {
				return out, err
			}
		}
	}
	said, err := s.Words(run)
	if err != nil {
		return out, err
	}
	tables := sinks.NewCollector(run.ID)
	if err := export.WriteRows(ctx, s.ledger, run, numbers, readers(), said, tables); err != nil {
		return out, err
	}
	out.Tables = tables.Tables()
	return out, nil
}

// gatherLookup adds a lookup once, whichever rows share it, and of a wanted dataset.
func (s *show) gatherLookup(ctx context.Context, to *CarRun, row *ledger.Row, a *ledger.Asked) error {
	if len(s.Datasets) > 0 && !slices.Contains(s.Datasets, a.Lookup.Dataset) ||
		slices.ContainsFunc(to.Lookups, func(k CarLookup) bool { return k.Lookup.ID == a.Lookup.ID }) {
		return nil
	}
	trace, err := s.ledger.Trace(ctx, &a.Lookup)
	if err != nil {
		return err
	}
	k := CarLookup{Lookup: a.Lookup, From: trace.From, Attempts: trace.Attempts}
	for i := range trace.Answers {
		k.Answers = append(k.Answers, ReadAnswer{trace.Answers[i], s.understood(&a.Lookup, row.VehicleOf(a), &trace.Answers[i])})
	}
	to.Lookups = append(to.Lookups, k)
	return nil
}

// Money is what a lookup's submissions came to in this run.
func (k *CarLookup) Money() (charged, reserved, unknown record.Fen) {
	for _, a := range k.Attempts {
		switch a.Billed {
		case ledger.BilledYes:
			charged += a.Fen
		case ledger.Reserved:
			reserved += a.Fen
		case ledger.BilledUnknown:
			unknown += a.Fen
		case ledger.BilledNo:
		}
	}
	return charged, reserved, unknown
}

// understood is what an answer means, read anew from what was kept of it.
func (s *show) understood(k *ledger.Lookup, car *record.Vehicle, a *ledger.Answer) vendors.Outcome {
	reader := s.readers[a.Vendor]
	if reader.Reader == nil {
		return vendors.Outcome{}
	}
	r := vendors.Response{Status: a.Status, Head: vendors.Head(a.Head), Body: a.Body}
	if a.Failure != "" {
		r.Err = brokeOff(a.Failure)
	}
	return vendors.ReadResponse(reader.Reader, reader.NotTaken, k.Dataset, vendors.Call(a.Call), car, r)
}

// brokeOff is how a call ended that got no whole answer.
type brokeOff string

func (e brokeOff) Error() string { return string(e) }
