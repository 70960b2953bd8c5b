package dryrun

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"hash/fnv"
	"slices"

	"vehiclebatch/pipeline/ledger"
)

// rows are the rows of a plan that are no duplicates, each with its own lookups and, in Before, its requests. They are
// kept in a file; memory holds only where each is. A row is named by its home, the place where it was first put.
type rows struct {
	file    scratch
	byID    index           // by vehicle id
	byKey   index           // by the keys of its lookups
	moved   map[int64]int64 // where the newest version of a replaced row is, by its home
	encoded bytes.Buffer
	encoder *gob.Encoder
	text    *bytes.Reader
	decoder *gob.Decoder
}

// kept is a row and its home.
type kept struct {
	ledger.PlannedVehicle
	home int64
}

func newRows() *rows {
	r := &rows{byID: newIndex(), byKey: newIndex(), moved: map[int64]int64{}, text: bytes.NewReader(nil)}
	r.encoder, r.decoder = gob.NewEncoder(&r.encoded), gob.NewDecoder(r.text)
	return r
}

// put keeps a row and returns its home.
func (r *rows) put(p *ledger.PlannedVehicle) (int64, error) {
	home, err := r.write(p)
	r.byID.add([]byte(p.VehicleID), home)
	r.addKeys(p, home)
	return home, err
}

// replace keeps a new version of a row.
func (r *rows) replace(home int64, p *ledger.PlannedVehicle) (err error) {
	r.addKeys(p, home)
	r.moved[home], err = r.write(p)
	return err
}

func (r *rows) addKeys(p *ledger.PlannedVehicle, home int64) {
	for i := range p.Lookups {
		r.byKey.add(p.Lookups[i].Key, home)
	}
}

// first finds the first row about a vehicle.
func (r *rows) first(vehicleID string) (*kept, error) {
	for home := range r.byID.all([]byte(vehicleID)) {
		k, err := r.read(home)
		if err != nil || k.VehicleID == vehicleID {
			return k, err
		}
	}
	return nil, nil
}

// about lists the rows about a vehicle, in order.
func (r *rows) about(vehicleID string) ([]*kept, error) {
	var out []*kept
	for home := range r.byID.all([]byte(vehicleID)) {
		k, err := r.read(home)
		if err != nil {
			return nil, err
		}
		if k.VehicleID == vehicleID {
			out = append(out, k)
		}
	}
	return out, nil
}

// asking lists the lookups with a key, the newest first.
func (r *rows) asking(key []byte) ([]ledger.Lookup, error) {
	var out []ledger.Lookup
	for home := range r.byKey.all(key) {
		row, err := r.read(home)
		if err != nil {
			return nil, err
		}
		for _, k := range row.Lookups {
			if bytes.Equal(k.Key, key) {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, func(a, b ledger.Lookup) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

func (r *rows) write(p *ledger.PlannedVehicle) (int64, error) {
	if r.file.end() == 0 {
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	r.encoded.Reset()
	if err := r.encoder.Encode(p); err != nil {
		return 0, fmt.Errorf("keep row %d for the plan: %w", p.Vehicle.Row, err)
	}
	return r.file.add(r.encoded.Bytes())
}

// begin tells the decoder of the types, which the encoder writes only once.
func (r *rows) begin() error {
	if err := r.encoder.Encode(&ledger.PlannedVehicle{}); err != nil {
		return fmt.Errorf("begin to keep rows for the plan: %w", err)
	}
	r.text.Reset(r.encoded.Bytes())
	if err := r.decoder.Decode(&ledger.PlannedVehicle{}); err != nil {
		return fmt.Errorf("begin to keep rows for the plan: %w", err)
	}
	return nil
}

func (r *rows) read(home int64) (*kept, error) {
	at, moved := r.moved[home]
	if !moved {
		at = home
	}
	text, err := r.file.get(at)
	if err != nil {
		return nil, err
	}
	r.text.Reset(text)
	k := kept{home: home}
	if err := r.decoder.Decode(&k.PlannedVehicle); err != nil {
		return nil, fmt.Errorf("read back a row of the plan: %w", err)
	}
	return &k, nil
}

// index finds the homes of rows by a name. It keeps 64 bits of each name. With many millions of names two may share
// those bits, so a row may be found that is not meant; the caller checks.
type index struct {
	first map[uint64]int64
	more  map[uint64][]int64 // the others, where there are any
}

func newIndex() index { return index{map[uint64]int64{}, map[uint64][]int64{}} }

func short(name []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(name) // it never fails
	return h.Sum64()
}

func (x *index) add(name []byte, home int64) {
	n := short(name)
	first, taken := x.first[n]
	switch {
	case !taken:
		x.first[n] = home
	case first != home && !slices.Contains(x.more[n], home):
		x.more[n] = append(x.more[n], home)
	}
}

// all goes through the homes with a name, in the order in which they were added.
func (x *index) all(name []byte) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		n := short(name)
		first, taken := x.first[n]
		if !taken || !yield(first) {
			return
		}
		for _, home := range x.more[n] {
			if !yield(home) {
				return
			}
		}
	}
}
