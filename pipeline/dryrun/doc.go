// Package dryrun plans a run without writing anything of it into the ledger, and counts what the run would do.
//
// A Store stands in for a ledger while the planner works. It answers from the real ledger what earlier runs have asked.
// It counts the rows of the plan itself, and keeps in a scratch file those that a later row may ask for.
package dryrun
