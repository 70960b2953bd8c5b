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
	if r.ParseForm() == nil && r.Form.Get("sign") != "" {
		sign := []byte(r.Form.Get("sign"))
		sum := sha256.Sum256(sign)
		text += fmt.Sprintf("\n%s\n%s\n%s", base64.StdEncoding.EncodeToString(sign), hex.EncodeToString(sign), hex.EncodeToString(sum[:]))
	}
	if luck%2 == 0 {
		send(w, http.StatusInternalServerError, htmlType, []byte("<html><body><pre>"+html.EscapeString(text)+"</pre><!-- "+text+" --></body></html>"))
		return
	}
	message, _ := json.Marshal(text) // a string always can
	send(w, http.StatusOK, answerTypes[vendor], []byte(fmt.Sprintf(echoForms[vendor], message)))
}

// echoForms are the vendors' envelopes around a message, with a code that no
// page explains.
var echoForms = [...]string{
	wapiNo:    `{"codeid":10998,"message":%s,"time":"0","retdata":""}`,
	tencentNo: `{"code":"77776","message":%s,"data":{}}`,
	jumdataNo: `{"msg":%s,"code":776,"taskNo":"00000000000000000000"}`,
}
