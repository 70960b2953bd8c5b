package messages

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"vehiclebatch/pipeline/record"
)

// Printer prints the catalogue's messages in one language. Safe for concurrent
// use.
type Printer struct {
	lang    Lang
	printer *message.Printer
	known   map[string]phrase
	words   *wordbook // nil where the language is that of the reasons
	errors  *wordbook // likewise
}

// New makes the printer of a language.
func New(l Lang) (*Printer, error) {
	if _, err := ParseLang(string(l)); err != nil {
		return nil, err
	}
	known := phrases()
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if err := b.Set(l.Tag(), key, counting(known[key].in(l))); err != nil {
			return nil, fmt.Errorf("the message %s in %s: %w", key, l, err)
		}
	}
	p := &Printer{lang: l, printer: message.NewPrinter(l.Tag(), message.Catalog(b)), known: known}
	if l == Chinese {
		p.words = newWordbook(wordings())
		p.errors = newWordbook(slices.Concat(wordings(), errorWordings()))
	}
	return p, nil
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

// Lang is the printer's language.
func (p *Printer) Lang() Lang { return p.lang }

// Has tells whether the catalogue has a message.
func (p *Printer) Has(key string) bool {
	_, ok := p.known[key]
	return ok
}

// Say is a message with its arguments: an amount is printed in yuan, a number
// with its thousands apart. Of a name that the catalogue lacks it is that name.
func (p *Printer) Say(key string, args ...any) string {
	if !p.Has(key) {
		return key
	}
	printed := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case record.Fen:
			printed[i] = v.Yuan()
		case fmt.Stringer:
			printed[i] = v.String()
		default:
			printed[i] = a
		}
	}
	return p.printer.Sprintf(key, printed...)
}

// Number prints a count with its thousands apart.
func (p *Printer) Number(n int64) string { return p.printer.Sprint(n) }

// Word is a reason, a remark or a note, which is kept in English, in the printer's language. What is not known, such as a
// vendor's words, stays as it is.
func (p *Printer) Word(text string) string {
	if p.words == nil {
		return text
	}
	return p.words.word(text)
}

// Columns names columns: 车架号(vin), 车牌号(plate).
func (p *Printer) Columns(names []string) string {
	list := strings.Join(names, ", ")
	if p.words == nil {
		return list
	}
	return p.words.word(list)
}

// Error words an error that ends a command, or lines that a command prints, each line by itself.
func (p *Printer) Error(text string) string {
	if p.errors == nil {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		said := strings.TrimSpace(line)
		if said == "" {
			continue
		}
		before, behind, _ := strings.Cut(line, said)
		lines[i] = before + p.errors.word(said) + behind
	}
	return strings.Join(lines, "\n")
}
