package sqlite

import (
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"

	"vehiclebatch/pipeline/ledger/stored"
)

// Readings are the columns that only this package can read. A check for damage reads them all.
func Readings() []integrity.Reading {
	return []integrity.Reading{
		{Broken: "runs have formats that cannot be written", Table: "runs", Columns: "seq, 0, formats", Names: "seq=? AND 0=?", Open: with(readFormats), Mend: "formats='parquet,csv'"},
		{Broken: "rows have columns that cannot be read", Table: "vehicles", Columns: "run, row, details", Names: "run=? AND row=?", Open: with(stored.CheckDetails)},
		{Broken: "lookups were asked with values that cannot be read", Table: "lookups",
			Columns: "id, 0, derived", Names: "id=? AND 0=?", Open: with(readDerived)},
		{Broken: "raw answers are damaged", Table: "answers", Columns: "id, 0, body", Names: "id=? AND 0=?", Open: openPacked},
	}
}

// with makes a reading that needs no preparation.
func with(read func([]byte) error) func() (func([]byte) error, func(), error) {
	return func() (func([]byte) error, func(), error) { return read, func() {}, nil }
}

func openPacked() (read func([]byte) error, done func(), err error) {
	p, err := stored.NewPacker()
	if err != nil {
		return nil, nil, err
	}
	return func(packed []byte) error { _, err := p.Unpack(packed); return err }, p.Close, nil
}

func readFormats(text []byte) error { return ledger.CheckFormats(string(text)) }

func readDerived(text []byte) error {
	_, err := record.ParseDerived(string(text))
	return err
}
