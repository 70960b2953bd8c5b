// Package repair looks after ledgers that no run works with: it examines one for
// damage, saves what can be read of a damaged one into a new one, takes one for the
// newest by the user's word, and purges old runs. A run imports none of it.
//
// A rescue copies table by table what can be read (salvage.go), then makes safe what
// is missing (repairer.go): a lookup of which nobody can say whether it was bought is in
// doubt, and one whose answer alone is lost is asked for again by its ticket.
package repair
