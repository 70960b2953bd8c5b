package ui

// Form is the form in which something is printed.
type Form int

// For people, or for another program.
const (
	Text Form = iota
	JSON
	CSV
)
