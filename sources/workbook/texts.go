package workbook

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
)

// texts are the texts that cells share, in one piece of memory.
type texts struct {
	all  []byte
	ends []int
}

func (t *texts) get(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	begin := 0
	if i > 0 {
		begin = t.ends[i-1]
	}
	return string(t.all[begin:t.ends[i]]), true
}

// readTexts reads the shared texts, once.
func (b *Book) readTexts() error {
	if b.shared != nil {
		return nil
	}
	b.shared = &texts{}
	g, err := b.open(b.texts, maxPart)
	if g == nil || err != nil {
		return err
	}
	defer g.Close() //nolint:errcheck // nothing was written
	d := xml.NewDecoder(g)
	var r runs
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return g.wrong(err)
		}
		if !r.take(token, "si") {
			continue
		}
		g.begin()
		b.shared.all = append(b.shared.all, r.text()...)
		b.shared.ends = append(b.shared.ends, len(b.shared.all))
		if len(b.shared.all) > maxShared || len(b.shared.ends) > maxShared/8 {
			return &Error{Problem: "the workbook's texts take more memory than a file of vehicles should", Hint: "save the sheet with the vehicles as CSV UTF-8"}
		}
	}
}

// runs gathers a text of one or several pieces: <t> in <si> or <is>, without
// what says how it is read aloud (<rPh>).
type runs struct {
	buf    []byte
	inText bool
	aside  bool
}

// take takes a token and tells whether it ended the element.
func (r *runs) take(token xml.Token, ends string) bool {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case ends:
			r.buf = r.buf[:0]
		case "t":
			r.inText = !r.aside
		case "rPh":
			r.aside = true
		}
	case xml.EndElement:
		switch t.Name.Local {
		case ends:
			return true
		case "t":
			r.inText = false
		case "rPh":
			r.aside = false
		}
	case xml.CharData:
		if r.inText {
			r.buf = append(r.buf, t...)
		}
	}
	return false
}

func (r *runs) text() string { return unescape(string(r.buf)) }

// escaped is how characters that XML cannot hold, or would change, are written.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescape(s string) string {
	for i := 0; i+1 < len(s); i++ { // as nearly all are
		if s[i] == '_' && s[i+1] == 'x' {
			return escaped.ReplaceAllStringFunc(s, func(e string) string {
				n, _ := strconv.ParseUint(e[2:6], 16, 16) // the pattern has checked it
				return string(rune(n))
			})
		}
	}
	return s
}
