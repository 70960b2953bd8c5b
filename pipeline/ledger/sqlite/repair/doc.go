// Package repair looks after ledgers while no run works with them: it examines a ledger for damage,
// saves what can be read of a damaged ledger into a new one, accepts a ledger as the newest because
// the user says so, and purges old runs. A run imports none of it.
//
// A rescue copies table by table what can be read (salvage.go), then makes safe what is missing
// (repairer.go): a lookup is in doubt if nobody can say whether it was bought; if only its answer
// is lost, the answer is asked for again by its ticket.
package repair
