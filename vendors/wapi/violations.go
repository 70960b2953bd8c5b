package wapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// violationPart is an object of an answer about violations (65/173): the
// frame with the totals, a violation, or both.
type violationPart struct {
	Res         loose.Text `json:"res"`
	Description loose.Text `json:"description"`
	Plate       loose.Text `json:"carNo"`
	Count       loose.Text `json:"vioNum"`
	FineTotal   loose.Text `json:"fineTotal"`
	PointsTotal loose.Text `json:"integralTotal"`

	oneViolation

	Data loose.Text `json:"data"`
}

// oneViolation is what a violation is told with.
type oneViolation struct {
	Time         loose.Text `json:"vioTime"` // China time
	City         loose.Text `json:"vioCityName"`
	CityCode     loose.Text `json:"vioCityNo"`
	Address      loose.Text `json:"vioAddress"`
	Code         loose.Text `json:"vioCode"`
	Action       loose.Text `json:"vioAction"`
	Fine         loose.Text `json:"vioFine"` // yuan
	Points       loose.Text `json:"vioScore"`
	HandleSign   loose.Text `json:"handleSign"`
	OnlineHandle loose.Text `json:"onlineHandle"`
	Organ        loose.Text `json:"colOrgan"`
	DecisionNo   loose.Text `json:"decisionNum"`
	MonitorNo    loose.Text `json:"monitorNum"`
	HandleNo     loose.Text `json:"handleNum"`
}

func (p violationPart) nested() []loose.Text { return []loose.Text{p.Data} }

// holdsViolations tells whether an answer of 10000 says something about the
// vehicle's violations: a list, empty or not, or a frame that says "found"
// (res 1) or counts none.
func holdsViolations(e *envelope) bool {
	if e.Data.EmptyList {
		return true
	}
	text := e.text()
	if !isNested(text) {
		return false
	}
	var list loose.List[violationPart]
	if loose.Unmarshal([]byte(text), &list) != nil || len(list) == 0 {
		return false
	}
	p := list[0]
	return p.oneViolation != (oneViolation{}) || isNested(strings.TrimSpace(string(p.Data))) || saysFound(p)
}

// saysFound tells whether a frame without a list can be believed.
func saysFound(p violationPart) bool { return p.Res == "1" || (p.Res == "" && p.Count == "0") }

func decodeViolations(car *record.Vehicle, e *envelope) (record.Answer, error) {
	if e.Data.EmptyList {
		return record.Answer{Violations: []record.Violation{}}, nil
	}
	parts, err := partsOf[violationPart](e.text())
	if err != nil {
		return record.Answer{}, err
	}
	var r reading
	var frame violationPart
	list := []record.Violation{}
	for _, p := range parts {
		if err := sameVehicle(car, "", p.Plate); err != nil {
			return record.Answer{}, err
		}
		frame = firstFrame(frame, p)
		if p.oneViolation != (oneViolation{}) {
			list = append(list, violationOf(&r, len(list)+1, p.oneViolation))
		}
	}
	if len(list) == 0 {
		if err := checkNone(frame); err != nil {
			return record.Answer{}, err
		}
	}
	checkTotals(&r, frame, list)
	sortViolations(list)
	return record.Answer{Violations: list, Problems: r.problems}, nil
}

func firstFrame(a, b violationPart) violationPart {
	a.Res = cmp.Or(a.Res, b.Res)
	a.Description = cmp.Or(a.Description, b.Description)
	a.Count = cmp.Or(a.Count, b.Count)
	a.FineTotal = cmp.Or(a.FineTotal, b.FineTotal)
	a.PointsTotal = cmp.Or(a.PointsTotal, b.PointsTotal)
	return a
}

// checkNone refuses to call a vehicle clean on a word that does not say so.
func checkNone(frame violationPart) error {
	count, err := normalise.Whole(string(frame.Count))
	switch {
	case err != nil || count.OK && count.V != 0:
		return fmt.Errorf("the vendor counts %s violations and lists none", normalise.Excerpt(string(frame.Count)))
	case !saysFound(frame):
		return fmt.Errorf("it holds no violations, and res is %q: %s",
			normalise.Excerpt(string(frame.Res)), normalise.Excerpt(string(frame.Description)))
	}
	return nil
}

func violationOf(all *reading, place int, p oneViolation) record.Violation {
	var r reading
	v := record.Violation{
		OccurredAt:     value(&r, "occurred_at", p.Time, normalise.ParseMoment),
		City:           words(&r, "city", p.City),
		CityCode:       words(&r, "city_code", p.CityCode),
		Address:        words(&r, "address", p.Address),
		Code:           words(&r, "code", p.Code),
		Action:         words(&r, "action", p.Action),
		Fine:           natural(&r, "fine_cny", p.Fine, normalise.FenOfYuan),
		Points:         natural(&r, "points", p.Points, normalise.Whole),
		Status:         statusOf(&r, p.HandleSign),
		OnlineHandling: onlineOf(&r, p.OnlineHandle),
		Organ:          words(&r, "organ", p.Organ),
		DecisionNo:     words(&r, "decision_no", p.DecisionNo),
		MonitorNo:      words(&r, "monitor_no", p.MonitorNo),
		HandleNo:       words(&r, "handle_no", p.HandleNo),
	}
	for _, problem := range r.problems {
		all.note(fmt.Sprintf("violation %d of the answer: %s", place, problem))
	}
	return v
}

// statusOf reads handleSign; blank or absent means 1 (the page says so).
func statusOf(r *reading, code loose.Text) record.ViolationStatus {
	switch strings.TrimSpace(string(code)) {
	case "", "1":
		return record.UnprocessedUnpaid
	case "2":
		return record.ProcessedUnpaid
	case "3":
		return record.ProcessedPaid
	}
	r.note("status: handleSign " + normalise.Excerpt(string(code)) + " is not known")
	return ""
}

// onlineOf reads onlineHandle; blank or absent means 2, no (the page says so).
func onlineOf(r *reading, code loose.Text) bool {
	switch strings.TrimSpace(string(code)) {
	case "1":
		return true
	case "", "2":
		return false
	}
	r.note("online_handling: onlineHandle " + normalise.Excerpt(string(code)) + " is not known")
	return false
}

// checkTotals holds the vendor's totals against its list.
func checkTotals(r *reading, frame violationPart, list []record.Violation) {
	var fines record.Fen
	var points int64
	var openFines, openPoints bool
	for _, v := range list {
		fines, openFines = fines+v.Fine.V, openFines || !v.Fine.OK
		points, openPoints = points+v.Points.V, openPoints || !v.Points.OK
	}
	r.note(normalise.CheckCount("violations", value(r, "vioNum", frame.Count, normalise.Whole), len(list)))
	if said := value(r, "integralTotal", frame.PointsTotal, normalise.Whole); disagree(said, points, openPoints) {
		r.note(fmt.Sprintf("points: the vendor says %d in all, the list has %d", said.V, points))
	}
	if said := value(r, "fineTotal", frame.FineTotal, normalise.FenOfYuan); disagree(said, fines, openFines) {
		r.note(fmt.Sprintf("fine_cny: the vendor says %s in all, the list has %s", said.V, fines))
	}
}

// disagree compares a total with the sum of a list. Where the list leaves an
// amount open, the total may well be higher.
func disagree[T ~int64](said record.Opt[T], sum T, open bool) bool {
	return said.OK && said.V != sum && (!open || said.V < sum)
}

// sortViolations orders by time, those without one last, and numbers them.
func sortViolations(list []record.Violation) {
	slices.SortStableFunc(list, func(a, b record.Violation) int { return compareTimes(a.OccurredAt, b.OccurredAt) })
	for i := range list {
		list[i].Seq = i + 1
	}
}

func compareTimes(a, b record.Opt[time.Time]) int {
	switch {
	case a.OK && b.OK:
		return a.V.Compare(b.V)
	case a.OK:
		return -1
	case b.OK:
		return 1
	}
	return 0
}
