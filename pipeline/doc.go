// Package pipeline holds the stages on the way of a row, one package each, in the order in which a
// row meets them: record and normalise (values), ledger (what is kept), lookup (what to do next),
// policy (what the user wants), resolve, planner, retry, runner, then export, changes, history and
// reconcile. Its own tests try the stages together.
package pipeline
