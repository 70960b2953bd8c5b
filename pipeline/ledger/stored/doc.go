// Package stored says in what form the durable stores of a ledger keep its values: moments as numbers, the columns
// of a vehicle that no query asks for as JSON, answers compressed, and beside each row a checksum of what it says.
// Two stores with one form can be copied into each other row for row. It knows no database.
package stored
