package redact

import (
	"fmt"
	"strings"
	"testing"
)

// unseen is what cleaning takes out of a text.
var unseen = []string{"\u200b", "\u00ad", "\ufeff", "\u202a", "\u2060", "\u180e", "\u061c", "\U000e0001", "\u0301", "\ufe0f", "\x01", `\u0001`, "&shy;", "&#8203;", "&#x200B;", "&zwj;", "&ZeroWidthSpace;", `\u180e`,
	`<span style="` + strings.Repeat("x", 300) + `">`, "&amp;shy;", `\u200b`, `\u00AD`,
	`<a title="2>1">`, `<a title=\"2>1\">`, `<a title=&quot;2&gt;1&quot;>`, `<a title = "<b>">`, `\u003ca title\u003d\u0022>\u0022\u003e`, `<a title='>' alt="3.6 > 2">`, `<i x=">"/>`,
	"<!-- 2 > 1 -->", "<!-- <b> -- > --!>", "&lt;!-- 2 &gt; 1 --&gt;", `\u003c!-- \u003e -\u002d\u003e`, "<![CDATA[]]>", "&lt;![CDATA[]]&gt;", "<!---->",
	"%E2%80%8B", "%e2%80%8b", "%EF%BB%BF", "%25E2%2580%258B", "\u115f", "\u3164", "\uffa0", "<b></b>", "</i>", `<span class="x">`, "<br/>", "<!-- x -->", "&lt;b&gt;&lt;/b&gt;", `\u003cb\u003e`, `\u003cb\u003E\u200b`,
}

// A key that is cut into pieces by what cleaning takes out of a text is hidden before
// the pieces are put together.
func TestWhatCleaningPutsTogether(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for _, cut := range unseen {
		said := []string{strings.Join(strings.Split(secret, ""), cut)}
		for i := 1; i < len(secret); i += 5 {
			said = append(said, secret[:i]+cut+secret[i:])
		}
		for _, s := range said {
			text := "key=" + s + ", 里程 3.6 <b>"
			got := string(r.Hide([]byte(text)))
			if seen, _ := (&cleaning{}).visible([]byte(got)); strings.Contains(string(seen), secret) || strings.Contains(got, secret) {
				t.Errorf("%q became %q", text, got)
			}
			if len(got) != len(text) || !strings.HasPrefix(got, "key=*") || !strings.HasSuffix(got, "*, 里程 3.6 <b>") {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
}

// An answer may end in the middle of a key.
func TestTheBeginningOfASecretAtTheEnd(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for n := range len(secret) {
		got := string(r.Hide([]byte("key=" + secret[:n])))
		want := "key=" + strings.Repeat("*", n)
		if n < leastBegun {
			want = "key=" + secret[:n]
		}
		if got != want {
			t.Errorf("%d bytes of it: %q", n, got)
		}
	}
}

// What is left of a tag, an escape or a character at the end hides no beginning of a key before it.
func TestTheBeginningOfASecretBeforeAPieceOfWhatIsNotSeen(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for _, cut := range unseen {
		said := secret[:5] + cut + secret[5:9] + cut + secret[9:]
		from := 9 + len(cut)
		for n := from; n < len(said); n++ {
			got := string(r.Hide([]byte("key=" + said[:n])))
			if !strings.HasPrefix(got, "key=*****") || strings.Contains(got, secret[5:9]) || len(got) != 4+n {
				t.Errorf("%q became %q", said[:n], got)
			}
		}
	}
}

func TestTheBeginningOfASecretInUTF16(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	wide := "k\x00=\x00" + strings.Join(strings.Split(secret, ""), "\x00")
	for n := 4 + 2*leastBegun - 1; n < len(wide); n++ {
		got := string(New([]string{secret}).Hide([]byte(wide[:n])))
		if strings.ContainsAny(got[4:], secret) || len(got) != n {
			t.Errorf("%q became %q", wide[:n], got)
		}
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a<b>c</b>d": "acd", "1 < 2 and 3 > 2": "1 < 2 and 3 > 2", "a<b": "a<b", "a<" + strings.Repeat("b", mostTag) + ">c": "a<" + strings.Repeat("b", mostTag) + ">c",
		"x&shy;y": "xy", "更\u200b换": "更换", "&lt;p&gt;q": "q", "a<b<c>d": "a<bd", "plain": "plain", "<>": "<>",
	} {
		got, kept := (&cleaning{}).visible([]byte(text))
		if kept == nil {
			got = []byte(text)
		}
		if string(got) != want {
			t.Errorf("%q is seen as %q, want %q", text, got, want)
		}
		parts := ""
		for at := range places(kept) {
			parts += text[at.from:at.to]
		}
		if kept != nil && parts != string(got) {
			t.Errorf("%q: what is kept is %q, and not %q", text, parts, got)
		}
	}
}

// Who takes the first > for the end of a tag, and who knows of quotes, see two texts: neither holds the key.
func TestTagsAreReadInBothWays(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for _, text := range []string{secret[:9] + `<a x=">` + secret[9:] + `">.`, secret[:9] + `<a x=">">` + secret[9:] + `.`, secret[:9] + `<a x=">` + secret[9:] + `.`} {
		if got := string(r.Hide([]byte(text))); strings.Contains(got, secret[:9]) || strings.Contains(got, secret[9:]) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func BenchmarkTags(b *testing.B) {
	r := New([]string{"5f4dcc3b5aa765d61d8327deb882cf99"})
	text := []byte(strings.Repeat(fmt.Sprintf(`{"content":"更换机油<br>机滤&nbsp;%s","mileage":"%d"},`, "及空调滤", 61000), 200))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Hide(text)
	}
}

// What is in CDATA is text, and goes on where it ends.
func TestPlainTextInMarkupIsPutTogether(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for _, text := range []string{
		"<key>" + secret[:5] + "<![CDATA[" + secret[5:] + "]]></key>", "<key><![CDATA[" + secret[:5] + "]]>" + secret[5:] + "</key>",
		"<![CDATA[" + secret[:9] + "]]><![CDATA[" + secret[9:20] + "]]&gt;" + secret[20:] + ".", secret[:9] + `<!-- x > "y -->` + secret[9:12] + `<a b=">">` + secret[12:] + ".",
		secret[:9] + "\n<!-- > -->\n" + secret[9:] + ".",
	} {
		got := string(r.Hide([]byte(text)))
		if strings.Count(got, "*") < len(secret) || len(got) != len(text) || strings.ContainsAny(strings.NewReplacer("<key>", "", "</key>", "", "<![CDATA[", "", "]]>", "").Replace(got), secret) {
			t.Errorf("%q became %q", text, got)
		}
	}
}
