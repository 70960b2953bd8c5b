package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// How much of a vehicle is shown. A vendor may send thousands of visits; the
// tables have them all.
const (
	mostVisits     = 120
	mostViolations = 80
	mostReadings   = 2000 // of a chart
	longText       = 240  // characters of what was done
	shortText      = 60
)

// carView is a vehicle's line in the list and its section.
type carView struct {
	Row           int64
	VIN, Plate    string
	Model         string
	Level         string
	Score         int
	Reasons       []reason
	Cost          record.Fen
	Report        *record.Report
	Valuation     *record.Valuation
	Derived       string // what the valuation was asked with that is not the input's
	Lost          record.Opt[int64]
	Unpaid        offences
	AllViolations int
	Vendors       string // that report, when they are several
	VisitCount    int
	Visits        []sinks.VisitRecord // the newest first
	OlderVisits   int
	Violations    []record.Violation // the newest first
	OlderOnes     int
	Problems      []string
	Statuses      []datasetStatus
	Chart         int // index of the chart, -1 for none
	Lowest        int64
	Highest       int64
	Readings      int
}

type datasetStatus struct {
	Dataset record.Dataset
	Status  record.Status
}

// RanBack tells whether the odometer ran backwards: what is reckoned from its readings means nothing then.
func (c *carView) RanBack() bool { return c.Report != nil && findRollbacks(c.Report).count > 0 }

// Find is what the list is searched in.
func (c *carView) Find() string {
	return strings.ToLower(strings.Join([]string{c.VIN, c.Plate, c.Model}, " "))
}

func viewCar(v *vehicle, w *words) (carView, chart) {
	c := carView{Row: v.Vehicle.Row, VIN: v.Vehicle.VIN, Plate: v.Vehicle.Plate, Level: level(v.score), Score: v.score, Reasons: v.reasons,
		Cost: v.Cost, Unpaid: unpaidOffences(v.violations), AllViolations: len(v.violations), Problems: clipAll(v.Problems, w), Chart: -1}
	for i, d := range record.Datasets() {
		if st := statuses(&v.VehicleRow)[i]; st != record.Found && st != record.NotRequested {
			c.Statuses = append(c.Statuses, datasetStatus{d, st})
		}
	}
	var drawn chart
	if v.report != nil {
		c.Report, c.VisitCount = v.report, len(v.report.Visits)
		if v.reports.several() {
			c.Vendors = v.reports.vendors()
		}
		c.Problems = append(c.Problems, clipAll(v.reports.problems(), w)...)
		c.Visits, c.OlderVisits = newest(v.reports.visits, mostVisits)
		drawn = drawChart(v.report.Visits)
		c.Lowest, c.Highest, c.Readings = drawn.span()
	}
	if v.valuation != nil {
		c.Valuation = &v.valuation.Valuation
		c.Lost = lostValue(c.Valuation)
		c.Derived = derivedWords(&v.valuation.Asked)
	}
	c.Model = clip(model(&c), 2*shortText)
	c.Violations, c.OlderOnes = newest(v.violations, mostViolations)
	return c, drawn
}

// model is the best name of the vehicle's model that an answer gives.
func model(c *carView) string {
	if r := c.Report; r != nil {
		name := cmp.Or(r.Model, r.Series)
		if r.Brand != "" && !strings.Contains(name, r.Brand) {
			name = strings.TrimSpace(r.Brand + " " + name)
		}
		if name != "" {
			return name
		}
	}
	if c.Valuation != nil {
		return c.Valuation.ModelName
	}
	return ""
}

// newest returns the last of a list, the very last first, and how many it
// leaves out.
func newest[T any](list []T, most int) (kept []T, left int) {
	left = max(0, len(list)-most)
	kept = slices.Clone(list[left:])
	slices.Reverse(kept)
	return kept, left
}

// clip shortens a text to so many characters.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

const mostProblems = 20

func clipAll(list []string, w *words) []string {
	var out []string
	for _, s := range list[:min(len(list), mostProblems)] {
		out = append(out, clip(w.Word(s), longText))
	}
	return out
}

// derivedWords names the columns that a valuation took from its vehicle's
// maintenance record, with their values.
func derivedWords(asked *record.Vehicle) string {
	var words []string
	for _, d := range asked.Derived {
		if d.Source != "" {
			words = append(words, d.Column+" "+d.Value)
		}
	}
	return strings.Join(words, ", ")
}
