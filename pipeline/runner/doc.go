// Package runner takes the lookups of a run to their end: it submits them, asks about tickets, writes down what came
// back before anything is done with it, and knows when nothing more can be done now.
//
// It keeps nothing that is not in the store: killed at any moment, the next process goes on from what is there. It
// knows neither who runs it nor where the answers go. Its time comes from a Clock.
package runner
