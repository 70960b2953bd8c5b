package workbook

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// Limits of the comments of a sheet.
const (
	maxComments    = 64 << 20 // bytes of a part with comments
	longestComment = 4 << 10  // bytes of one that are kept
)

// Comment is what somebody has written beside a cell. The remarks of a thread are one comment.
type Comment struct {
	Row    int64
	Column int // 0 is A
	Text   string
}

// Comments returns the comments on the cells of a sheet, in the order of its rows. Newer programs write a
// thread of remarks, and beside it a comment that repeats them for older ones: of those the thread counts.
// Errors are *Error.
func (b *Book) Comments(s Sheet) ([]Comment, error) {
	_, byKind, err := b.relations(s.part)
	if err != nil {
		return nil, err
	}
	threads, err := b.commentsIn(byKind["threadedComment"], "threadedComment", "text")
	if err != nil {
		return nil, err
	}
	notes, err := b.commentsIn(byKind["comments"], "comment", "t")
	if err != nil {
		return nil, err
	}
	threaded := map[string]bool{}
	for _, c := range threads {
		threaded[Name(c.Column, c.Row)] = true
	}
	out := threads
	for _, c := range notes {
		if !threaded[Name(c.Column, c.Row)] {
			c.Text = withoutPreface(c.Text)
			out = append(out, c)
		}
	}
	out = slices.DeleteFunc(out, func(c Comment) bool { return c.Text == "" })
	slices.SortStableFunc(out, func(a, b Comment) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
	return out, nil
}

// withoutPreface takes off what Excel writes before the remarks of a thread for programs that know no threads: that they cannot show
// it, with an address that is the same in all languages, and a word such as Comment with a colon.
func withoutPreface(text string) string {
	_, rest, ok := strings.Cut(text, "linkid=870924")
	if !ok {
		return text
	}
	if _, said, ok := strings.Cut(rest, ":"); ok {
		rest = said
	}
	return strings.TrimSpace(rest)
}

// commentReader gathers the comments of a part. Those on one cell are put together.
type commentReader struct {
	element, text string // names of the elements of a comment, and of a piece of its text
	out           []Comment
	of            map[string]int // by the name of the cell, its place in out
	at            int            // the comment under work, -1: none
	gathers       bool
	aside         bool // within a reading aid of Japanese
}

// commentsIn reads a part with comments; "" is none.
func (b *Book) commentsIn(part, element, text string) ([]Comment, error) {
	g, err := b.open(part, maxComments)
	if g == nil || err != nil {
		return nil, err
	}
	defer g.Close() //nolint:errcheck // nothing was written
	r := commentReader{element: element, text: text, of: map[string]int{}, at: -1}
	d := xml.NewDecoder(g)
	var nested nesting
	for {
		token, err := d.RawToken()
		if err == nil {
			err = nested.takeXML(token)
		}
		if err = nested.whole(err); errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, g.wrong(err)
		}
		g.begin()
		r.take(token)
	}
	for i := range r.out {
		r.out[i].Text = strings.TrimSpace(string(unescape([]byte(r.out[i].Text))))
	}
	return r.out, nil
}

func (r *commentReader) take(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case r.element:
			r.begin(attribute(t, "ref"))
		case r.text:
			r.gathers = !r.aside
		case "rPh":
			r.aside = true
		}
	case xml.EndElement:
		switch t.Name.Local {
		case r.element:
			r.at = -1
		case r.text:
			r.gathers = false
		case "rPh":
			r.aside = false
		}
	case xml.CharData:
		if r.gathers && r.at >= 0 {
			c := &r.out[r.at]
			c.Text += string(t[:min(len(t), max(0, longestComment-len(c.Text)))])
		}
	}
}

// begin begins a comment on a cell, or goes on with the one that the cell has.
func (r *commentReader) begin(ref string) {
	r.at = -1
	first, _, _ := strings.Cut(ref, ":")
	column, row, ok := parseName(strings.ReplaceAll(first, "$", ""))
	if !ok {
		return
	}
	name := Name(column, row)
	at, known := r.of[name]
	if !known {
		at = len(r.out)
		r.out, r.of[name] = append(r.out, Comment{Row: row, Column: column}), at
	} else if len(r.out[at].Text) < longestComment {
		r.out[at].Text += "\n"
	}
	r.at = at
}
