package ui

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
)

const (
	liveEvery  = 200 * time.Millisecond
	plainEvery = 15 * time.Second
)

// display shows a drive while it runs.
type display interface{ stop() }

// follow chooses how to show a drive until stop is called: live on a terminal, plain
// lines elsewhere.
func follow(v *view, stderr io.Writer, logTo *LogWriter) display {
	if f, ok := behind(stderr).(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		plain, _ := v.getenv("NO_COLOR")
		return startLive(v, f, plain == "", logTo)
	}
	return startPlain(v, stderr)
}

// view turns snapshots into words.
type view struct {
	drive  app.Running
	said   *messages.Printer
	run    ledger.Run
	budget record.Opt[record.Fen]
	now    func() time.Time
	getenv func(string) (string, bool)
	pace   window
	over   atomic.Bool // the drive has ended: nothing is about to happen
}

// window remembers how much was settled when, to tell the time left from the
// last minute rather than from the start.
type window struct {
	at   []time.Time
	done []int64
}

const windowSpan = time.Minute

// left estimates the time until total is reached; false when nothing moves.
func (w *window) left(now time.Time, done, total int64) (time.Duration, bool) {
	w.at, w.done = append(w.at, now), append(w.done, done)
	for len(w.at) > 2 && now.Sub(w.at[0]) > windowSpan {
		w.at, w.done = w.at[1:], w.done[1:]
	}
	moved, took := done-w.done[0], now.Sub(w.at[0])
	if moved <= 0 || took < time.Second || total <= done {
		return 0, false
	}
	left := time.Duration(float64(took) * float64(total-done) / float64(moved))
	return max(left, time.Second).Round(time.Second), true
}

// settledOf sums up a dataset: how many are settled, of how many.
func settledOf(byStatus map[record.Status]int64) (settled, total int64) {
	for status, n := range byStatus {
		total += n
		if status != record.Pending {
			settled += n
		}
	}
	return settled, total
}

// detail says what the settled lookups of a dataset came to.
func detail(said *messages.Printer, byStatus map[record.Status]int64) string {
	var parts []string
	for _, st := range record.Statuses() {
		if n := byStatus[st]; n > 0 && st != record.Pending {
			parts = append(parts, said.Say("count_"+string(st), n))
		}
	}
	return strings.Join(parts, said.Say("live_comma"))
}

// footer says what concerns the whole run: money, what is waited for, pace.
func (v *view) footer(s runner.Snapshot) string {
	parts := []string{v.money(s.Money)}
	now, over := v.now(), v.over.Load()
	waiting := !over && idle(s) && s.NextAt.OK && s.NextAt.V.Sub(now) > 2*time.Second
	if waiting {
		parts = append(parts, v.said.Say("live_next_poll", s.NextAt.V.In(record.China()).Format("15:04:05"), s.NextAt.V.Sub(now).Round(time.Second)))
	}
	for _, vendor := range s.Vendors {
		switch {
		case len(vendor.Halts) > 0:
			parts = append(parts, v.halted(vendor))
		case vendor.PerSecond > 0 && !over && !waiting:
			parts = append(parts, v.said.Say("live_pace", vendor.Name, fmt.Sprintf("%.3g", vendor.PerSecond)))
		}
	}
	var settled, total int64
	for _, byStatus := range s.Lookups {
		a, b := settledOf(byStatus)
		settled, total = settled+a, total+b
	}
	// While a run waits for reports, or for a vendor, nobody knows how long that takes.
	if left, ok := v.pace.left(now, settled, total); ok && !over && !waiting && len(v.troubles(s)) == 0 {
		parts = append(parts, v.said.Say("live_left", left))
	}
	return strings.Join(parts, " · ")
}

// halted says in short what is halted of a vendor.
func (v *view) halted(vendor runner.VendorSnapshot) string {
	for _, h := range vendor.Halts {
		if h.Stops == ledger.StopsCalls {
			return v.said.Say("live_halted", vendor.Name, string(h.Class))
		}
	}
	first := &vendor.Halts[0]
	return v.said.Say("live_halted_orders", haltName(v.said, first), string(first.Class))
}

// idle tells whether no call is under way.
func idle(s runner.Snapshot) bool {
	for _, vendor := range s.Vendors {
		if vendor.InFlight > 0 {
			return false
		}
	}
	return true
}

func (v *view) money(t ledger.Totals) string {
	comma := v.said.Say("live_comma")
	text := v.said.Say("live_spent", t.Charged)
	if t.Reserved > 0 {
		text += comma + v.said.Say("live_reserved", t.Reserved)
	}
	if t.Unknown > 0 {
		text += comma + v.said.Say("live_doubt", t.Unknown)
	}
	if v.budget.OK {
		text += v.said.Say("live_budget", v.budget.V)
	}
	return text
}

// plain prints a line now and then.
type plain struct {
	end, ended chan struct{}
}

func startPlain(v *view, to io.Writer) *plain {
	p := &plain{end: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		tick, look := time.NewTicker(plainEvery), time.NewTicker(newsEvery)
		defer tick.Stop()
		defer look.Stop()
		n := newNews()
		tell := func() {
			for _, line := range n.lines(v, v.drive.Snapshot()) {
				fmt.Fprintln(to, line)
			}
		}
		for {
			select {
			case <-p.end:
				tell()
				return
			case <-look.C:
				tell()
			case <-tick.C:
				fmt.Fprintln(to, v.line())
			}
		}
	}()
	return p
}

// line is the plain form of the display.
func (v *view) line() string {
	s := v.drive.Snapshot()
	var parts []string
	for _, d := range v.run.Datasets {
		settled, total := settledOf(s.Lookups[d])
		text := fmt.Sprintf("%s %d/%d", datasetName(v.said, d), settled, total)
		if more := detail(v.said, s.Lookups[d]); more != "" {
			text += v.said.Say("live_detail", more)
		}
		parts = append(parts, text)
	}
	return strings.Join(append(parts, v.footer(s)), " · ")
}

func (p *plain) stop() {
	close(p.end)
	<-p.ended
}
