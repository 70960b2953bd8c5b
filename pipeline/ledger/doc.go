// Package ledger says what a workspace keeps: runs, rows, lookups, submissions with their
// charges, raw answers and the troubles of vendors, as values that every store of them shares.
//
// A store writes a change with one commit: a method that writes returns after the commit that
// holds its change, or with an error and without the change. Changes of a lookup are guarded by
// the state they start from, with its submissions so far, its key and whether another has
// taken its place, and an intent by all that was read of it: a stale caller changes nothing and
// gets ErrStale. Moments are UTC, money is fen. The states and the ways between them stand in docs/states.md.
package ledger
