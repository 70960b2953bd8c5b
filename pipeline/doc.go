// Package pipeline takes lookups from plan to a settled end: it reads the input
// into the ledger, submits, polls, normalises, and knows when a run is over.
//
// The stages keep nothing that is not in the ledger: killed at any moment, they
// go on from what is there. They know neither who drives them nor where the
// answers go. Moments come from a Clock.
package pipeline
