package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// A way of writing says what another program makes of a text. Each is written here anew
// and knows nothing of how it is read.
type way struct {
	name  string
	write func(t *rapid.T, text string) string
}

// each writes each character, or only some of those that need not be written so.
func each(must string, form func(t *rapid.T, r rune) string) func(*rapid.T, string) string {
	return func(t *rapid.T, text string) string {
		var out strings.Builder
		some := rapid.IntRange(0, 4).Draw(t, "how many")
		for _, r := range text {
			if strings.ContainsRune(must, r) || rapid.IntRange(1, 4).Draw(t, "escape") <= some {
				out.WriteString(form(t, r))
			} else {
				out.WriteRune(r)
			}
		}
		return out.String()
	}
}

// bytewise writes the bytes of a character.
func bytewise(prefix string) func(t *rapid.T, r rune) string {
	return func(t *rapid.T, r rune) string {
		out := ""
		for _, b := range []byte(string(r)) {
			out += prefix + eitherCase(t, fmt.Sprintf("%02x", b))
		}
		return out
	}
}

func oneOf(t *rapid.T, forms ...string) string { return rapid.SampledFrom(forms).Draw(t, "form") }

func eitherCase(t *rapid.T, digits string) string {
	return oneOf(t, digits, strings.ToUpper(digits))
}

var entityNames = map[rune]string{'&': "amp", '<': "lt", '>': "gt", '"': "quot", '=': "equals", '+': "plus", '/': "sol", ':': "colon", '\n': "NewLine", '\\': "bsol", '%': "percnt"}

var encodings = []struct {
	name string
	enc  *base64.Encoding
}{{"std", base64.StdEncoding}, {"raw std", base64.RawStdEncoding}, {"url", base64.URLEncoding}, {"raw url", base64.RawURLEncoding}}

// around is a text with something before and behind it.
func around(t *rapid.T, text string) string {
	noise := rapid.StringOfN(rapid.SampledFrom([]rune("ab:=0%9Z/+\n 更\"&;.")), 0, 9, -1)
	return ended(noise.Draw(t, "before")) + text + noise.Draw(t, "behind")
}

// ended is a text in whose last letters no escape begins: it would take the next ones.
func ended(text string) string {
	if strings.ContainsAny(text, introducers) {
		return text + "."
	}
	return text
}

func ways() []way {
	return []way{
		{"json", each("\\\"\n\r", func(t *rapid.T, r rune) string {
			long := `\u` + eitherCase(t, fmt.Sprintf("%04x", r))
			if strings.ContainsRune(`\"/`, r) {
				return oneOf(t, long, `\`+string(r))
			}
			return long
		})},
		{"program", each(`\`, bytewise(`\x`))},
		{"script", each(`\`, func(t *rapid.T, r rune) string { return fmt.Sprintf(oneOf(t, `\u{%x}`, `\u{%06X}`), r) })},
		{"octal", each(`\`, func(t *rapid.T, r rune) string {
			out := ""
			for _, b := range []byte(string(r)) {
				out += fmt.Sprintf(`\%03o`, b)
			}
			return out
		})},
		{"html", each("&", func(t *rapid.T, r rune) string {
			if name := entityNames[r]; name != "" && rapid.Bool().Draw(t, "named") {
				return "&" + name + ";"
			}
			return fmt.Sprintf(oneOf(t, "&#%d;", "&#%04d;", "&#x%x;", "&#X%04X;"), r)
		})},
		{"percent", each("%", bytewise("%"))},
		{"query", func(_ *rapid.T, text string) string { return url.QueryEscape(text) }},
		{"printable", func(_ *rapid.T, text string) string {
			var out bytes.Buffer
			w := quotedprintable.NewWriter(&out)
			w.Binary = true
			_, _ = w.Write([]byte(text))
			_ = w.Close()
			return out.String()
		}},
		{"base64", func(t *rapid.T, text string) string {
			e := rapid.SampledFrom(encodings).Draw(t, "alphabet")
			return broken(t, e.enc.EncodeToString([]byte(around(t, text))))
		}},
		{"hex", func(t *rapid.T, text string) string {
			return broken(t, eitherCase(t, hex.EncodeToString([]byte(around(t, text)))))
		}},
		{"nothing", func(_ *rapid.T, text string) string { return text }},
	}
}

// outermost are the ways that may lie over another.
func outermost() []way {
	return append(ways(),
		way{"spaced", func(t *rapid.T, text string) string {
			sign := oneOf(t, " ", ":", "-", ", ", ", 0x")
			return strings.TrimSuffix(strings.ReplaceAll(eitherCase(t, fmt.Sprintf("% x", around(t, text))), " ", sign), sign)
		}})
}

// spelled is a text spelled by up to two ways, one on top of the other, and their names.
func spelled(t *rapid.T, text string) (said string, names []string) {
	said = text
	depth := rapid.IntRange(0, 2).Draw(t, "depth")
	for i := range depth {
		those := ways()
		if i == depth-1 {
			those = outermost()
		}
		w := rapid.SampledFrom(those).Draw(t, "way")
		said, names = w.write(t, said), append(names, w.name)
	}
	return said, names
}

// broken is broken over lines, or not.
func broken(t *rapid.T, text string) string {
	wide := rapid.SampledFrom([]int{0, 4, 19, 60, 76}).Draw(t, "width")
	if wide == 0 {
		return text
	}
	var out strings.Builder
	for len(text) > wide {
		out.WriteString(text[:wide] + oneOf(t, "\n", "\r\n", "\n\t"))
		text = text[wide:]
	}
	return out.String() + text
}

// The secret is spelled by one way on top of another, with any text around; nothing of the
// spelling is left, nothing else is touched.
func TestNoSpellingOfASecretIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := drawSecret(t)
		r := New([]string{secret})
		said, names := spelled(t, inSomeCase(t, secret))
		before, behind := ended(drawNoise(t, "lead")), drawNoise(t, "tail")
		text := before + said + behind
		got := string(r.Hide([]byte(text)))
		if len(got) != len(text) {
			t.Fatalf("%v: %q became %q", names, text, got)
		}
		if again := r.seek([]byte(got), look{levels: deepest}); len(again) > 0 {
			t.Fatalf("%v: %q became %q, which still holds it", names, text, got)
		}
		if strings.Count(got, "*")-strings.Count(text, "*") < len(secret) {
			t.Fatalf("%v: %q in %q was not found: %q", names, secret, text, got)
		}
		if !strings.HasPrefix(got, before[:max(0, len(before)-6)]) {
			t.Fatalf("%v: %q became %q: what is before was touched", names, text, got)
		}
	})
}

func drawSecret(t *rapid.T) string {
	any := rapid.StringOfN(rapid.SampledFrom([]rune(`ABCxyz019+/=_-.&%\" <>'!é更`)), Shortest, 40, -1)
	plain := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789abcdefXYZ")), Shortest, 40, -1)
	return rapid.OneOf(any, plain).Draw(t, "secret")
}

// inSomeCase is a secret as it may be repeated: in capitals, in small letters, or as it is.
func inSomeCase(t *rapid.T, secret string) string {
	return oneOf(t, secret, strings.ToUpper(secret), strings.ToLower(secret))
}

func drawNoise(t *rapid.T, name string) string {
	return rapid.OneOf(rapid.Just(""), rapid.StringN(0, 20, -1), rapid.StringMatching(`[A-Za-z0-9+/=%& :"\n-]{0,30}`)).Draw(t, name)
}

// What holds no secret is the same slice.
func TestWhatHoldsNoSecretIsLeftAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := New([]string{drawSecret(t)})
		said := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		said, _ = spelled(t, said)
		text := []byte(said)
		got := r.Hide(text)
		if string(got) != said || len(text) > 0 && &got[0] != &text[0] {
			t.Fatalf("%q became %q", said, got)
		}
	})
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	const secret = `s3cr&t/+key"1=`
	wide := func(text string, swap bool) string {
		var out []byte
		for _, u := range utf16.Encode([]rune(text)) {
			if swap {
				out = append(out, byte(u), byte(u>>8))
			} else {
				out = append(out, byte(u>>8), byte(u))
			}
		}
		return string(out)
	}
	twice, _ := json.Marshal(strings.ReplaceAll(secret, "=", `\u003d`))
	for name, said := range map[string]string{
		"json":            `s3cr\u0026t\/+key\"1\u003D`,
		"json twice":      string(twice[1 : len(twice)-1]),
		"all in one":      `s3cr%26t&sol;\u002bkey&quot;1=3D`,
		"percent twice":   `s3cr%2526t%252F%252bkey%25221%253d`,
		"percent in json": `s3cr\u002526t/\u00252Bkey%221=`,
		"html twice":      `s3cr&amp;amp;t/+key&amp;#34;1=`,
		"old javascript":  `s3cr%u0026t/+key%u00221%u003d`,
		"id and key":      base64.StdEncoding.EncodeToString([]byte("id:" + secret)),
		"its html":        base64.StdEncoding.EncodeToString([]byte(html.EscapeString("<b>" + secret))),
		"percent of it":   url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("ab" + secret))),
		"twice":           base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("a" + secret)))),
		"its hex":         base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString([]byte("a" + secret)))),
		"capitals":        strings.ToUpper(html.EscapeString("<p>") + secret),
		"script":          `s3cr\u{26}t/\u{2B}key\u{000022}\u{31}=`,
		"octal":           `s3cr\46t/\53key\42\61=`,
		"octal of octal":  `s3cr\134046t/+key\0421=`,
		"spaced":          fmt.Sprintf("% x", secret),
		"spaced, 0x":      strings.ReplaceAll(fmt.Sprintf("% X", "id:"+secret), " ", ", 0x"),
		"a certificate's": strings.ReplaceAll(fmt.Sprintf("% x", secret), " ", ":"),
		"utf-16":          wide("<p>"+secret, true),
		"utf-16, big":     wide("<p>"+secret, false),
		"utf-16 in it":    base64.StdEncoding.EncodeToString([]byte(wide("id:"+secret, true))),
		"lines in json":   strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte("ab"+secret)), "d", `d\r\n`),
	} {
		for pad := range 5 {
			lead := strings.Repeat("x", pad)
			text := lead + said + " tail"
			got := string(New([]string{secret}).Hide([]byte(text)))
			if strings.Count(got, "*") < len(secret) || len(got) != len(text) || !strings.HasPrefix(got, lead) || !strings.HasSuffix(got, " tail") {
				t.Errorf("%v: %q became %q", name, text, got)
			}
		}
	}
}

// A piece is noticed wherever it stands, from six bytes on.
func TestHoldsPiece(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for from := range secret {
		for to := from + 1; to <= len(secret); to++ {
			for lead := range 4 {
				text := "------"[:lead] + secret[from:to] + "-----"
				if got := r.HoldsPiece([]byte(text)); got != (to-from >= leastPiece) {
					t.Errorf("%q: %v", text, got)
				}
			}
		}
	}
}

// Shorter pieces may stand there by chance.
func TestShortPiecesAreLeftAlone(t *testing.T) {
	t.Parallel()
	text := []byte("5f4dcc3 and f4dcc3b, 4dcc3b5")
	if got := New([]string{"5f4dcc3b5aa765d61d8327deb882cf99"}).HidePieces(text); &got[0] != &text[0] {
		t.Errorf("%q became %q", text, got)
	}
}

// Pieces of a secret are hidden in every spelling, wherever they stand, from eight bytes on.
func TestPiecesOfASecret(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789abcdefXYZ+/=_-")), 2*Shortest, 40, -1).Draw(t, "secret")
		r := New([]string{secret})
		from := rapid.IntRange(0, len(secret)-leastBegun).Draw(t, "from")
		said := secret[from:rapid.IntRange(from+leastBegun, len(secret)).Draw(t, "to")]
		w := rapid.SampledFrom(outermost()).Draw(t, "way")
		if w.name == "base64" || w.name == "hex" || w.name == "spaced" {
			said += "1234" // a row of letters is looked into from twelve bytes on
		}
		said = w.write(t, said)
		before := ended(drawNoise(t, "lead"))
		got := string(r.HidePieces([]byte(before + said + " tail")))
		if left := readers[w.name](got[len(before):]); strings.Contains(left, secret[from:from+leastBegun]) {
			t.Fatalf("%s: %q of %q became %q", w.name, before+said, secret, got)
		}
	})
}

// Answers that were made to be mended are mended in a moment.
func BenchmarkPieces(b *testing.B) {
	r := New([]string{"5f4dcc3b5aa765d61d8327deb882cf99", "AKIDsimulatorsimulator"}).With([]string{"c2ln+bmF0/dXJlLW9mLXRoaXM="})
	for name, part := range map[string]string{"amp": "&amp;", "key": "5f4dcc3b5aa7~", "escaped": `\u0035`, "soft": "=\n"} {
		b.Run(name, func(b *testing.B) {
			body := bytes.Repeat([]byte(part), 256<<10/len(part))
			for b.Loop() {
				r.HidePieces(body)
			}
		})
	}
}

// A signature that was sent in small letters comes back in capitals, and the other way round.
func TestASignatureInOtherLetters(t *testing.T) {
	t.Parallel()
	const sent = "9e107d9d372bb6826bd81d3542a419d6"
	for _, pair := range [][2]string{{sent, strings.ToUpper(sent)}, {strings.ToUpper(sent), sent}, {sent, base64.StdEncoding.EncodeToString([]byte(strings.ToUpper(sent)))}} {
		r := New(nil).With([]string{pair[0]})
		if got := string(r.Hide([]byte("sign=" + pair[1] + " "))); strings.Contains(got, pair[1][4:12]) {
			t.Errorf("%s stays in %q", pair[1], got)
		}
	}
}
