package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// echo answers as careless servers do while somebody debugs them: with a page, or
// with a message in the vendor's own form, that repeats the request, parameters
// and headers, and the sign in the forms in which error trackers keep such values.
func echo(w http.ResponseWriter, r *http.Request, vendor uint8, luck uint64) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	said, err := httputil.DumpRequest(r, true)
	if err != nil {
		said = []byte(err.Error())
	}
	text := string(said)
	if plain, err := url.QueryUnescape(text); err == nil {
		text += "\n" + plain
	}
	_ = r.ParseForm() // what cannot be parsed has no sign
	for _, proof := range []string{r.Form.Get("sign"), r.Header.Get("Authorization")} {
		if proof != "" {
			text += "\n" + strings.Join(spellings(proof), "\n")
		}
	}
	if luck%2 == 0 {
		send(w, http.StatusInternalServerError, htmlType, []byte("<html><body><pre>"+html.EscapeString(text)+"</pre><!-- "+text+" --></body></html>"))
		return
	}
	message, _ := json.Marshal(text) // a string always can
	send(w, http.StatusOK, answerTypes[vendor], []byte(fmt.Sprintf(echoForms[vendor], message)))
}

// spellings are how one value is written by programs that mean no harm.
func spellings(value string) []string {
	sum := sha256.Sum256([]byte(value))
	in64 := base64.StdEncoding.EncodeToString([]byte(value))
	escaped, percent := eachByte(value, `\u%04x`), eachByte(value, "%%%02X")
	return []string{in64, hex.EncodeToString([]byte(value)), hex.EncodeToString(sum[:]),
		"escaped: " + escaped, "entities: " + eachByte(value, "&#%d;"), "percent: " + percent, "twice: " + url.QueryEscape(percent),
		"basic: " + base64.StdEncoding.EncodeToString([]byte("id:"+value)), "in lines: " + in64[:len(in64)/2] + "\n" + in64[len(in64)/2:],
		"escaped inside: " + base64.URLEncoding.EncodeToString([]byte("key="+escaped)), "in a query: " + url.QueryEscape(in64)}
}

// eachByte writes every byte in a form.
func eachByte(value, form string) string {
	var out strings.Builder
	for _, b := range []byte(value) {
		fmt.Fprintf(&out, form, b)
	}
	return out.String()
}

// echoForms are the vendors' envelopes around a message, with a code that no
// page explains.
var echoForms = [...]string{
	wapiNo:    `{"codeid":10998,"message":%s,"time":"0","retdata":""}`,
	tencentNo: `{"code":"77776","message":%s,"data":{}}`,
	jumdataNo: `{"msg":%s,"code":776,"taskNo":"00000000000000000000"}`,
}
