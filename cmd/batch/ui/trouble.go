package ui

import (
	"math"
	"slices"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
)

// datasetName is a dataset as the screen names it.
func datasetName(p *messages.Printer, d record.Dataset) string { return p.Say("name_" + string(d)) }

// statusName is a status as the screen names it.
func statusName(p *messages.Printer, s record.Status) string { return p.Say("name_" + string(s)) }

// offerName names a vendor, or its orders of one dataset.
func offerName(said *messages.Printer, vendor string, d record.Dataset) string {
	if d == "" {
		return vendor
	}
	return said.Say("live_orders_of", vendor, datasetName(said, d))
}

// troubles lists whom nobody hears from, a line each: datasets of one vendor that
// wait for the same reason are one.
func (v *view) troubles(s runner.Snapshot) []ledger.Pause {
	var out []ledger.Pause
	for _, vendor := range s.Vendors {
		first := len(out)
		for _, p := range vendor.Pauses {
			if i := sameReason(out[first:], p); i >= 0 {
				q := &out[first+i]
				q.Dataset, q.Nth = "", max(q.Nth, p.Nth)
				if q.NextAt.IsZero() || !p.NextAt.IsZero() && p.NextAt.Before(q.NextAt) {
					q.NextAt = p.NextAt
				}
				continue
			}
			out = append(out, p)
		}
	}
	return out
}

func sameReason(list []ledger.Pause, p ledger.Pause) int {
	return slices.IndexFunc(list, func(q ledger.Pause) bool { return q.Code == p.Code && q.Message == p.Message })
}

// trouble says in a line whom nobody hears from, why, and what comes next.
func (v *view) trouble(p *ledger.Pause) string {
	name, why := offerName(v.said, p.Vendor, p.Dataset), app.Printable(v.said.Word(p.Message))
	left := p.NextAt.Sub(v.now())
	switch {
	case p.NextAt.IsZero():
		return v.said.Say("live_unwell", name, why)
	case left <= 0:
		return v.said.Say("live_trying", name, why, nth(v.said, p.Nth))
	}
	return v.said.Say("live_trouble", name, why, span(v.said, left), nth(v.said, p.Nth))
}

// newsEvery is how often the plain display looks for something to tell at once.
const newsEvery = time.Second

// news remembers what was told, so that each thing is told once.
type news struct {
	told   map[string][]told // by vendor
	halted map[ledger.Halt]bool
}

func newNews() *news { return &news{told: map[string][]told{}, halted: map[ledger.Halt]bool{}} }

// told is what was said of a vendor that does not answer.
type told struct {
	code, message string
	nth           int
}

// lines are what has happened since they were asked for last: a vendor that does not
// answer, each time it is to be tried again, one that answers again, and what was halted.
func (n *news) lines(v *view, s runner.Snapshot) []string {
	var out []string
	now := map[string][]told{}
	for _, p := range v.troubles(s) {
		t := told{p.Code, p.Message, p.Nth}
		if !slices.Contains(n.told[p.Vendor], t) {
			out = append(out, v.trouble(&p))
		}
		now[p.Vendor] = append(now[p.Vendor], t)
	}
	for _, vendor := range s.Vendors {
		for _, h := range vendor.Halts {
			if !n.halted[h] {
				out = append(out, haltWords(v.said, &h))
				n.halted[h] = true
			}
		}
		if len(n.told[vendor.Name]) > 0 && len(now[vendor.Name]) == 0 && len(vendor.Halts) == 0 {
			out = append(out, v.said.Say("live_well", vendor.Name))
		}
	}
	n.told = now
	return out
}

// haltWords say what takes no calls or orders, since when and why.
func haltWords(said *messages.Printer, h *ledger.Halt) string {
	key := "end_halt"
	if h.Stops == ledger.StopsOrders {
		key = "end_halt_orders"
	}
	return said.Say(key, haltName(said, h), string(h.Class), h.Code, app.Printable(said.Word(h.Message)), said.Say("run_china_time", app.ChinaClock(h.At)))
}

// haltName names what a halt is of; that orders are meant is said elsewhere.
func haltName(said *messages.Printer, h *ledger.Halt) string {
	if h.Dataset == "" {
		return h.Vendor
	}
	return h.Vendor + " " + datasetName(said, h.Dataset)
}

// nth is an ordinal number: 3rd, 第 3 次.
func nth(said *messages.Printer, n int) string {
	if ending := map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]; said.Lang() == messages.English && ending != "" && n%100/10 != 1 {
		return said.Number(int64(n)) + ending
	}
	return said.Say("nth", n)
}

// span is a duration in one unit: 40 s, 5 min, 2 h.
func span(said *messages.Printer, d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return said.Say("span_seconds", int64(math.Ceil(d.Seconds())))
	case d < 100*time.Minute:
		return said.Say("span_minutes", int64(math.Round(d.Minutes())))
	}
	return said.Say("span_hours", int64(math.Round(d.Hours())))
}
