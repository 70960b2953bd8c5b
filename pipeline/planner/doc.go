// Package planner turns the rows of an input, or of a run that is corrected, into lookups. Nothing is bought.
package planner
