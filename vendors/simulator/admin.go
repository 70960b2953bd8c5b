package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// BookPage is the book as GET /_simulator/book shows it. The lists are left
// out on ?lists=0.
type BookPage struct {
	Requests map[string]int64 `json:"requests"`
	Refused  map[string]int64 `json:"refused_429"`
	Totals   map[string]int64 `json:"totals_fen"`
	Doubles  []Double         `json:"doubles"`
	Orders   []Order          `json:"orders,omitempty"`
	Entries  []Entry          `json:"entries,omitempty"`
}

func (b *Book) page(lists bool) BookPage {
	p := BookPage{Requests: b.Requests(), Refused: b.Refused(), Totals: map[string]int64{}, Doubles: b.Doubles()}
	for _, v := range vendorNames {
		p.Totals[v] = b.Total(v)
	}
	if lists {
		p.Orders, p.Entries = b.Orders(), b.Entries()
	}
	return p
}

// serveAdmin answers what only a simulator has:
// GET /_simulator/book, GET /_simulator/statement?vendor=V, POST /_simulator/top-up?vendor=V&fen=N&calls=N,
// POST /_simulator/account?vendor=V&code=C, POST /_simulator/faults with Faults as JSON.
func (s *Simulator) serveAdmin(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch r.Method + " " + r.URL.Path {
	case "GET /_simulator/book":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		// An error here is a reader who has gone.
		_ = json.NewEncoder(w).Encode(s.book.page(q.Get("lists") != "0"))
	case "GET /_simulator/statement":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_ = s.book.WriteStatement(w, q.Get("vendor")) // an error is a reader who has gone
	case "POST /_simulator/top-up":
		fen, calls := wholeNumber(q.Get("fen")), wholeNumber(q.Get("calls"))
		s.TopUp(q.Get("vendor"), fen, calls)
		w.WriteHeader(http.StatusNoContent)
	case "POST /_simulator/account":
		s.SetAccount(q.Get("vendor"), q.Get("code"))
		w.WriteHeader(http.StatusNoContent)
	case "POST /_simulator/faults":
		s.takeFaults(w, r)
	default:
		http.NotFound(w, r)
	}
}

// takeFaults puts the plan of a request in place, or says what is wrong with it.
func (s *Simulator) takeFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm))
	d.DisallowUnknownFields()
	err := d.Decode(&f)
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		http.Error(w, "the plan of faults: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.SetFaults(f)
	w.WriteHeader(http.StatusNoContent)
}

// wholeNumber reads a number; what is none counts as 0.
func wholeNumber(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
