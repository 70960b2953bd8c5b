package main

import (
	"testing"
	"time"
)

func milliseconds(ms float64) time.Time {
	return time.Unix(1000, 0).Add(time.Duration(ms * float64(time.Millisecond)))
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule rule
		at   []float64
		want string
	}{
		"strict":                      {newStrictBucket(10, 1), []float64{0, 99.9, 100, 199, 200}, "+-+-+"},
		"strict, told in other order": {newStrictBucket(10, 1), []float64{0, 200, 100, 250, 50}, "+++--"},
		"a burst in other order":      {newStrictBucket(10, 2), []float64{0, 400, 300, 100, 10, 20, 410}, "+++++-+"},
		"a burst":                     {newStrictBucket(10, 3), []float64{0, 0, 0, 0, 100, 100}, "+++-+-"},
		"whole milliseconds":          {newWholeMilliseconds(200, 1, milliseconds(0)), []float64{0.9, 5.0, 9.9, 10.1, 14.9, 15}, "++-+-+"},
		"300 a second are 4 ms apart": {newWholeMilliseconds(300, 1, milliseconds(0)), []float64{0, 3.9, 4, 7.9, 8}, "+-+-+"},
		"burst=2 nodelay":             {newWholeMilliseconds(200, 3, milliseconds(0)), []float64{0, 0, 0, 0, 5, 5}, "+++-+-"},
	} {
		got := ""
		for _, ms := range c.at {
			if c.rule.admit(milliseconds(ms)) {
				got += "+"
			} else {
				got += "-"
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestJudgeCountsWhatItAdmits(t *testing.T) {
	t.Parallel()
	j := &judge{rule: newStrictBucket(10, 1), refuse: 3}
	for _, ms := range []float64{0, 100, 200, 300, 350, 400} {
		at := milliseconds(ms)
		j.count(at, j.admit(at))
	}
	f := j.seen()
	if f.Admitted != 4 || f.Refused != 2 || f.share(10, 1) != 0.75 {
		t.Errorf("%+v, share %v", f, f.share(10, 1))
	}
}
