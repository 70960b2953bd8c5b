package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
)

func noon() time.Time { return time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC) }

func viewAt(now time.Time) *view {
	said, err := messages.New(messages.English)
	if err != nil {
		panic(err)
	}
	return &view{said: said, run: ledger.Run{Datasets: record.Datasets()}, budget: record.Some[record.Fen](500000), now: func() time.Time { return now }}
}

func snapshotOf(found, pending int64) runner.Snapshot {
	s := runner.Snapshot{Lookups: runner.Statuses{}, Vendors: []runner.VendorSnapshot{{Name: "wapi", InFlight: 3, PerSecond: 10}}}
	for _, d := range record.Datasets() {
		s.Lookups[d] = map[record.Status]int64{record.Found: found, record.Failed: found / 3, record.Pending: pending}
	}
	return s
}

// No line is wider than the terminal, however narrow that is, and none is lost.
func TestFramesFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.IntRange(0, 200).Draw(t, "width")
		s := snapshotOf(rapid.Int64Range(0, 2_000_000).Draw(t, "found"), rapid.Int64Range(0, 2_000_000).Draw(t, "pending"))
		rows := viewAt(noon()).frame(s, wide)
		if len(rows) != 4 {
			t.Fatalf("%d lines", len(rows))
		}
		for _, r := range rows {
			if got := width(r.text + r.detail); got > wide {
				t.Fatalf("%q is %d wide in %d", r.text+r.detail, got, wide)
			}
		}
	})
}

func TestBar(t *testing.T) {
	t.Parallel()
	for want, c := range map[string][2]int64{
		"[----------]": {0, 100}, "[>---------]": {10, 100}, "[====>-----]": {50, 100}, "[========>-]": {99, 100}, "[==========]": {100, 100},
	} {
		if got := bar(c[0], c[1], 12); got != want {
			t.Errorf("%d of %d: %s, want %s", c[0], c[1], got, want)
		}
	}
	if got := bar(0, 0, 12); got != "[==========]" {
		t.Errorf("nothing of nothing: %s", got)
	}
}

// The time left is told from the last minute, and not at all while a run waits
// for reports: nobody knows how long these take.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	now := noon()
	v := viewAt(now)
	v.now = func() time.Time { return now }
	step := func(found, pending int64) string {
		now = now.Add(10 * time.Second)
		return v.footer(snapshotOf(found, pending))
	}
	for i := range int64(30) { // slow at first
		step(3*i, 900-3*i)
	}
	fast := ""
	for i := range int64(7) {
		fast = step(90+30*i, 810-30*i)
	}
	if !strings.HasSuffix(fast, " · 2m38s left") { // 630 of each left, 40 settled in 10 s
		t.Errorf("%s", fast)
	}
	waiting := snapshotOf(300, 600)
	waiting.Vendors[0].InFlight = 0
	waiting.NextAt = record.Some(now.Add(25 * time.Second))
	if got := v.footer(waiting); strings.Contains(got, "left") || !strings.Contains(got, "waiting for reports, next poll 12:06:35 (in 25s)") {
		t.Errorf("%s", got)
	}
	for range 7 {
		step(300, 600)
	}
	if got := step(300, 600); strings.Contains(got, "left") {
		t.Errorf("nothing moved for a minute: %s", got)
	}
}

// screen is as much of a terminal as the display needs, one that breaks lines
// anew when it is resized.
type screen struct {
	lines []string // each ends where its writer ended it
	at    int
}

func (s *screen) write(text string) {
	for text != "" {
		switch {
		case strings.HasPrefix(text, clearLine):
			text = text[len(clearLine):]
		case strings.HasPrefix(text, clearBelow):
			s.lines, text = s.lines[:s.at], text[len(clearBelow):]
		case strings.HasPrefix(text, "\r\x1b["):
			var up int
			n, _ := fmt.Sscanf(text, "\r\x1b[%dA", &up)
			s.at -= up * n
			text = text[strings.Index(text, "A")+1:]
		default:
			line, rest, _ := strings.Cut(text, "\n")
			s.lines = append(s.lines[:s.at:s.at], append([]string{line}, s.lines[min(s.at+1, len(s.lines)):]...)...)
			s.at, text = s.at+1, rest
		}
	}
}

func (s *screen) narrow(width int) {
	var out []string
	for _, l := range s.lines {
		for len(l) > width {
			out, l = append(out, l[:width]), l[width:]
		}
		out = append(out, l)
	}
	s.lines, s.at = out, len(out)
}

// A frame is drawn over the last one, also where a narrower terminal has broken
// it; what stands above stays, and the log comes in between.
func TestPainterDrawsOver(t *testing.T) {
	t.Parallel()
	frame := func(width int) []row {
		return []row{{strings.Repeat("a", width), ""}, {strings.Repeat("b", width/2), ""}}
	}
	p, s := painter{reflows: true}, &screen{}
	s.write("before\n")
	s.write(p.paint(frame(60), 60, ""))
	s.write(p.paint(frame(60), 60, "a log line\n"))
	s.narrow(25)
	s.write(p.paint(frame(25), 25, ""))
	s.write(p.paint(frame(80), 80, "another\n"))
	want := []string{"before", "a log line", "another", strings.Repeat("a", 80), strings.Repeat("b", 40)}
	if strings.Join(s.lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("the screen shows\n%s", strings.Join(s.lines, "\n"))
	}
}

// What is tried again is the vendor, not an order that may have been taken.
func TestTroubleNamesWhatIsTried(t *testing.T) {
	t.Parallel()
	for lang, want := range map[messages.Lang][2]string{
		messages.English: {"wapi valuation: cut off, vendor tried again in 4 s (1st)", "wapi valuation: cut off, vendor being tried again (1st)"},
		messages.Chinese: {"wapi 的估值：cut off，4 秒后再试探该供应商（第 1 次）", "wapi 的估值：cut off，正在再次试探该供应商（第 1 次）"},
	} {
		v := viewAt(noon())
		said, err := messages.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		v.said = said
		p := ledger.Pause{Vendor: "wapi", Dataset: record.DatasetValuation, Message: "cut off", Nth: 1}
		for i, left := range []time.Duration{4 * time.Second, 0} {
			p.NextAt = noon().Add(left)
			if got := v.trouble(&p); got != want[i] {
				t.Errorf("%s, want %s", got, want[i])
			}
		}
	}
}
