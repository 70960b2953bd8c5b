// Package integrity says what must hold of a ledger's file, and looks whether it
// does: that SQLite finds every page good, that the tables are those of a version
// of batch, that the rows contradict neither themselves nor each other, and that
// what only the program can read can be read. It changes nothing.
//
// Opening a ledger asks it, so that nothing is bought with a damaged one; the
// package repair goes by the same rules when it makes a damaged ledger safe.
package integrity
