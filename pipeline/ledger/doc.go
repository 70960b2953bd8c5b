// Package ledger says what a workspace keeps: runs, rows, lookups, submissions with their charges, raw answers and the
// troubles of vendors, as values that all stores share.
//
// A store writes a change with one commit: a method that writes returns after the commit that holds its change, or with
// an error and without the change. Changes of a lookup are guarded: the lookup must still be in the state that the
// change starts from, with the same number of submissions and the same key, and no other lookup may have replaced it.
// An intent is guarded by everything that was read of its lookup. A caller with outdated values changes nothing and
// gets ErrStale. Moments are UTC, money is fen. docs/states.md describes the states and the ways between them.
package ledger
