package report

import (
	"fmt"
	"html/template"
	"strings"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// words prints the catalogue's messages as the page shows them.
type words struct{ *messages.Printer }

func newWords(l messages.Lang) (*words, error) {
	p, err := messages.New(l)
	if err != nil {
		return nil, fmt.Errorf("a report in %w", err)
	}
	return &words{p}, nil
}

// say is a message of the catalogue with its arguments. A name that the
// catalogue lacks is an error.
func (w *words) say(key string, args ...any) (string, error) {
	if !w.Has(key) {
		return "", fmt.Errorf("the catalogue has no message %q", key)
	}
	printed := make([]any, len(args))
	for i, a := range args {
		printed[i] = a
		if fen, ok := a.(record.Fen); ok {
			printed[i] = w.yuan(fen)
		}
	}
	return w.Say(key, printed...), nil
}

// rich is say with what stands between backticks set as code.
func (w *words) rich(key string, args ...any) (template.HTML, error) {
	text, err := w.say(key, args...)
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		escaped := template.HTMLEscapeString(part)
		if i%2 == 1 {
			escaped = "<code>" + escaped + "</code>"
		}
		b.WriteString(escaped)
	}
	return template.HTML(b.String()), err //nolint:gosec // every part was escaped
}

// roundFrom is the amount from which fen would only be noise.
const roundFrom record.Fen = 10_000_00

// yuan prints an amount: ¥1,234.50, and ¥12,300 where there are no fen.
func (w *words) yuan(f record.Fen) string {
	sign := ""
	if f < 0 {
		sign, f = "−", -f
	}
	text := f.Yuan()
	if f >= roundFrom {
		text = strings.TrimSuffix(text, ".00")
	}
	return sign + text
}
