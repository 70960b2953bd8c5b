package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"vehiclebatch/vendors/simulator"
)

// violationSigns are the signs of each violation of a plate by its moment, place
// and code, after some days.
func violationSigns(t *testing.T, days, plate int) map[string]string {
	t.Helper()
	clock := newClock("2024-06-12 11:00")
	clock.move(time.Duration(days) * 24 * time.Hour)
	c := newCustomer(t, simulator.Options{Seed: 1, Clock: clock, Days: days})
	r := c.violations(fmt.Sprintf("粤E%05d", plate), vinOf("LSV", plate))
	list, _ := at(r.body, "retdata", "data").([]any)
	out := map[string]string{}
	var points int
	for _, v := range list {
		var score int
		if _, err := fmt.Sscan(text(at(v, "vioScore")), &score); err != nil {
			t.Errorf("vioScore: %v", err)
		}
		points += score
		out[text(at(v, "vioTime"))+text(at(v, "vioCode"))+text(at(v, "vioAddress"))] = text(at(v, "handleSign"))
	}
	if text(at(r.body, "retdata", "vioNum")) != fmt.Sprint(len(list)) || text(at(r.body, "retdata", "integralTotal")) != fmt.Sprint(points) {
		t.Errorf("after %d days the totals do not hold: %s", days, r.raw)
	}
	return out
}

// From day to day few things change: violations come, are dealt with, are paid,
// and go in the end. What is new stays for a while.
func TestDaysPass(t *testing.T) {
	t.Parallel()
	came, went, turned, stayed := 0, 0, 0, 0
	for plate := range 60 {
		before := violationSigns(t, 0, plate)
		for _, days := range []int{1, 2, 30, 31, 300} {
			now := violationSigns(t, days, plate)
			for key, sign := range now {
				was, there := before[key]
				switch {
				case !there:
					came++
				case was != sign:
					turned++
				default:
					stayed++
				}
			}
			for key := range before {
				if _, there := now[key]; !there {
					went++
				}
			}
			before = now
		}
	}
	if came < 50 || went < 50 || turned < 20 || stayed < 200 {
		t.Errorf("%d came, %d went, %d turned, %d stayed", came, went, turned, stayed)
	}
}

// Days must be a number that can be lived through.
func TestDaysAreBounded(t *testing.T) {
	t.Parallel()
	if (simulator.Options{Days: -1}).Check() == nil || (simulator.Options{Days: 4000}).Check() == nil || (simulator.Options{Days: 3650}).Check() != nil {
		t.Error("the bounds do not hold")
	}
}
