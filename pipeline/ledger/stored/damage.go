package stored

import (
	"errors"
	"fmt"
)

// damageError says that something in a ledger cannot be read as it was written.
type damageError struct{ err error }

func (d *damageError) Error() string { return d.err.Error() }
func (d *damageError) Unwrap() error { return d.err }

// Damage is an error that says that the ledger is damaged.
func Damage(format string, args ...any) error { return &damageError{fmt.Errorf(format, args...)} }

// Damaged tells whether an error means that what was read differs from what was written down.
func Damaged(err error) bool {
	var d *damageError
	return errors.As(err, &d)
}
