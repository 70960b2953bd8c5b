package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/sources"
)

func showCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "show", ArgsUsage: "VEHICLE", Usage: "all that a workspace knows of one vehicle: a VIN or the end of it, a plate, or a ticket",
		Description: "   batch show LSVAM4187C2184847\n   batch show 184847                        a part of the VIN, 6 characters at least\n" +
			"   batch show LSV…4847                      as progress and logs shorten it\n" +
			"   batch show 粤B12345\n   batch show e192e8de8e666046f41b          a vendor's number of an order\n" +
			"   batch show LSVAM4187C2184847 --raw       the answers that are kept, as they came\n\n" +
			"Its rows, lookups, submissions and answers, what they cost, and its rows of every table, run by run. Works from the\n" +
			"ledger alone, also while another process runs there. Several vehicles that fit are listed instead.\n\n" +
			"--raw prints bytes and nothing else; several answers are apart by a byte 0, as `xargs -0` reads them, and stderr names\n" +
			"each. --raw --json prints them in a list, each with its body as text, or in base64 where it is no UTF-8.",
		Flags: []cli.Flag{outFlag(), configFlag(), runFlag(), datasetFlag(), langFlag(), jsonFlag(),
			&cli.BoolFlag{Name: "raw", Usage: "print the answers that are kept, as they came", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			wanted, err := oneArgument(c, "VEHICLE")
			if err != nil {
				return err
			}
			return lookInto(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, run ledger.Run) error {
				if err := s.Speak(langOf(run)); err != nil {
					return err
				}
				known, err := s.knownTerms(c)
				if err != nil {
					return err
				}
				shows := &show{session: &session{setup: s, ledger: l}, wanted: wanted, raw: c.Bool("raw"), readers: known.allReaders()}
				return shows.do(ctx, c.String("run"))
			})
		},
	})
}

// show shows what a workspace knows of a vehicle.
type show struct {
	*session
	wanted  string // as it was typed
	raw     bool
	readers map[string]export.AnswerReader // by vendor
	runs    map[int64]ledger.Run           // that are shown, by number
}

func (s *show) do(ctx context.Context, runID string) error {
	if err := s.choose(ctx, runID); err != nil {
		return err
	}
	found, exact, err := s.find(ctx)
	if err != nil {
		return err
	}
	found = s.onlyShown(found)
	switch {
	case len(found) == 0:
		return s.nothing(ctx, runID)
	case len(found) > 1 && !exact:
		return s.candidates(found)
	}
	cars := make([]shownCar, len(found))
	for i, k := range found {
		if cars[i], err = s.gather(ctx, k); err != nil {
			return fmt.Errorf("read what is known of the vehicle: %w", err)
		}
	}
	switch {
	case s.raw && s.json:
		return s.rawJSON(cars)
	case s.raw:
		return s.rawBytes(cars)
	case s.json:
		return s.printJSON(cars)
	}
	return s.print(cars)
}

// choose reads which runs are shown.
func (s *show) choose(ctx context.Context, id string) error {
	s.runs = map[int64]ledger.Run{}
	if id != "" {
		run, err := s.chosenRun(ctx, id)
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
	if pieces := shortening.Split(strings.TrimSpace(s.wanted), -1); len(pieces) > 1 {
		found, err = s.ledger.FindVehicles(ctx, endsLike(pieces), mostCandidates)
		return found, false, err
	}
	whole := ledger.Sought{VIN: sources.CleanIdentifier(s.wanted), Plate: sources.CleanPlate(s.wanted), EngineNo: sources.CleanIdentifier(s.wanted),
		VehicleID: strings.TrimSpace(s.wanted), Ticket: strings.TrimSpace(s.wanted)}
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
	pieces := shortening.Split(strings.TrimSpace(s.wanted), -1)
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
	where := "the workspace " + s.out
	if runID != "" {
		where = "run " + runID + " of " + where
	}
	if s.tooShort() {
		return usageError("%q is too short to be looked for as a part: give the whole VIN or plate, or a part of %d characters of a VIN or %d of a plate at least.\n"+
			"  No whole plate, engine number or ticket in %s is that either.%s", s.wanted, leastPart, leastPlatePart, where, purged)
	}
	return usageError("%s knows no vehicle %q: no VIN, plate, engine number or ticket is or holds it.\n"+
		"  Give the whole VIN or plate, %d characters of a VIN at least, or name another workspace with --out.%s", where, s.wanted, leastPart, purged)
}

// candidates lists the vehicles that fit a part.
func (s *show) candidates(found []ledger.KnownVehicle) error {
	if s.json || s.raw {
		if s.raw {
			return usageError("%d vehicles fit %q: name one; `batch show %[2]s` without --raw lists them", len(found), s.wanted)
		}
		return s.candidatesJSON(found)
	}
	s.Prints("show_candidates", len(found), ui.Printable(s.wanted))
	var table ui.Columns
	for _, k := range found {
		newest := s.runs[k.Places[0].Run]
		table.Add("  "+ui.Printable(cmp.Or(k.VIN, "-")), ui.Printable(cmp.Or(k.Plate, "-")), s.Said().Say("show_rows", len(k.Places)), newest.ID)
	}
	if err := table.Write(s.env.stdout); err != nil {
		return err
	}
	s.Prints("show_say_more")
	return nil
}

// shownCar is a vehicle with all that is known of it, the newest run first.
type shownCar struct {
	known ledger.KnownVehicle
	runs  []shownRun
}

type shownRun struct {
	run     ledger.Run
	rows    []*ledger.Row
	lookups []shownLookup
	tables  []sinks.Collected
}

type shownLookup struct {
	asked ledger.Asked
	car   record.Vehicle // as it was asked about
	trace ledger.Trace
}

// gather reads all that is known of a vehicle.
func (s *show) gather(ctx context.Context, k ledger.KnownVehicle) (shownCar, error) {
	out := shownCar{known: k}
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
		out.runs = append(out.runs, shown)
	}
	return out, nil
}

func (s *show) gatherRun(ctx context.Context, run ledger.Run, numbers []int64) (shownRun, error) {
	out := shownRun{run: run}
	err := s.ledger.RowsAt(ctx, run, ledger.Span{}, numbers, func(row *ledger.Row) error {
		out.rows = append(out.rows, row)
		return nil
	})
	if err != nil {
		return out, err
	}
	for _, row := range out.rows {
		for i := range row.Lookups {
			if err := s.gatherLookup(ctx, &out, row, &row.Lookups[i]); err != nil {
				return out, err
			}
		}
	}
	said, err := s.wordsFor(run)
	if err != nil {
		return out, err
	}
	tables := sinks.NewCollector(run.ID)
	if err := export.WriteRows(ctx, s.ledger, run, numbers, readers(), said, tables); err != nil {
		return out, err
	}
	out.tables = tables.Tables()
	return out, nil
}

// wordsFor prints next steps: as in the run's files for a script, else as on the screen.
func (s *show) wordsFor(run ledger.Run) (*messages.Printer, error) {
	if s.json {
		return s.writes(run)
	}
	return s.Said(), nil
}

// gatherLookup adds a lookup once, whichever rows share it, and of a wanted dataset.
func (s *show) gatherLookup(ctx context.Context, to *shownRun, row *ledger.Row, a *ledger.Asked) error {
	if len(s.datasets) > 0 && !slices.Contains(s.datasets, a.Lookup.Dataset) ||
		slices.ContainsFunc(to.lookups, func(k shownLookup) bool { return k.asked.Lookup.ID == a.Lookup.ID }) {
		return nil
	}
	trace, err := s.ledger.Trace(ctx, &a.Lookup)
	if err != nil {
		return err
	}
	to.lookups = append(to.lookups, shownLookup{asked: *a, car: *row.VehicleOf(a), trace: trace})
	return nil
}

// money is what a lookup's submissions came to in this run.
func (k *shownLookup) money() (charged, reserved, unknown record.Fen) {
	for _, a := range k.trace.Attempts {
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

// wantsTable tells whether a table is of a wanted dataset.
func (s *show) wantsTable(name string) bool {
	of := map[string]record.Dataset{"maintenance_reports": record.DatasetMaintenance, "maintenance_records": record.DatasetMaintenance,
		"valuations": record.DatasetValuation, "violations": record.DatasetViolations}
	d, ok := of[name]
	return !ok || len(s.datasets) == 0 || slices.Contains(s.datasets, d)
}
