package simulator

import (
	"bytes"
	"net/http"
	"strconv"
)

const htmlType = "text/html; charset=utf-8"

// goneTicket answers who asks for a ticket that is gone.
func (x *exchange) goneTicket() {
	page := gatewayPages[GoneTicket]
	x.status, x.contentType = page.status, htmlType
	x.out.b = append(x.out.b, page.page...)
}

var gatewayPages = map[Fault]struct {
	status int
	page   string
}{
	TooMany:      {http.StatusTooManyRequests, "<html><head><title>429 Too Many Requests</title></head><body><center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center></body></html>"},
	ServerError:  {http.StatusInternalServerError, "<html><head><title>500 Internal Server Error</title></head><body><center><h1>500 Internal Server Error</h1></center><hr><center>nginx</center></body></html>"},
	BadGateway:   {http.StatusBadGateway, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>"},
	Unavailable:  {http.StatusServiceUnavailable, "<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>"},
	GatewayAfter: {http.StatusGatewayTimeout, "<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center><hr><center>nginx</center></body></html>"},
	Limit503:     {http.StatusServiceUnavailable, nginxPage("503 Service Temporarily Unavailable")},
	DeadUpstream: {http.StatusBadGateway, nginxPage("502 Bad Gateway")},
	GoneTicket:   {http.StatusNotFound, nginxPage("404 Not Found")},
	Limit403:     {http.StatusForbidden, "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"},
	Limit500: {http.StatusInternalServerError, "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>500 Internal Server Error</title>\n</head><body>\n" +
		"<h1>Internal Server Error</h1>\n<p>The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>\n<hr>\n" +
		"<address>Apache/2.4.57 (Debian) Server at api.example Port 443</address>\n</body></html>\n"},
	HTML: {http.StatusOK, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>登录</title></head><body><form action=\"/login\"><input name=\"username\"></form></body></html>"},
}

// nginxPage is the page that nginx 1.22 makes itself.
func nginxPage(title string) string {
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
}

var unknownCodes = [...]string{
	wapiNo:    `{"codeid":10999,"message":"系统升级中","time":"0","retdata":""}`,
	tencentNo: `{"code":"77777","message":"渠道异常","data":{}}`,
	jumdataNo: `{"msg":"渠道异常","code":777,"taskNo":"00000000000000000000"}`,
}

// wrongTypes are bodies that are JSON and yet not an answer. The last two of
// each say that all went well, which the vendor's page takes for a charge.
var wrongTypes = [...][]string{
	wapiNo: {`[]`, `"ok"`, `null`, `{"codeid":{"value":10000},"message":17,"retdata":true}`,
		`{"codeid":10000,"message":"查询成功","retdata":"系统繁忙"}`, `{"codeid":10000,"retdata":[[],[]]}`},
	tencentNo: {`[]`, `"ok"`, `null`, `{"code":[],"message":{},"data":"x"}`,
		`{"code":"0","message":"成功","data":[]}`, `{"code":"0","message":"成功","data":{"result":{},"detail":7}}`},
	jumdataNo: {`[]`, `"ok"`, `null`, `{"msg":[],"code":"ok","data":0}`,
		`{"msg":"成功","code":200,"data":"x"}`, `{"msg":"成功","code":200,"data":[[1]]}`},
}

// strikeBefore answers a call that the vendor never sees. It is true when the
// fault was such a one.
func (s *Simulator) strikeBefore(w http.ResponseWriter, r *http.Request, f Fault, p *plan, vendor uint8, luck uint64) bool {
	switch f {
	case Echo:
		echo(w, r, vendor, luck)
		return true
	case CutBefore:
		panic(http.ErrAbortHandler)
	case UnknownCode:
		send(w, http.StatusOK, answerTypes[vendor], []byte(unknownCodes[vendor]))
		return true
	case TooMany, Unavailable:
		w.Header().Set("Retry-After", strconv.FormatInt(retryAfter(p.RetryAfter), 10))
	}
	page, ok := gatewayPages[f]
	if !ok || f.Handled() {
		return false
	}
	send(w, page.status, htmlType, []byte(page.page))
	return true
}

// sendBroken sends an answer as the fault wants it.
func (s *Simulator) sendBroken(w http.ResponseWriter, x *exchange, f Fault, p *plan, luck uint64) {
	switch f {
	case CutAfter:
		panic(http.ErrAbortHandler)
	case CutHalf:
		cutInBody(w, x)
	case Truncated:
		x.out.b = x.out.b[:len(x.out.b)/2]
	case HTML, GatewayAfter:
		page := gatewayPages[f]
		send(w, page.status, htmlType, []byte(page.page))
		return
	case WrongType:
		forms := wrongTypes[x.ep.vendor]
		if !x.wentWell() { // nor does a broken answer claim what was never billed
			forms = forms[:len(forms)-2]
		}
		x.out.b = append(x.out.b[:0], forms[luck%uint64(len(forms))]...)
	case Slow:
		// A customer who has gone by then does not undo what was billed.
		if s.clock.Sleep(x.req.Context(), p.Delay) != nil {
			panic(http.ErrAbortHandler)
		}
	}
	send(w, x.status, x.contentType, x.out.b)
}

// wentWell tells whether the whole answer has the code of success.
func (x *exchange) wentWell() bool {
	for _, code := range successCodes[x.ep.vendor] {
		if bytes.Contains(x.out.b, []byte(code)) {
			return true
		}
	}
	return false
}

var successCodes = [...][]string{
	wapiNo: {`"codeid":10000`, `"codeid":"10000"`}, tencentNo: {`"code":"0"`}, jumdataNo: {`"code":200`},
}

// cutInBody announces the whole body, sends half of it and hangs up.
func cutInBody(w http.ResponseWriter, x *exchange) {
	w.Header().Set("Content-Type", x.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(x.out.b)))
	w.WriteHeader(x.status)
	// The connection ends in any case; whether this half arrives is its luck.
	_, _ = w.Write(x.out.b[:len(x.out.b)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
