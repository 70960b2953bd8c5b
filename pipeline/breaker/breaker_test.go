package breaker

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

func even() float64 { return 0.5 }

// after lets calls end one after the other, a tenth of a second apart, and returns
// the moment of the last.
func after(b *Breaker, from time.Time, fen record.Fen, results ...Result) time.Time {
	for _, r := range results {
		b.Record(b.Leave(), r, fen, Reason{Message: "trouble"}, from)
		from = from.Add(100 * time.Millisecond)
	}
	return from
}

func times(n int, r Result) []Result {
	out := make([]Result, n)
	for i := range out {
		out[i] = r
	}
	return out
}

// mixed are n results of which one in so many is bad.
func mixed(n, oneIn int, bad Result) []Result {
	out := times(n, Answered)
	for i := oneIn - 1; i < n; i += oneIn {
		out[i] = bad
	}
	return out
}

func TestWhenItOpens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		results []Result
		fen     record.Fen
		most    record.Fen
		open    bool
	}{
		{"one in eight fails", mixed(400, 8, Failed), 1700, 10000, false},
		{"one in eight is in doubt", mixed(400, 8, Doubtful), 3200, 10000, false},
		{"half fail", mixed(20, 2, Failed), 14, 10000, true},
		{"half of nineteen fail", mixed(19, 2, Failed), 14, 10000, false},
		{"a vendor that has just died", append(times(600, Answered), times(10, Failed)...), 14, 10000, true},
		{"not before half of the last have failed", append(times(600, Answered), times(9, Failed)...), 14, 10000, false},
		{"doubts worth too much", append(times(50, Answered), times(4, Doubtful)...), 3200, 10000, true},
		{"doubts worth less", append(times(50, Answered), times(3, Doubtful)...), 3200, 10000, false},
		{"cheap doubts", append(times(50, Answered), times(9, Doubtful)...), 14, 10000, false},
		{"no bound of money", append(times(50, Answered), times(9, Doubtful)...), 3200, 0, false},
		{"nobody is answered", times(3, Failed), 14, 10000, true},
		{"two are no proof", times(2, Failed), 14, 10000, false},
		{"a gateway refuses", append(times(50, Answered), Refused), 14, 10000, true},
		{"what says nothing", times(100, Neutral), 14, 10000, false},
	} {
		b := New(Terms{Most: c.most}, even)
		after(b, noon, c.fen, c.results...)
		if got := b.state == Open; got != c.open {
			t.Errorf("%s: %s", c.name, b.state)
		}
	}
}

// A failure of long ago opens nothing.
func TestTheWindowIsShort(t *testing.T) {
	t.Parallel()
	b := New(Terms{}, even)
	at := after(b, noon, 14, append(times(10, Answered), times(9, Failed)...)...)
	after(b, at.Add(time.Minute), 14, mixed(18, 3, Failed)...)
	if b.state != Closed {
		t.Errorf("%s", b.state)
	}
}

// Pauses double to five minutes, and are short again once the vendor is well.
func TestPauses(t *testing.T) {
	t.Parallel()
	b := New(Terms{Free: true}, even)
	at := after(b, noon, 14, times(3, Failed)...)
	for _, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		trouble, ok := b.Trouble()
		left := trouble.NextTry.Sub(at.Add(-100 * time.Millisecond)).Round(time.Second)
		if !ok || left != want*time.Second || b.Ask(trouble.NextTry.Add(-1)) {
			t.Fatalf("pauses %s, want %ds: %+v", left, want, trouble)
		}
		at = after(b, trouble.NextTry, 14, Failed)
	}
	trouble, _ := b.Trouble()
	if trouble.Nth != 9 || !trouble.Since.Equal(noon) {
		t.Errorf("%+v", trouble)
	}
	at = after(b, trouble.NextTry, 14, times(15+settledBy, Answered)...)
	if _, ok := b.Trouble(); ok || b.state != Closed {
		t.Fatalf("%s after answers", b.state)
	}
	at = after(b, at.Add(time.Hour), 14, times(3, Failed)...)
	if trouble, _ := b.Trouble(); trouble.Nth != 1 || trouble.NextTry.Sub(at) > firstPause {
		t.Errorf("the next trouble begins with %+v", trouble)
	}
}

func TestJitterAndRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		chance float64
		after  time.Duration
		want   time.Duration
	}{{0, 0, 4 * time.Second}, {1, 0, 6 * time.Second}, {0.5, 40 * time.Second, 40 * time.Second}, {0.5, time.Second, 5 * time.Second}, {0.5, 9 * time.Hour, time.Hour}} {
		b := New(Terms{}, func() float64 { return c.chance })
		b.Record(b.Leave(), Refused, 14, Reason{RetryAfter: c.after}, noon)
		if trouble, _ := b.Trouble(); trouble.NextTry.Sub(noon) != c.want {
			t.Errorf("%+v: pauses %s", c, trouble.NextTry.Sub(noon))
		}
	}
}

// Orders wait for a call that costs nothing; polls are such calls themselves.
func TestOrdersWaitUntilTheVendorIsHeard(t *testing.T) {
	t.Parallel()
	b := New(Terms{}, even)
	after(b, noon, 14, times(3, Failed)...)
	later := noon.Add(time.Minute)
	if b.WantsProbe(noon) || !b.WantsProbe(later) || b.Ask(later) {
		t.Errorf("a probe is wanted when the pause is over: %v, %v", b.WantsProbe(noon), b.WantsProbe(later))
	}
	b.ProbeFailed(Failed, Reason{Message: "still away"}, later)
	if trouble, _ := b.Trouble(); trouble.Nth != 2 || trouble.Message != "still away" || b.WantsProbe(later) {
		t.Errorf("after a probe that failed: %+v", trouble)
	}
	b.Heard()
	if b.Ask(later) || !b.Ask(later.Add(time.Minute)) || b.WantsProbe(later.Add(time.Minute)) {
		t.Error("a vendor that was heard is asked when the pause is over")
	}
}

// After a pause 1, 2, 4 and 8 calls leave, each step when the last one is answered.
func TestStepsOfTheHalfOpen(t *testing.T) {
	t.Parallel()
	b := New(Terms{Free: true}, even)
	after(b, noon, 14, times(3, Failed)...)
	at := noon.Add(time.Minute)
	for _, step := range []int{1, 2, 4, 8} {
		var places []Place
		for b.Ask(at) && len(places) < 20 {
			places = append(places, b.Leave())
		}
		if len(places) != step {
			t.Fatalf("%d left at the step of %d", len(places), step)
		}
		b.Record(places[0], Neutral, 14, Reason{}, at) // it did not leave after all
		places[0] = b.Leave()
		for i, p := range places {
			r := Answered
			if i < step/2 { // half of a step may fail
				r = Failed
			}
			b.Record(p, r, 14, Reason{}, at)
		}
	}
	if b.state != Closed {
		t.Errorf("%s", b.state)
	}
}

func TestAStepThatFailsPausesAgain(t *testing.T) {
	t.Parallel()
	b := New(Terms{Free: true}, even)
	after(b, noon, 14, times(3, Failed)...)
	at := after(b, noon.Add(time.Minute), 14, Answered)
	first, second := b.Leave(), b.Leave()
	b.Record(first, Failed, 14, Reason{}, at)
	b.Record(second, Failed, 14, Reason{}, at)
	if trouble, ok := b.Trouble(); b.state != Open || !ok || trouble.Nth != 2 {
		t.Errorf("%s %+v", b.state, trouble)
	}
}

// Money in doubt counts in the steps as well, where a vendor that answers every second
// order would else be given eight at a time.
func TestDoubtsCountInTheSteps(t *testing.T) {
	t.Parallel()
	b := New(Terms{Most: 30_00, Free: true}, even)
	after(b, noon, 14, times(3, Failed)...)
	at := after(b, noon.Add(time.Minute), 32_00, Answered)
	first, second := b.Leave(), b.Leave()
	b.Record(first, Answered, 32_00, Reason{}, at)
	b.Record(second, Doubtful, 32_00, Reason{}, at)
	if b.state != Open {
		t.Errorf("%s with ¥32 in doubt", b.state)
	}
}

// What comes back late, of calls that left before the pause, changes nothing but
// that the vendor was heard.
func TestLateResults(t *testing.T) {
	t.Parallel()
	b := New(Terms{}, even)
	late := b.Leave()
	after(b, noon, 14, times(3, Failed)...)
	was, _ := b.Trouble()
	b.Record(late, Failed, 14, Reason{Message: "late"}, noon.Add(time.Second))
	if now, _ := b.Trouble(); now != was || b.Leaves(late) {
		t.Errorf("%+v became %+v", was, now)
	}
	b.Record(late, Answered, 14, Reason{}, noon.Add(time.Second))
	if b.WantsProbe(noon.Add(time.Minute)) {
		t.Error("it was heard, and a probe is wanted")
	}
}

func TestRefusalsAreCountedInRoundsInARow(t *testing.T) {
	t.Parallel()
	b := New(Terms{Free: true}, even)
	at := noon
	for n := 1; n <= 3; n++ {
		at = after(b, at.Add(10*time.Minute), 14, Refused)
		if b.Refusals() != n {
			t.Fatalf("%d refusals, want %d", b.Refusals(), n)
		}
	}
	after(b, at.Add(10*time.Minute), 14, Failed)
	if b.Refusals() != 0 {
		t.Errorf("%d refusals after another trouble", b.Refusals())
	}
}

func TestResumeAndUntried(t *testing.T) {
	t.Parallel()
	b := New(Terms{}, even)
	b.Resume(Trouble{Nth: 3, Reason: Reason{Message: "was away"}}, time.Minute, noon)
	if trouble, ok := b.Trouble(); !ok || trouble.Message != "was away" || trouble.Nth != 3 || !b.WantsProbe(noon) || b.Ask(noon) {
		t.Errorf("%+v", trouble)
	}
	for _, c := range []struct {
		free             bool // an order has to find out
		left, most, want time.Duration
	}{
		{true, -time.Hour, time.Hour, 0}, {true, 10 * time.Second, time.Hour, 10 * time.Second}, {true, time.Hour, time.Hour, longestRest},
		{true, 20 * time.Second, 5 * time.Second, 5 * time.Second}, {false, 10 * time.Second, time.Hour, 0},
	} {
		b = New(Terms{Free: c.free}, even)
		b.Resume(Trouble{NextTry: noon.Add(c.left)}, c.most, noon)
		if got := b.until.Sub(noon); got != c.want {
			t.Errorf("%+v: another process keeps %s", c, got)
		}
	}
	b = New(Terms{}, even)
	b.Resume(Trouble{Nth: 4, Refusals: 2}, time.Minute, noon)
	if b.ProbeFailed(Refused, Reason{}, noon); b.Refusals() != 3 {
		t.Errorf("%d refusals where an earlier process had heard 2", b.Refusals())
	}
	b = New(Terms{}, even)
	b.Untried()
	if _, troubled := b.Trouble(); troubled || !b.Ask(noon) {
		t.Error("an untried one lets the first call go")
	}
	first := b.Leave()
	if b.Ask(noon) {
		t.Error("the first call goes alone")
	}
	b.Record(first, Answered, 14, Reason{}, noon)
	if b.state != Closed {
		t.Errorf("%s when it was answered", b.state)
	}
}

// Whatever happens, money in doubt beyond the bound stops orders, places are never
// handed out beyond a step, and a vendor that is well again is asked again.
func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := New(Terms{Most: 10000}, func() float64 { return rapid.Float64Range(0, 1).Draw(t, "chance") })
		if rapid.Bool().Draw(t, "untried") {
			b.Untried()
		}
		var out []Place
		at, doubts := noon, 0
		for range rapid.IntRange(1, 200).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "pause")))
			switch e := rapid.IntRange(0, 3).Draw(t, "event"); {
			case e < 2 && b.Ask(at):
				out = append(out, b.Leave())
			case e == 2 && len(out) > 0:
				i := rapid.IntRange(0, len(out)-1).Draw(t, "which")
				r := Result(rapid.IntRange(int(Neutral), int(Refused)).Draw(t, "result"))
				was := b.state
				b.Record(out[i], r, 3200, Reason{}, at)
				out = append(out[:i], out[i+1:]...)
				if doubts++; r != Doubtful || b.state != Closed || was != Closed {
					doubts = 0
				}
			case e == 3 && b.WantsProbe(at):
				b.ProbeFailed(Failed, Reason{}, at)
			}
			if doubts >= 4 {
				t.Fatalf("%d doubts of ¥32 in a row, and it is closed", doubts)
			}
			if b.state == HalfOpen && (b.left > b.allowed || b.left < 0) {
				t.Fatalf("%d of %d have left", b.left, b.allowed)
			}
			if b.state == Open && b.until.Sub(at) > longestPause*6/5 {
				t.Fatalf("pauses %s", b.until.Sub(at))
			}
		}
		for range 100 { // all is well again
			for _, p := range out {
				b.Record(p, Answered, 3200, Reason{}, at)
			}
			out = nil
			at = at.Add(10 * time.Minute)
			b.Heard()
			for b.Ask(at) && len(out) < 64 {
				out = append(out, b.Leave())
			}
		}
		if b.state != Closed {
			t.Fatalf("%s after a day of answers", b.state)
		}
	})
}
