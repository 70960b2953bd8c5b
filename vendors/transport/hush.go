package transport

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // what a vendor may have made of a secret, not what protects one
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"vehiclebatch/vendors"
)

// Hush returns a sender whose answers hold none of the secrets, and nothing
// that proves the request they answer (its Authorization, its sign or
// signature): each byte of one becomes a star before anybody reads or stores
// the answer. All other bytes are as they came, and their count as well.
//
// An error page that repeats the request would else put the account's keys into
// the ledger. Secrets are known raw, escaped for URLs, JSON and HTML, in base64
// and hex, and as their MD5, SHA-1 and SHA-256. Those shorter than 12 bytes are
// left alone: they would occur by chance.
func Hush(next vendors.Sender, secrets []string) vendors.Sender {
	var forms []string
	for _, s := range secrets {
		if len(s) >= shortestSecret {
			forms = append(append(forms, spellings(s)...), digests(s)...)
		}
	}
	return &hushed{next: next, secrets: newNeedles(forms)}
}

const shortestSecret = 12

type hushed struct {
	next    vendors.Sender
	secrets *needles
}

var _ vendors.Sender = (*hushed)(nil)

// Do sends the request and hides what it must not say again.
func (h *hushed) Do(req *http.Request, turn vendors.Turn) vendors.Response {
	var forms []string
	for _, p := range proofs(req) {
		if len(p) >= shortestSecret {
			forms = append(forms, spellings(p)...)
		}
	}
	resp := h.next.Do(req, turn)
	// Both look at what came: the one must not break up what the other seeks.
	own := newNeedles(forms)
	hide := func(said []byte) []byte { return own.hide(h.secrets.hide(said, said), said) }
	resp.Body, resp.Head = hide(resp.Body), vendors.Head(hide([]byte(resp.Head)))
	return resp
}

// spellings are the ways in which a page may repeat a text.
func spellings(s string) []string {
	query := url.QueryEscape(s)
	quoted, _ := json.Marshal(s) // a string always can
	inner := string(quoted[1 : len(quoted)-1])
	return []string{s, query, percentHex.ReplaceAllStringFunc(query, strings.ToLower), url.PathEscape(s), inner,
		strings.ReplaceAll(s, "/", `\/`), strings.ReplaceAll(inner, "/", `\/`), html.EscapeString(s),
		strings.ReplaceAll(inner, "+", `\u002B`), strings.ReplaceAll(inner, "+", `\u002b`)}
}

var percentHex = regexp.MustCompile(`%[0-9A-F]{2}`)

// digests are what can be made of a secret and still be of use, or tell it.
func digests(s string) []string {
	b := []byte(s)
	sum5, sum1, sum256 := md5.Sum(b), sha1.Sum(b), sha256.Sum256(b) //nolint:gosec // see the imports
	out := []string{base64.RawStdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b)}
	for _, raw := range [][]byte{b, sum5[:], sum1[:], sum256[:]} {
		text := hex.EncodeToString(raw)
		out = append(out, text, strings.ToUpper(text))
	}
	return out
}

// proofs are what a request shows to be believed: by it, and within its time, the
// same order could be placed again.
func proofs(req *http.Request) []string {
	auth := req.Header.Get("Authorization")
	out := []string{auth}
	for _, m := range signature.FindAllStringSubmatch(auth, -1) {
		out = append(out, m[1], strings.TrimRight(m[1], "=")) // padding may be escaped, and tells nothing
	}
	fields := req.URL.Query()
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && req.Body != nil {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		req.Body = io.NopCloser(bytes.NewReader(body))
		if form, ferr := url.ParseQuery(string(body)); err == nil && ferr == nil {
			out = append(append(out, form["sign"]...), form["signature"]...)
		}
	}
	return append(append(out, fields["sign"]...), fields["signature"]...)
}

// signature finds it in the header of either kind: signature="…", or JSON.
var signature = regexp.MustCompile(`signature"?\s*[=:]\s*"([^"]*)"`)

// needles are texts to be found in bodies. Every text is longer than six bytes, so
// wherever it stands it covers four bytes that begin at a multiple of four: a
// body is looked at every four bytes only, against a table of what may stand there.
type needles struct {
	texts []string
	maybe [1024]uint64
}

const window = 4

func newNeedles(texts []string) *needles {
	n := &needles{}
	slices.Sort(texts)
	for _, s := range slices.Compact(texts) {
		if len(s) < shortestSecret {
			continue
		}
		n.texts = append(n.texts, s)
		for i := range window {
			at := slot([]byte(s[i : i+window]))
			n.maybe[at>>6] |= 1 << (at & 63)
		}
	}
	return n
}

// slot is where four bytes stand in the table.
func slot(b []byte) uint32 { return binary.LittleEndian.Uint32(b) * 2654435761 >> 16 }

// hide returns out with stars for every byte of a needle in body. When out is the
// body itself and there is none, it is returned as it is; the body is never changed.
func (n *needles) hide(out, body []byte) []byte {
	if len(n.texts) == 0 {
		return out
	}
	for p := 0; p+window <= len(body); p += window {
		at := slot(body[p:])
		if n.maybe[at>>6]&(1<<(at&63)) == 0 {
			continue
		}
		for start := max(0, p-window+1); start <= p; start++ {
			out = n.hideAt(out, body, start)
		}
	}
	return out
}

func (n *needles) hideAt(out, body []byte, start int) []byte {
	for _, s := range n.texts {
		if len(body)-start < len(s) || string(body[start:start+len(s)]) != s {
			continue
		}
		if &out[0] == &body[0] {
			out = bytes.Clone(body)
		}
		for i := range len(s) {
			out[start+i] = '*'
		}
	}
	return out
}
