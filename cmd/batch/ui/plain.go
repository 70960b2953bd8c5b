package ui

import (
	"log/slog"
	"path/filepath"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
)

// redact makes a text fit for messages and logs: each line printable, VINs and
// plates shortened.
func redact(text string) string {
	lines := strings.Split(record.Shorten(text), "\n")
	for i := range lines {
		lines[i] = app.Printable(strings.TrimSuffix(lines[i], "\r"))
	}
	return strings.Join(lines, "\n")
}

// RedactExcept leaves the words of the command line alone that look like a
// vehicle: a path with a plate in it is shown as it was typed.
func RedactExcept(text string, args []string) string {
	var kept []string
	for _, word := range args {
		if flag, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(flag, "-") {
			word = value
		}
		if record.Shorten(word) != word {
			kept = append(kept, word, filepath.Clean(word))
		}
	}
	return redactBetween(text, kept)
}

func redactBetween(text string, kept []string) string {
	if len(kept) == 0 {
		return redact(text)
	}
	parts := strings.Split(text, kept[0])
	for i := range parts {
		parts[i] = redactBetween(parts[i], kept[1:])
	}
	return strings.Join(parts, app.Printable(kept[0]))
}

// RedactAttr shortens VINs and plates in an attribute of the log, the message included.
func RedactAttr(_ []string, a slog.Attr) slog.Attr {
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
