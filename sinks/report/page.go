package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// page is what the template shows. Its texts are data and unescaped; the
// template escapes them, and takes its words from the catalogue.
type page struct {
	Lang      string
	Run       string
	Input     string // the file's name; its folder is nobody's business
	Rows      int64
	Started   string
	Finished  string // "" while the run is not finished
	Complete  bool
	Simulated bool

	News     newsView
	Totals   Totals
	Spent    record.Fen
	Doubt    record.Fen
	Saved    record.Fen
	Reused   int64
	Levels   map[string]int // of the vehicles shown
	Hidden   int64          // vehicles with a reason that are not shown
	Statuses []record.Status
	Coverage []coverageRow
	Found    int64 // lookups
	Lookups  int64
	Money    []Money
	MoneySum Money
	Failures []failureView
	Cars     []carView
	Charts   []chart

	words *words
}

// coverageRow is a line of the table of coverage.
type coverageRow struct {
	Dataset record.Dataset
	Vendor  string
	Total   int64
	Counts  []int64 // in the order of page.Statuses
	Sum     bool    // over all vendors of the dataset
	Several bool    // of which there are more than one
}

// failureView is a group of failures with what to do about them.
type failureView struct {
	Class    record.Class
	Billed   string
	Count    int64
	Cost     record.Fen
	Step     string // key of the catalogue
	Args     []any
	Examples []failureExample
}

type failureExample struct {
	Row                           int64
	Vehicle, Vendor, Message, Set string // Set is the dataset
}

// page makes the view of what was collected.
func (r *Report) page() *page {
	m := &r.facts.Manifest
	p := &page{Lang: r.words.printerTag(), Run: m.RunID, Input: filepath.Base(m.Input.Path), Rows: r.totals.Rows, Started: chinaMinute(m.StartedAt.Time),
		Finished: chinaMinute(m.FinishedAt.Time), Complete: m.Complete, Simulated: r.facts.Simulated, Totals: r.totals,
		Levels: map[string]int{}, Statuses: r.shownStatuses(), Money: r.facts.Money, words: r.words}
	p.addMoney()
	p.Coverage = coverageRows(r.facts.Coverage, p.Statuses)
	for _, c := range r.facts.Coverage {
		p.Found += c.Counts[record.Found]
		for _, n := range c.Counts {
			p.Lookups += n
		}
	}
	for _, g := range r.groups.sorted() {
		p.Failures = append(p.Failures, viewFailures(g, r.words))
	}
	for _, v := range r.worst.sorted() {
		p.addCar(v)
	}
	linked := map[int64]bool{}
	for i := range p.Cars {
		linked[p.Cars[i].Row] = true
	}
	p.News = r.news.view(r.facts.Earlier, linked)
	p.Hidden = r.totals.Attention - int64(len(p.Cars))
	return p
}

// Lacks is Totals.lacks, for the cards.
func (p *page) Lacks(d record.Dataset) string { return p.Totals.lacks(d) }

func (p *page) addMoney() {
	for _, m := range p.Money {
		s := &p.MoneySum
		s.Charged, s.Reserved, s.Unknown, s.Saved = s.Charged+m.Charged, s.Reserved+m.Reserved, s.Unknown+m.Unknown, s.Saved+m.Saved
		s.Lookups, s.Reused = s.Lookups+m.Lookups, s.Reused+m.Reused
	}
	p.Spent, p.Doubt, p.Saved, p.Reused = p.MoneySum.Charged, p.MoneySum.Unknown, p.MoneySum.Saved, p.MoneySum.Reused
}

func (p *page) addCar(v *vehicle) {
	car, drawn := viewCar(v, p.words)
	if len(drawn.Times) > 1 {
		car.Chart = len(p.Charts)
		p.Charts = append(p.Charts, drawn)
	}
	p.Levels[car.Level]++
	p.Cars = append(p.Cars, car)
}

// coverageRows are a line for each vendor and, where a dataset has several, one
// for all of them.
func coverageRows(list []Coverage, shown []record.Status) []coverageRow {
	var out []coverageRow
	for _, d := range record.Datasets() {
		var vendors []coverageRow
		all := coverageRow{Dataset: d, Counts: make([]int64, len(shown)), Sum: true}
		for _, c := range list {
			if c.Dataset != d {
				continue
			}
			row := coverageRow{Dataset: d, Vendor: c.Vendor, Counts: make([]int64, len(shown))}
			for i, st := range shown {
				row.Counts[i] = c.Counts[st]
				row.Total += c.Counts[st]
				all.Counts[i] += c.Counts[st]
			}
			all.Total += row.Total
			vendors = append(vendors, row)
		}
		switch len(vendors) {
		case 0:
		case 1:
			all.Vendor = vendors[0].Vendor
			out = append(out, all)
		default:
			all.Several = true
			out = append(append(out, all), vendors...)
		}
	}
	return out
}

// Share is a part of the row's lookups in per cent, for the bar.
func (c coverageRow) Share(i int) string {
	if c.Total == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", float64(c.Counts[i])*100/float64(c.Total))
}

func viewFailures(g *failureGroup, w *words) failureView {
	step, args := g.step(w)
	v := failureView{Class: g.class, Billed: g.billed, Count: g.count, Cost: g.cost, Step: step, Args: args}
	for i := range g.first {
		f := &g.first[i]
		v.Examples = append(v.Examples, failureExample{Row: f.Row, Vehicle: cmp.Or(f.VIN, f.Plate), Vendor: f.Vendor,
			Message: clip(w.Word(f.Message), longText), Set: string(f.Dataset)})
	}
	return v
}

// step is what can be done about a group: a message of the catalogue.
func (g *failureGroup) step(w *words) (key string, args []any) {
	paid := g.billed == "yes"
	switch g.class {
	case record.MissingInput:
		if g.code == "" {
			return "step_missing_any", nil
		}
		return "step_missing_input", []any{w.Columns(strings.Fields(g.code))}
	case record.Rejected, record.DoubtfulOrder:
		if paid {
			return "step_" + string(g.class) + "_paid", nil
		}
	case record.Auth, record.Balance, record.Quota:
		return "step_account", []any{string(g.class)}
	case record.RateLimited, record.Unavailable:
		return "step_later", []any{string(g.class)}
	}
	return "step_" + string(g.class), nil
}

// chinaMinute prints a moment as people in China would; "" for none.
func chinaMinute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(record.China()).Format("2006-01-02 15:04")
}
