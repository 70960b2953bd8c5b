package redact

import (
	"bytes"
	"encoding/hex"
	"html"
	"net/url"
	"strings"
	"testing"
)

// FuzzHide holds the quick search against plain decoders.
func FuzzHide(f *testing.F) {
	f.Add([]byte("xxsecret-onexsecret-two"), "secret-one", "secret-two")
	f.Add([]byte("aaaaaaaaaaaaaaaaaaaa"), "aaaaaaaa", "aaaaaaaaaaaa")
	f.Add([]byte("12345678"), "12345678", "")
	f.Add([]byte("c2VjcmV0JTIwb2YlMjB0d2VsdmU"), "secret of twelve", "")
	f.Add([]byte("=\n=\n\\\\\\u0061%%2525&amp;amp;#x61;\x00a\x00b\x00c"), "secret&of=twelve", `\\\\\\\\\\\\`)
	f.Fuzz(func(t *testing.T, body []byte, one, two string) {
		before, secrets := bytes.Clone(body), []string{one, two}
		got := New(secrets).Hide(body)
		if !bytes.Equal(body, before) || len(got) != len(body) {
			t.Fatalf("%q became %q, and returned %q", before, body, got)
		}
		for i := range got {
			if got[i] != body[i] && got[i] != '*' {
				t.Fatalf("%q became %q", body, got)
			}
		}
		for _, s := range secrets {
			for how, text := range plainly(string(got)) {
				if len(s) >= Shortest && !strings.Contains(s, "*") && strings.Contains(text, s) {
					t.Fatalf("%q became %q, which holds %q (%s)", body, got, s, how)
				}
			}
		}
	})
}

// plainly is a text as the standard library decodes it.
func plainly(text string) map[string]string {
	out := map[string]string{"raw": text, "html": html.UnescapeString(text)}
	out["path"], _ = url.PathUnescape(text)
	for _, e := range encodings {
		b, _ := e.enc.DecodeString(text)
		out[e.name] = string(b)
	}
	b, _ := hex.DecodeString(text)
	out["hex"] = string(b)
	return out
}
