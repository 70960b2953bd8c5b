package simulator

import "strconv"

// mostDays bounds the days that are lived through for an answer.
const mostDays = 3650

// fate is what the days have made of a violation.
type fate uint8

const (
	asItWas   fate = iota
	processed      // dealt with, not paid
	paid
	forgotten // not named any more
)

// fateOf decides what has become of the nth violation of a plate after some days.
// Each is dealt with on a day of its own, paid some days later, and most are
// dropped from the list in the end. What a later day says follows from the one before.
func (s *Simulator) fateOf(plate string, nth, days int) fate {
	c := newChance(s.seed, "fate", plate, strconv.Itoa(nth))
	dealt := c.between(1, 150)
	settled := dealt + c.n(20)
	dropped := settled + c.between(10, 200)
	switch {
	case days < dealt:
		return asItWas
	case days < settled:
		return processed
	case days < dropped || c.hit(250):
		return paid
	}
	return forgotten
}

// newViolations are the days, from the first of Options.Days to yesterday, on
// which the plate was caught.
func (x *exchange) newViolations(plate string) []int {
	today := chinaDay(x.now)
	var out []int
	for day := today - x.sim.days; day < today; day++ {
		if c := newChance(x.sim.seed, "caught", plate, strconv.Itoa(day)); c.hit(25) {
			out = append(out, day)
		}
	}
	return out
}
