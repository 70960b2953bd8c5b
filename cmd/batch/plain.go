package main

import (
	"log/slog"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/record"
)

// printable is a text of an input or a vendor as a terminal may see it: a control
// character could move the cursor, or retitle the window.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// discreet is a text for messages and logs: printable line by line, with VINs
// and plates shortened.
func discreet(text string) string {
	lines := strings.Split(record.Shorten(text), "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// discreetly shortens the texts of a log's attributes, its message among them.
func discreetly(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(record.Shorten(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(record.Shorten(err.Error()))
		}
	}
	return a
}
