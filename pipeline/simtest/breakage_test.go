package simtest

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"vehiclebatch/vendors/simulator"
)

// breakage is one way in which what stands between the program and a vendor breaks
// a call.
type breakage struct {
	status int // 0: the connection ends without an answer
	page   string
	taken  bool // the vendor has done its work before
}

// The breakages. Of those with a status the pages are what the servers send.
var (
	deadUpstream = breakage{status: http.StatusBadGateway, page: "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center></body></html>"}
	limit503     = breakage{status: http.StatusServiceUnavailable, page: "<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx/1.22.1</center></body></html>"}
	limit500     = breakage{status: http.StatusInternalServerError, page: "<html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1><hr><address>Apache/2.4.54 (Debian) Server at localhost Port 80</address></body></html>"}
	limit403     = breakage{status: http.StatusForbidden, page: "<html><body><h1>403 Forbidden</h1>Request forbidden by administrative rules.</body></html>"}
	notFound     = breakage{status: http.StatusNotFound, page: "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>"}
	cutBefore    = breakage{}
	cutAfter     = breakage{taken: true}
	timedOut     = breakage{status: http.StatusGatewayTimeout, page: "<html><head><title>504 Gateway Time-out</title></head></html>", taken: true}
)

func limited() []breakage { return []breakage{limit503, limit500, limit403} }

// brownOut are the ways in which calls fail while a vendor is overworked.
func brownOut() []breakage {
	return []breakage{deadUpstream, limit503, limit500, cutBefore, cutAfter, timedOut}
}

// trouble breaks calls until it is over.
type trouble struct {
	vendor string  // "" is all
	orders bool    // it breaks them alone
	polls  bool    // it breaks them alone
	share  float64 // of the calls
	kinds  []breakage
	rng    *rand.Rand
	picks  func(*http.Request) bool // instead of a share
	// perSecond, of a limiter: so many calls in a sliding second pass, and the
	// refused ones count as well.
	perSecond int
	seen      []time.Time
}

func (w *weather) begin(t *trouble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.troubles = append(w.troubles, t)
}

func (w *weather) end(t *trouble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.troubles = slices.DeleteFunc(w.troubles, func(x *trouble) bool { return x == t })
}

// lose makes tickets unknown.
func (w *weather) lose(gone func(ticket string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = gone
}

// fair ends all of it.
func (w *weather) fair() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.troubles, w.gone = nil, nil
}

// broken tells what breaks a call, if anything does.
func (w *weather) broken(r *http.Request) (breakage, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone != nil && !isOrder(r) && w.gone(ticketOf(r)) {
		return notFound, true
	}
	for _, t := range w.troubles {
		if t.strikes(r) {
			return t.kinds[t.rng.IntN(len(t.kinds))], true
		}
	}
	return breakage{}, false
}

func (t *trouble) strikes(r *http.Request) bool {
	if t.vendor != "" && t.vendor != vendorOf(r) || t.orders && !isOrder(r) || t.polls && isOrder(r) {
		return false
	}
	switch {
	case t.picks != nil:
		return t.picks(r)
	case t.perSecond == 0:
		return t.rng.Float64() < t.share
	}
	now := time.Now()
	t.seen = slices.DeleteFunc(t.seen, func(at time.Time) bool { return now.Sub(at) >= time.Second })
	t.seen = append(t.seen, now)
	return len(t.seen) > t.perSecond
}

func vendorOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/pyi/") {
		return simulator.WAPI
	}
	return simulator.Tencent
}

func ticketOf(r *http.Request) string {
	if t := r.FormValue("order_id"); t != "" {
		return t
	}
	return r.FormValue("car_request_id")
}

// over serves h through the weather.
func (w *weather) over(h http.Handler) http.Handler {
	h = w.mislabelled(h)
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		b, broken := w.broken(r)
		switch {
		case !broken:
			h.ServeHTTP(to, r)
			return
		case b.taken:
			h.ServeHTTP(nobody{http.Header{}}, r)
		}
		if b.status == 0 {
			panic(http.ErrAbortHandler)
		}
		to.Header().Set("Content-Type", "text/html")
		to.WriteHeader(b.status)
		_, _ = to.Write([]byte(b.page))
	})
}

// nobody gets an answer that is lost.
type nobody struct{ header http.Header }

// Header is part of http.ResponseWriter.
func (n nobody) Header() http.Header { return n.header }

// Write is part of http.ResponseWriter.
func (n nobody) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader is part of http.ResponseWriter.
func (n nobody) WriteHeader(int) {}
