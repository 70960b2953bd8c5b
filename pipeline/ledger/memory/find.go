package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
)

// FindVehicles lists the vehicles that are sought, those of the newest runs first, but no more than most. A vehicle
// that was found by anything but its VIN is shown with all its rows.
func (l *Ledger) FindVehicles(_ context.Context, sought ledger.Sought, most int) ([]ledger.KnownVehicle, error) {
	s := l.read()
	byVIN := true
	found := s.known(func(_ place, r *row) bool {
		vin := isVIN(sought, r)
		fits := vin || isCar(sought, r)
		byVIN = byVIN && (vin || !fits)
		return fits
	})
	found = found[:min(len(found), most)]
	var ids []string
	for _, k := range found {
		ids = append(ids, k.VehicleID)
	}
	tickets := s.ofTicket(sought.Ticket)
	if ids = append(ids, tickets...); byVIN && len(tickets) == 0 || len(ids) == 0 {
		return found, nil
	}
	return s.known(func(_ place, r *row) bool { return slices.Contains(ids, r.vehicleID) }), nil
}

// known gathers the rows of planned runs that fit, by vehicle.
func (s *state) known(fits func(at place, r *row) bool) (out []ledger.KnownVehicle) {
	var places []place
	for at, r := range s.rows {
		if s.runs[at.run].State != ledger.RunPlanning && fits(at, &r) {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(-cmp.Compare(a.run, b.run), cmp.Compare(a.row, b.row)) })
	for _, at := range places {
		r := s.rows[at]
		i := slices.IndexFunc(out, func(k ledger.KnownVehicle) bool { return k.VehicleID == r.vehicleID })
		if i < 0 {
			i = len(out)
			out = append(out, ledger.KnownVehicle{VehicleID: r.vehicleID})
		}
		out[i].Add(ledger.Place{Run: at.run, Row: at.row}, r.vehicle.VIN, r.vehicle.Plate)
	}
	return out
}

func isVIN(sought ledger.Sought, r *row) bool {
	return is(r.vehicle.VIN, sought.VIN) || hasParts(r.vehicle.VIN, sought.VINParts)
}

func isCar(sought ledger.Sought, r *row) bool {
	return is(r.vehicle.Plate, sought.Plate) || hasParts(r.vehicle.Plate, sought.PlateParts) || is(r.vehicle.EngineNo, sought.EngineNo) || is(r.vehicleID, sought.VehicleID)
}

func is(text, sought string) bool { return text != "" && text == sought }

// hasParts tells whether a text contains parts in their order: a single part anywhere; of several, the first begins the
// text and the last ends it. English letters match in either case.
func hasParts(text string, parts []string) bool {
	if len(parts) == 0 || text == "" {
		return false
	}
	if text = strings.ToUpper(text); len(parts) == 1 {
		return strings.Contains(text, strings.ToUpper(parts[0]))
	}
	first, last := strings.ToUpper(parts[0]), strings.ToUpper(parts[len(parts)-1])
	rest, begins := strings.CutPrefix(text, first)
	for _, part := range parts[1 : len(parts)-1] {
		var there bool
		if _, rest, there = strings.Cut(rest, strings.ToUpper(part)); !there {
			return false
		}
	}
	return begins && strings.HasSuffix(rest, last)
}

// ofTicket lists the vehicles of lookups and orders that have a ticket.
func (s *state) ofTicket(ticket string) (ids []string) {
	if ticket == "" {
		return nil
	}
	for _, k := range s.where(func(*ledger.Lookup) bool { return true }) {
		if k.Ticket == ticket || slices.ContainsFunc(s.attempts[k.ID], func(a ledger.Attempt) bool { return a.Ticket == ticket }) {
			ids = append(ids, s.rows[place{k.Run, k.Row}].vehicleID)
		}
	}
	return ids
}

// Trace reads the course of a lookup.
func (l *Ledger) Trace(_ context.Context, k *ledger.Lookup) (t ledger.Trace, err error) {
	s := l.read()
	t.Attempts = s.attemptsOf(k)
	for _, a := range s.answers {
		if of := s.lookups[a.Lookup]; a.Lookup == k.ID || a.ID == k.Answer || k.Continues() && of.GroupID == k.GroupID {
			t.Answers = append(t.Answers, a)
		}
	}
	if from := s.lookups[k.Source]; from.Run != k.Run {
		t.From = s.runs[from.Run].ID
	}
	return t, nil
}

// LastLoss is the last loss of data that a rescue has seen: nothing is rescued here.
func (l *Ledger) LastLoss(context.Context) (ledger.Loss, error) { return ledger.Loss{}, nil }

// LostRows counts the rows of a run that a rescue could not save.
func (l *Ledger) LostRows(context.Context, ledger.Run) (int64, error) { return 0, nil }
