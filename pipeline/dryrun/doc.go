// Package dryrun plans a run without writing anything of it into the ledger, and counts what it would do.
//
// A Store is a ledger to the planner. It answers from the ledger what earlier runs have asked. The rows of the plan
// itself it counts, and keeps those that a later row may ask for in a scratch file.
package dryrun
