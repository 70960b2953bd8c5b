// Package integrity says what must hold of a ledger's file, and checks whether it does: that SQLite
// finds every page good, that the tables are those of a version of batch, that the rows contradict
// neither themselves nor each other, and that the columns that only the program can read are
// readable. It changes nothing.
//
// Opening a ledger makes these checks, so that nothing is bought with a damaged one; the package
// repair follows the same rules when it makes a damaged ledger safe.
package integrity
