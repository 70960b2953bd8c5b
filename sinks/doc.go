// Package sinks writes the outputs of a run and reads them back: one table a
// Parquet or CSV file, the failure ledger and the manifest.
//
// Each table has one definition: its columns with type, null rule,
// description, unit and source. The Arrow schema, the files of every format,
// the reading back and the data dictionary (docs/tables.md) all come from it.
//
// Files are written aside, synced and renamed; the manifest comes last and goes
// first, so its presence says that every file that it lists is whole. Nothing
// here reads a clock: the same rows give the same bytes.
package sinks

//go:generate go test -run TestDictionaryIsCurrent . -update
