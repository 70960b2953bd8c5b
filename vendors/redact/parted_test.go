package redact

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// partings are what stands in wrapped text, between the lines of base64 and between groups of digits.
var partings = []string{" ", "\n", "\r\n", "\n    ", "\t", "  ", `\n`, `\r\n`, `\u000a`, `\t`, "&#10;", "&nbsp;", "%0A", "%20", "\u00a0", "\u3000", "\n\n", `\u3000`, "<br>\n", " <br/>"}

// A key with white space in it is hidden, wherever that stands, as it is and in base64 and hex.
func TestAKeyThatWhiteSpaceParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789abcdefXYZ-_")), leastParted, 40, -1).Draw(t, "secret")
		lead := rapid.StringMatching(`[a-z0-9]{0,7}`).Draw(t, "lead")
		said := secret
		switch oneOf(t, "plain", "base64", "hex") {
		case "base64":
			said = rapid.SampledFrom(encodings).Draw(t, "alphabet").enc.EncodeToString([]byte(lead + secret))
		case "hex":
			said = eitherCase(t, hex.EncodeToString([]byte(lead+secret)))
		}
		parting := rapid.SampledFrom(partings).Draw(t, "parting")
		wide := rapid.IntRange(1, len(said)-1).Draw(t, "width")
		var parts []string
		for rest := said; rest != ""; rest = rest[min(wide, len(rest)):] {
			parts = append(parts, rest[:min(wide, len(rest))])
		}
		before, behind := `{"key":"`, `","content":"更换机油 and filter"}`
		text := before + strings.Join(parts, parting) + behind
		got := string(New([]string{secret}).Hide([]byte(text)))
		if len(got) != len(text) || !strings.HasPrefix(got, before) || !strings.HasSuffix(got, behind) || strings.Count(got, "*") < len(secret) {
			t.Fatalf("%q in %q was not found: %q", secret, text, got)
		}
	})
}

// Lines of MIME that were put one behind the other.
func TestLinesOfMIMEWithBlanksBetween(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	for lead := range 80 {
		said := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", lead) + secret + strings.Repeat(" more of it", 9)))
		var text string
		for ; len(said) > 76; said = said[76:] {
			text += said[:76] + " "
		}
		got := string(New([]string{secret}).Hide([]byte(text + said)))
		if strings.Count(got, "*") < len(secret)*4/3-1 || strings.Count(got, "*") > len(secret)*4/3+5 {
			t.Errorf("after %d bytes %q became %q", lead, text+said, got)
		}
	}
}

// Ordinary words and numbers are no short key, though they would be one without the blanks between them.
func TestOrdinaryTextIsNoShortKey(t *testing.T) {
	t.Parallel()
	for secret, text := range map[string]string{
		"changeengine": "change engine oil", "123456789012": "1234 5678 9012 km", "replacefilter": "replace\nfilter",
		"abcdefghijklmnopqrst": "abcdefghijklm\n", "5f4dcc3b5aa765d61d8327deb882cf99": "5f4dcc3b 5aa765d6 1d8327de",
	} {
		if got := New([]string{secret}).Hide([]byte(text + " .")); string(got) != text+" ." {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// An answer may break off in the middle of a key that white space parts.
func TestABeginningThatWhiteSpaceParts(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	r := New([]string{secret})
	for name, said := range map[string]string{"nothing": secret, "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "hex": hex.EncodeToString([]byte(secret))} {
		for _, parting := range []string{" ", "\n  "} {
			for wide := 1; wide < 20; wide += 3 {
				text := "key="
				for rest := said; rest != ""; rest = rest[min(wide, len(rest)):] {
					text += rest[:min(wide, len(rest))] + parting
				}
				for n := range len(text) {
					got := string(r.Hide([]byte(text[:n])))
					left := readers[name](strings.Join(strings.Fields(strings.TrimPrefix(got, "key=")), ""))
					if k := longestBeginning(left, secret); k >= leastBegun {
						t.Fatalf("%s: %q became %q, in which %d bytes are left", name, text[:n], got, k)
					}
				}
			}
		}
	}
}
