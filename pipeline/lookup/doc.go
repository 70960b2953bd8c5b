// Package lookup decides what to do next about one lookup: buy the answer, wait for an order that
// is under way, use an answer that is there already, or leave the lookup alone because nobody knows
// whether it was bought.
//
// It is pure. It reads no ledger and no clock and calls nobody: all that it knows comes in, all
// that it decides goes out. So every rule about money stands in one place, and can be tested
// against a table of all cases.
package lookup
