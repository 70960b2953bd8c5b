package dryrun

import (
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// tx answers questions about the rows of the plan itself, and asks the ledger about everything else.
type tx struct {
	ledger.PlanTx
	s *Store
}

// Foresee has the ledger read the lookups of other runs; the rows of the plan are not in the ledger.
func (t *tx) Foresee(_ []string, keys [][]byte) error { return t.PlanTx.Foresee([]string{}, keys) }

// Earlier finds the first row about a vehicle that is no duplicate.
func (t *tx) Earlier(vehicleID string) (ledger.PlannedVehicle, bool, error) {
	first, err := t.s.rows.first(vehicleID)
	if err != nil || first == nil {
		return ledger.PlannedVehicle{}, false, err
	}
	return ledger.PlannedVehicle{VehicleID: vehicleID, Vehicle: first.Vehicle, Given: first.Given, Before: first.Before}, true, nil
}

// mostAsked is how many lookups with one key count, as in the ledger.
const mostAsked = 60

// Asked lists the lookups with a key, the newest first.
func (t *tx) Asked(key []byte) ([]ledger.Lookup, error) {
	own, err := t.own(key)
	if err != nil {
		return nil, err
	}
	others, err := t.PlanTx.Asked(key)
	if len(own) == 0 {
		return others, err
	}
	all := slices.Concat(own, others)
	return all[:min(len(all), mostAsked)], err
}

// own lists the lookups of the plan with a key, the newest first.
func (t *tx) own(key []byte) ([]ledger.Lookup, error) {
	own, err := t.s.rows.asking(key)
	for i := range own {
		t.s.shared[own[i].Request()] = key
	}
	return own, err
}

// AskedIn finds the first lookup with a key in one run, at one vendor or any.
func (t *tx) AskedIn(key []byte, run int64, vendor string) (ledger.Lookup, bool, error) {
	if run != t.s.run {
		return t.PlanTx.AskedIn(key, run, vendor)
	}
	own, err := t.own(key)
	for _, k := range slices.Backward(own) {
		if vendor == "" || k.Vendor == vendor {
			return k, true, nil
		}
	}
	return ledger.Lookup{}, false, err
}

// Serving lists the lookups that serve a request.
func (t *tx) Serving(request int64) ([]ledger.Lookup, error) {
	if request < firstID {
		return t.PlanTx.Serving(request)
	}
	own, err := t.own(t.s.shared[request])
	own = slices.DeleteFunc(own, func(k ledger.Lookup) bool { return k.Request() != request })
	slices.Reverse(own)
	return own, err
}

// Put counts a row and keeps it, unless it is a duplicate: such a row asks for nothing.
func (t *tx) Put(p ledger.PlannedVehicle) error {
	var home int64
	if p.Duplicate == 0 {
		t.number(&p)
		var err error
		if home, err = t.s.rows.put(&p); err != nil {
			return err
		}
	}
	t.s.add(&p, home)
	return nil
}

// number gives a row's lookups their ids, and the row its requests.
func (t *tx) number(p *ledger.PlannedVehicle) {
	requests := p.Number(t.s.run, t.s.next)
	t.s.next += int64(len(p.Lookups))
	p.Before = nil
	for _, d := range record.Datasets() {
		p.Before = append(p.Before, requests[d])
	}
}

// Revise puts a new version of an earlier row. It keeps those of the row's lookups that it still asks for. Any other
// lookup passes to the next row about the vehicle that asks for it.
func (t *tx) Revise(p ledger.PlannedVehicle) error {
	all, err := t.s.rows.about(p.VehicleID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r *kept) bool { return r.Vehicle.Row == p.Vehicle.Row })
	was := all[i]
	t.number(&p)
	for _, k := range was.Lookups {
		switch next := nextAsking(slices.Concat(all[:i], all[i+1:]), k.Request()); {
		case slices.Contains(p.Before, k.Request()):
			p.Lookups = append(p.Lookups, k)
		case next != nil:
			k.Row = next.Vehicle.Row
			with := next.PlannedVehicle
			with.Lookups = append(slices.Clip(with.Lookups), k)
			if err := t.s.replace(next, with); err != nil {
				return err
			}
		}
	}
	return t.s.replace(was, p)
}

// nextAsking is the first of some rows that asks for a request, nil if none does.
func nextAsking(rows []*kept, request int64) *kept {
	for _, r := range rows {
		if slices.Contains(r.Before, request) {
			return r
		}
	}
	return nil
}

// replace keeps a new version of a row and counts that one instead.
func (s *Store) replace(was *kept, p ledger.PlannedVehicle) error {
	s.remove(&was.PlannedVehicle)
	was.PlannedVehicle = p
	if err := s.rows.replace(was.home, &p); err != nil {
		return err
	}
	s.add(&p, was.home)
	return nil
}
