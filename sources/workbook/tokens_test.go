package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// judged is the stream of tokens as encoding/xml gives it, one line each, and
// the error at its end.
func judged(from io.Reader) (lines []string, err error) {
	d := xml.NewDecoder(from)
	for {
		token, err := d.RawToken()
		if err != nil {
			return lines, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			line := fmt.Sprintf("start %q", t.Name.Local)
			for _, a := range t.Attr {
				line += fmt.Sprintf(" %q:%q=%q", a.Name.Space, a.Name.Local, a.Value)
			}
			lines = append(lines, line)
		case xml.EndElement:
			lines = append(lines, fmt.Sprintf("end %q", t.Name.Local))
		case xml.CharData:
			lines = append(lines, fmt.Sprintf("text %q", t))
		default:
			lines = append(lines, "other")
		}
	}
}

// ours is the same by tokens.
func ours(s *tokens) (lines []string, err error) {
	for {
		t, err := s.next()
		if err != nil {
			_, again := s.next()
			if again == nil {
				err = errors.New("there is a token behind the error " + err.Error())
			}
			return lines, err
		}
		switch t.kind {
		case started:
			line := fmt.Sprintf("start %q", t.name)
			for _, a := range t.attrs {
				line += fmt.Sprintf(" %q:%q=%q", a.prefix, a.name, a.value)
			}
			lines = append(lines, line)
		case ended:
			lines = append(lines, fmt.Sprintf("end %q", t.name))
		case chars:
			lines = append(lines, fmt.Sprintf("text %q", t.text))
		default:
			lines = append(lines, "other")
		}
	}
}

// hold holds both against each other, with windows and readers of all kinds.
func hold(t interface {
	Helper()
	Errorf(format string, args ...any)
}, text string) {
	t.Helper()
	want, wantErr := judged(strings.NewReader(text))
	for _, size := range []int{2, 7, 40, windowSize} {
		for name, from := range map[string]io.Reader{
			"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text)), "at once": iotest.DataErrReader(strings.NewReader(text)),
		} {
			got, err := ours(newWindow(from, size))
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%q, window %d, %s:\ngot\n%s\nwant\n%s", text, size, name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%q, window %d, %s: got the error %v, want %v", text, size, name, err, wantErr)
			}
		}
	}
}

// pieces are what sheets are made of, and what they are not.
var pieces = []string{
	`<row r="1" spans="1:6">`, `<row>`, `</row>`, `<x:row x:r="2">`, `</x:row >`, `<c r="A1" t="s">`, `<c r='B1' s="3"/>`, `<c  r = "B1" >`, "<c\n\tr=\"A1\"\r\n/>",
	`<c r="A1"t="s">`, `<v>`, `</v>`, `<is><t xml:space="preserve">`, `</t></is>`, `<f/>`, `<a:b:c>`, `<:a>`, `<a:>`, `<车 名="京">`, `</车>`, `<c x="京"/>`, `<c x="a&amp;b"/>`, `<c x="&bad;"/>`,
	`<c x="a<b"/>`, `<c x='"'/>`, `<c x=">"/>`, `<c x>`, `<c x=1>`, `<c/ >`, `< c>`, `<1>`, `</>`, `</c x>`, `<>`, `<c "">`, "<c x=\"\x01\">", "<c x=\"a\rb\">", `<c x="]]>"/>`, `<c x="1" x="2"/>`, `<c xmlns:r="u" r="A2"/>`,
	"12", "1.5E+16", "粤B12345", " \n\t", "\r\n", "a\rb", "]]", "]]>", ">", "a>b", `"'`, "&lt;&gt;&amp;&quot;&apos;", "&#65;&#x4EAC;", "&#0;", "&#xFFFF;", "&nbsp;", "&", "&;", "&#;", "&amp",
	"\x00", "\x0b", "\x7f", "\xff", "\xe4\xba", "\uFFFD", "\uFFFE", "\uFFFF", "\xed\xa0\x80", "\xef\xbb\xbf", "（）", "\U0001F697", "\xfe\xff\x00<",
	"<!-- a > b -->", "<!-- -- -->", "<!--", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", `<?xml version="1.1"?>`, `<?xml encoding="GBK"?>`, "<?a?>", "<?", "<![CDATA[a<b>&c]]>", "<![CDATA[]]>", "<![CDATA[", "<![X", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!", "<", "</", "<c", "<c r", "<c r=", "<c r=\"", "/>", "=\"",
}

func TestTokensAreThoseOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, a := range pieces {
		hold(t, a)
		hold(t, "<c>\n"+a+"<d/>")
	}
	rapid.Check(t, func(t *rapid.T) {
		hold(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), ""))
	})
}

// A reader that fails is heard after what it gave.
func TestTokensOfAReaderThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, text := range []string{"", "<c>", "<c", "<c>1", "<c>1</c", "<c>&am", "<c/>"} {
		want, wantErr := judged(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
		got, err := ours(newTokens(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))))
		if strings.Join(got, "\n") != strings.Join(want, "\n") || !errors.Is(err, broken) || !errors.Is(wantErr, broken) {
			t.Errorf("%q: got %q, %v, want %q, %v", text, got, err, want, wantErr)
		}
	}
}

// What nearly all of a sheet consists of does not go through encoding/xml.
func TestTokensOfSheetsAreQuick(t *testing.T) {
	t.Parallel()
	s := newTokens(strings.NewReader(`<row r="2" spans="1:6"><c r="A2" s="1" t="s"><v>123</v></c><c r="B2" t="inlineStr"><is><t xml:space="preserve">粤B·12345 "x" 'y'</t></is></c><x:c/></row>` + "\n"))
	for {
		t, err := s.next()
		if err != nil {
			break
		}
		_ = t
	}
	if s.given > 1 { // the line end: no tag says that the text is over
		t.Errorf("encoding/xml has read %d bytes", s.given)
	}
}

func FuzzTokens(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, text string) { hold(t, text) })
}
