package simulator

import "strconv"

// history is everything that is true of one car up to a day; the vendors tell
// parts of it, each in its own form. Texts lie in one buffer, so that a history
// can be made again and again without new memory.
type history struct {
	vin      string
	brand    *brand
	model    *model
	year     int // model year
	born     int // day of the first registration
	kmPerDay int

	visits []visit
	text   []byte

	fire, flood bool
	accident    bool
	rolledBack  bool
	reason      string // of the accident
	grade       string
}

type span struct{ from, to int }

type visit struct {
	day        int
	km         int64 // as read off; -1 when the workshop wrote nothing
	kind       kind
	content    span // empty when the workshop wrote nothing
	materials  span
	fen        int64 // what was paid
	component  bool
	structural bool
	exterior   bool
	viewOnly   bool // stands in no list but the view that it belongs to
}

func (h *history) of(s span) []byte { return h.text[s.from:s.to] }

const (
	fewestVisits = 3
	mostVisits   = 25
	youngestDays = 400 // a car is at least so old, to have been to the workshop thrice
)

// make fills h with the life of the car up to the day. The same car has the same
// past on every day; a later day adds to it.
func (h *history) make(seed uint64, vin string, today int) {
	c := newChance(seed, "car", vin)
	*h = history{vin: vin, visits: h.visits[:0], text: h.text[:0]}
	h.brand = brandOf(&c, vin)
	h.model = &h.brand.models[c.n(len(h.brand.models))]
	h.beBorn(&c, today)
	h.kmPerDay = c.between(18, 75)
	h.fire, h.flood = c.hit(4), c.hit(8)
	h.accident = c.hit(80)
	h.grade = "A"
	if h.accident {
		h.grade, h.reason = pick(&c, []string{"B", "C", "C", "D"}), pick(&c, accidentReasons)
	}
	back := c.hit(60)
	h.fill(&c, today)
	if back {
		h.rollBack(&c)
	}
}

// modelYears are the letters of the tenth place of a VIN, from 2001 on.
const modelYears = "123456789ABCDEFGHJKLMNPRSTVWXY"

func (h *history) beBorn(c *chance, today int) {
	h.year = c.between(2009, 2023)
	if len(h.vin) == vinLength {
		for i := range len(modelYears) {
			if modelYears[i] == h.vin[9] {
				h.year = 2001 + i
			}
		}
	}
	h.born = dayOf(h.year, 1, 1) + c.between(-90, 330)
	if latest := today - youngestDays - c.n(1500); h.born > today-youngestDays {
		h.born = latest
	}
	h.year = min(h.year, yearOf(h.born)+1)
}

func (h *history) fill(c *chance, today int) {
	wanted := c.between(fewestVisits, 13) + c.between(0, mostVisits-13)
	crash := -1
	if h.accident {
		crash = c.between(1, fewestVisits-1)
	}
	rate := c.between(50, 230) // days between visits of a grown-up car
	day, km := h.born+c.between(2, 30), int64(c.between(5, 60))
	for i := 0; i < wanted && day <= today; i++ {
		h.visit(c, i, day, km, i == crash)
		gap := c.between(rate/2, rate*3/2)
		if i < fewestVisits-1 {
			gap = c.between(20, 180)
		}
		day += gap
		km += int64(gap*h.kmPerDay*c.between(70, 130)) / 100
	}
}

func (h *history) visit(c *chance, i, day int, km int64, crash bool) {
	v := visit{day: day, km: km, kind: visitKind(c, i, crash)}
	v.structural = v.kind == accidentVisit
	v.exterior = v.kind == bodyworkVisit || v.kind == accidentVisit
	h.write(c, &v)
	v.fen = int64(c.between(8, 480)) * 1000
	if v.kind == accidentVisit {
		v.fen *= 5
	}
	v.viewOnly = i > 0 && (v.component || v.exterior) && c.hit(30)
	if c.hit(15) {
		v.km = -1
	}
	h.visits = append(h.visits, v)
}

func visitKind(c *chance, i int, crash bool) kind {
	switch roll := c.n(100); {
	case crash:
		return accidentVisit
	case i == 0:
		return inspectionVisit
	case roll < 62:
		return serviceVisit
	case roll < 89:
		return repairVisit
	case roll < 95:
		return bodyworkVisit
	}
	return inspectionVisit
}

// write makes up the texts of a visit: some lack, name the mechanic, or hold
// what a careless change of encoding left.
func (h *history) write(c *chance, v *visit) {
	list := works[v.kind]
	lines := c.between(3, 9)
	if v.kind != serviceVisit {
		lines = c.between(1, 5)
	}
	first := c.n(len(list))
	step := []int{1, 3, 5}[c.n(3)]
	silent, bare := c.hit(70), c.hit(250)
	v.content.from = len(h.text)
	if !silent {
		h.text = append(h.text, pick(c, headings[v.kind])...)
		if c.hit(40) {
			h.text = append(append(h.text, pick(c, mechanics)...), ' ')
		}
		for i := range lines {
			w := list[(first+i*step)%len(list)]
			v.component = v.component || w.component
			h.text = append(append(h.text, w.text...), h.scar(c)...)
			h.text = append(h.text, "; "...)
		}
	}
	v.content.to = len(h.text)
	v.materials = span{len(h.text), len(h.text)}
	if !silent && !bare {
		for i := range lines {
			h.text = append(h.text, list[(first+i*step)%len(list)].parts...)
		}
		v.materials.to = len(h.text)
	}
}

// scar is what broken characters look like: mostly wrong ones, now and then
// half a one, which is no UTF-8.
func (h *history) scar(c *chance) string {
	switch roll := c.n(2000); {
	case roll < 8:
		return "֐¤"
	case roll == 8:
		return "\xe8\xb7"
	}
	return ""
}

// rollBack turns the odometer back before one of the visits, for good.
func (h *history) rollBack(c *chance) {
	at := c.between(2, 12)
	share := int64(c.between(15, 45))
	at = min(at, len(h.visits)-1)
	if at < 1 || h.visits[at].km < 0 || h.visits[at-1].km < 2000 {
		return
	}
	off := h.visits[at].km*share/100 + h.visits[at].km - h.visits[at-1].km
	if off >= h.visits[at].km {
		return
	}
	h.rolledBack = true
	for i := at; i < len(h.visits); i++ {
		if h.visits[i].km >= 0 {
			h.visits[i].km = max(1, h.visits[i].km-off)
		}
	}
}

// last is the last visit of one of the kinds; nil without.
func (h *history) last(kinds ...kind) *visit {
	for i := len(h.visits) - 1; i >= 0; i-- {
		for _, k := range kinds {
			if h.visits[i].kind == k {
				return &h.visits[i]
			}
		}
	}
	return nil
}

func (h *history) lastVisit() *visit { return &h.visits[len(h.visits)-1] }

// lastKM is the last reading, 0 without.
func (h *history) lastKM() int64 {
	for i := len(h.visits) - 1; i >= 0; i-- {
		if h.visits[i].km >= 0 {
			return h.visits[i].km
		}
	}
	return 0
}

func (h *history) any(is func(*visit) bool) bool {
	for i := range h.visits {
		if is(&h.visits[i]) {
			return true
		}
	}
	return false
}

func isStructural(v *visit) bool { return v.structural }
func isComponent(v *visit) bool  { return v.component }
func isExterior(v *visit) bool   { return v.exterior }

// servicesPerYear is a number with one place, as text.
func (h *history) servicesPerYear(today int) string {
	n := 0
	for i := range h.visits {
		if h.visits[i].kind == serviceVisit {
			n++
		}
	}
	tenths := n * 3650 / max(365, today-h.born)
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10)
}

// outcome is what a vendor finds out about a car.
type outcome uint8

const (
	foundReport outcome = iota
	noRecord
	unsupported
	failedQuery // wapi: an engine number is wanted
)

// outcomeOf decides by seed, vendor and VIN, so that another vendor may know
// what this one does not.
func (s *Simulator) outcomeOf(vendor uint8, vin string, engine bool) outcome {
	c := newChance(s.seed, "outcome", vendorNames[vendor], vin)
	switch roll := c.n(100); {
	case vendor == wapiNo && wantsEngine(vin) && !engine:
		return failedQuery
	case roll < 7:
		return noRecord
	case roll < 9 && vendor == jumdataNo:
		return unsupported
	}
	return foundReport
}

// Outcome says what will become of a maintenance order: "found", "no_record",
// "unsupported" or, at wapi without a wanted engine number, "failed".
func (s *Simulator) Outcome(vendor, vin, engine string) string {
	for no, name := range vendorNames {
		if name == vendor {
			return [...]string{"found", "no_record", "unsupported", "failed"}[s.outcomeOf(uint8(no), vin, engine != "")]
		}
	}
	return ""
}
