// Package stored says in what form the durable stores of a ledger keep its values: moments as numbers, the columns of a
// vehicle that no query selects by as JSON, answers compressed, and with each row a checksum of its contents. Stores
// that share this form can be copied into each other row for row. The package knows no database.
package stored
