package redact

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Readers undo what the ways of the same names write, as far as it goes: what is left of an
// escape at the end is nothing.
var readers = map[string]func(text string) string{
	"json":      func(text string) string { return unescaped(text, jsonEscape) },
	"program":   func(text string) string { return unescaped(text, programEscape) },
	"script":    func(text string) string { return unescaped(text, scriptEscape) },
	"octal":     readOctal,
	"html":      func(text string) string { return html.UnescapeString(entityPiece.ReplaceAllString(text, "")) },
	"percent":   func(text string) string { return unescaped(text, percentEscape) },
	"query":     func(text string) string { return unescaped(strings.ReplaceAll(text, "+", " "), percentEscape) },
	"printable": readPrintable,
	"base64":    readBase64,
	"hex":       readHex,
	"spaced":    readSpaced,
	"nothing":   func(text string) string { return text },
}

// The first group of an escape is a number, the second stands for itself.
var (
	jsonEscape    = regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|(["\\/])|(?:u[0-9a-fA-F]{0,3})?$)`)
	programEscape = regexp.MustCompile(`\\(?:x([0-9a-fA-F]{2})|()(?:x[0-9a-fA-F]?)?$)`)
	scriptEscape  = regexp.MustCompile(`\\(?:u\{([0-9a-fA-F]+)\}|()(?:u(?:\{[0-9a-fA-F]*)?)?$)`)
	octalEscape   = regexp.MustCompile(`\\([0-7]{3})|\\[0-7]{0,2}$`)
	hexPair       = regexp.MustCompile(`\b[0-9a-fA-F]{2}\b|[0-9a-fA-F]{2}\b`)
	percentEscape = regexp.MustCompile(`%(?:([0-9a-fA-F]{2})|()[0-9a-fA-F]?$)`)
	printablePart = regexp.MustCompile(`=[0-9A-F\r]?$`)
	entityPiece   = regexp.MustCompile(`&[^;]*$`)
)

// unescaped puts in the place of each escape what it stands for.
func unescaped(text string, escape *regexp.Regexp) string {
	return escape.ReplaceAllStringFunc(text, func(whole string) string {
		m := escape.FindStringSubmatch(whole)
		value, err := strconv.ParseUint(m[1], 16, 32)
		switch {
		case err != nil:
			return m[2]
		case len(m[1]) == 2 && escape != scriptEscape:
			return string([]byte{byte(value)})
		}
		return string(rune(value))
	})
}

func readOctal(text string) string {
	return octalEscape.ReplaceAllStringFunc(text, func(whole string) string {
		value, err := strconv.ParseUint(whole[1:], 8, 8)
		if err != nil || len(whole) < 4 {
			return ""
		}
		return string([]byte{byte(value)})
	})
}

func readPrintable(text string) string {
	out, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(printablePart.ReplaceAllString(text, ""))))
	return string(out)
}

// row is a text up to where a row of letters ends that may be broken over lines.
func row(text string, isLetter func(r rune) bool) string {
	text = strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(text)
	if end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) }); end >= 0 {
		text = text[:end]
	}
	return text
}

func readBase64(text string) string {
	text = row(strings.NewReplacer("-", "+", "_", "/").Replace(text), func(r rune) bool { return r < 0x80 && base64Value[r] >= 0 })
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	out, _ := base64.RawStdEncoding.DecodeString(text)
	return string(out)
}

func readHex(text string) string {
	text = row(text, func(r rune) bool { return r < 0x80 && hexDigits[r] })
	out, _ := hex.DecodeString(text[:len(text)/2*2])
	return string(out)
}

func readSpaced(text string) string {
	var out []byte
	for _, pair := range hexPair.FindAllString(text, -1) {
		b, _ := hex.DecodeString(pair)
		out = append(out, b...)
	}
	return string(out)
}

// longestBeginning is how much of the beginning of a secret stands in a text.
func longestBeginning(text, secret string) int {
	for n := len(secret); n > 0; n-- {
		if strings.Contains(text, secret[:n]) {
			return n
		}
	}
	return 0
}

// An answer may break off in the middle of a key, however that is spelled: whoever undoes the
// spelling can read less of it than is taken for its beginning.
func TestABeginningInAnySpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := drawSecret(t)
		shown := inSomeCase(t, secret)
		said, names := spelled(t, shown)
		read := func(text string) string {
			for i := len(names) - 1; i >= 0; i-- {
				text = readers[names[i]](text)
			}
			return text
		}
		before := ended(drawNoise(t, "lead"))
		text := before + said[:rapid.IntRange(0, len(said)).Draw(t, "cut")]
		got := string(New([]string{secret}).Hide([]byte(text)))
		if len(got) != len(text) || !strings.HasPrefix(got, before[:max(0, len(before)-6)]) {
			t.Fatalf("%q: %q became %q", names, text, got)
		}
		if n := longestBeginning(read(got[len(before):]), shown); n >= leastBegun {
			t.Fatalf("%q: %q became %q, in which %d bytes of %q are left", names, text, got, n, shown)
		}
	})
}

// The readers know what the ways write, else the test above would hold of anything.
func TestReadersUndoTheWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := drawSecret(t)
		w := rapid.SampledFrom(outermost()).Draw(t, "way")
		if said := w.write(t, secret); longestBeginning(readers[w.name](said), secret) < len(secret) {
			t.Fatalf("%s: %q is written as %q, and read as %q", w.name, secret, said, readers[w.name](said))
		}
	})
}
