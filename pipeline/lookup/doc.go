// Package lookup decides what to do next about one question: buy the answer, wait
// for an order that is under way, use an answer that is there already, or leave
// it alone because nobody knows whether it was bought.
//
// It is pure. It reads no ledger and no clock and calls nobody: all that it knows
// comes in, all that it decides goes out. So every rule about money stands in one
// place, and a table of all the cases can be held against it.
package lookup
