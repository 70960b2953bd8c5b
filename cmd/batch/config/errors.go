package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Error is one mistake in a configuration. Load and Parse return all of them
// (of more than 50, the first 50 and a count), in the order of the file, joined by errors.Join. It never holds a secret.
type Error struct {
	File    string
	Line    int // from 1; 0 when the whole file is meant
	Column  int // from 1, in characters
	Key     string
	Problem string
	Fits    []string // keys or values that would fit, the nearest first
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Problem)
	if len(e.Fits) > 0 {
		b.WriteString("; what fits: " + strings.Join(e.Fits, ", "))
	}
	return b.String()
}

// mistakes collects errors and warnings while a file is read.
type mistakes struct {
	file    string
	errors  []*Error
	remarks []*Error
	secrets []string // that have been read: no message may repeat them
}

func (m *mistakes) add(at position, key, problem string, fits ...string) {
	m.errors = append(m.errors, m.at(at, key, problem, fits))
}

func (m *mistakes) warn(at position, key, problem string) {
	m.remarks = append(m.remarks, m.at(at, key, problem, nil))
}

func (m *mistakes) at(at position, key, problem string, fits []string) *Error {
	return &Error{File: m.file, Line: at.line, Column: at.column, Key: key, Problem: problem, Fits: fits}
}

// mostErrors are shown at once: more is a file of another kind.
const mostErrors = 50

// joined returns every mistake in the order of the file, nil when there is none.
func (m *mistakes) joined() error {
	sortErrors(m.errors)
	if more := len(m.errors) - mostErrors; more > 0 {
		last := m.errors[mostErrors]
		last.Key, last.Problem, last.Fits = "", fmt.Sprintf("%d more mistakes from here on", more), nil
		m.errors = m.errors[:mostErrors+1]
	}
	all := make([]error, len(m.errors))
	for i, e := range m.errors {
		e.Problem = m.blank(e.Problem)
		all[i] = e
	}
	return errors.Join(all...)
}

func (m *mistakes) warnings() []string {
	sortErrors(m.remarks)
	var all []string
	for _, w := range m.remarks {
		all = append(all, m.blank(w.Error()))
	}
	return all
}

func sortErrors(all []*Error) {
	slices.SortStableFunc(all, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// shortestBlanked is below the length of any real secret, and above that of the
// words that messages are made of.
const shortestBlanked = 8

// blank takes secrets out of a text that somebody else made: an adapter, or a
// user who wrote a secret a second time where a number belongs.
func (m *mistakes) blank(text string) string {
	for _, s := range m.secrets {
		if len(s) >= shortestBlanked {
			text = strings.ReplaceAll(text, s, blanked)
		}
	}
	return text
}

const blanked = "(secret)"

// quote makes a value fit for a message.
func quote(value string) string {
	const longest = 40
	if r := []rune(value); len(r) > longest {
		value = string(r[:longest]) + "…"
	}
	return strconv.Quote(value)
}
