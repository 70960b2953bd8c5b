package report

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"vehiclebatch/pipeline/record"
)

// Lang is a language of the report.
type Lang string

// The languages.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Langs returns every language.
func Langs() []Lang { return []Lang{English, Chinese} }

// tag is the language as the HTML and the message library name it.
func (l Lang) tag() language.Tag {
	if l == Chinese {
		return language.SimplifiedChinese
	}
	return language.English
}

// words prints the catalogue's messages in one language.
type words struct {
	lang    Lang
	printer *message.Printer
	known   map[string]phrase
}

func newWords(l Lang) (*words, error) {
	if !slices.Contains(Langs(), l) {
		return nil, fmt.Errorf("a report in %q: the languages are en and zh", l)
	}
	known := phrases()
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, key := range slices.Sorted(maps.Keys(known)) {
		text := known[key].en
		if l == Chinese {
			text = known[key].zh
		}
		if err := b.Set(l.tag(), key, counting(text)); err != nil {
			return nil, fmt.Errorf("the message %s in %s: %w", key, l, err)
		}
	}
	return &words{lang: l, printer: message.NewPrinter(l.tag(), message.Catalog(b)), known: known}, nil
}

// counting makes a message of a text. "1 visit|%d visits" is chosen from by
// its first argument.
func counting(text string) catalog.Message {
	one, other, both := strings.Cut(text, "|")
	if !both {
		return catalog.String(text)
	}
	return plural.Selectf(1, "%d", plural.One, one, plural.Other, other)
}

// say is a message of the catalogue with its arguments: an amount is printed in
// yuan, a day as such, a number with its thousands apart. A key that the
// catalogue lacks is an error.
func (w *words) say(key string, args ...any) (string, error) {
	if _, ok := w.known[key]; !ok {
		return "", fmt.Errorf("the catalogue has no message %q", key)
	}
	printed := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case record.Fen:
			printed[i] = w.yuan(v)
		case record.Date:
			printed[i] = v.String()
		default:
			printed[i] = a
		}
	}
	return w.printer.Sprintf(key, printed...), nil
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

// number prints a count with its thousands apart.
func (w *words) number(n int64) string { return w.printer.Sprint(n) }

// yuan prints an amount: ¥1,234.50, and ¥12,300 where there are no fen.
func (w *words) yuan(f record.Fen) string {
	whole, rest, _ := strings.Cut(f.String(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest == "00" && len(whole) > 5 { // large sums: fen would only be noise
		return sign + "¥" + whole
	}
	return sign + "¥" + whole + "." + rest
}
