// Package report makes the report of a run: one HTML file for people, beside
// the tables. It is fed with the rows of the tables, adds them up, and keeps the
// details of the vehicles that need attention most, and of no others: what it
// holds does not grow with the fleet.
//
// The file asks no network for anything, and its content security policy
// allows none. All words come from the catalogue (pipeline/messages), in English and
// Chinese. Nothing here reads a clock: the same rows give the same bytes.
package report
