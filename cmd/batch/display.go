package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

const (
	liveEvery  = 200 * time.Millisecond
	plainEvery = 15 * time.Second
)

// display shows a drive while it runs.
type display interface{ stop() }

// nothing shows nothing.
type nothing struct{}

func (nothing) stop() {}

// display chooses how to show the drive: live on a terminal, plain lines
// elsewhere, nothing when asked to be quiet.
func (s *session) display(d *pipeline.Drive, run ledger.Run) display {
	if s.quiet {
		return nothing{}
	}
	view := &view{drive: d, said: s.screen, run: run, budget: s.budget(), started: s.env.clock.Now(), now: s.env.clock.Now}
	if f, ok := s.env.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		plain, _ := s.env.getenv("NO_COLOR")
		return startLive(view, f, plain == "", s.logTo)
	}
	return startPlain(view, s.env.stderr)
}

// view turns snapshots into words.
type view struct {
	drive   *pipeline.Drive
	said    *messages.Printer
	run     ledger.Run
	budget  record.Opt[record.Fen]
	started time.Time
	now     func() time.Time
	pace    window
	over    atomic.Bool // the drive has ended: nothing is about to happen
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
	return time.Duration(float64(took) * float64(total-done) / float64(moved)).Round(time.Second), true
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
func (v *view) footer(s pipeline.Snapshot) string {
	parts := []string{v.money(s.Money)}
	if s.NextAt.OK && !v.over.Load() {
		if wait := s.NextAt.V.Sub(v.now()); wait > 2*time.Second {
			parts = append(parts, v.said.Say("live_next_poll", s.NextAt.V.In(chinaZone()).Format("15:04:05")))
		}
	}
	for _, vendor := range s.Vendors {
		switch {
		case vendor.Halted != nil:
			parts = append(parts, v.said.Say("live_halted", vendor.Name, string(vendor.Halted.Class)))
		case vendor.PerSecond > 0 && !v.over.Load():
			parts = append(parts, v.said.Say("live_pace", vendor.Name, fmt.Sprintf("%.3g", vendor.PerSecond)))
		}
	}
	var settled, total int64
	for _, byStatus := range s.Lookups {
		a, b := settledOf(byStatus)
		settled, total = settled+a, total+b
	}
	if left, ok := v.pace.left(v.now(), settled, total); ok && !v.over.Load() {
		parts = append(parts, v.said.Say("live_left", left))
	}
	return strings.Join(parts, " · ")
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

// live redraws a few lines on a terminal.
type live struct {
	bars   *mpb.Progress
	byName map[record.Dataset]*mpb.Bar
	foot   *mpb.Bar
	view   *view
	end    chan struct{}
	ended  chan struct{}
	latest *snapshotBox
	logTo  *logWriter
}

func startLive(v *view, to io.Writer, color bool, logTo *logWriter) *live {
	box := &snapshotBox{s: v.drive.Snapshot()}
	l := &live{bars: mpb.New(mpb.WithOutput(to), mpb.WithRefreshRate(liveEvery), mpb.WithWidth(32), mpb.WithAutoRefresh()), view: v,
		byName: map[record.Dataset]*mpb.Bar{}, end: make(chan struct{}), ended: make(chan struct{}), latest: box, logTo: logTo}
	for _, d := range v.run.Datasets {
		_, total := settledOf(box.get().Lookups[d])
		name := datasetName(v.said, d)
		l.byName[d] = l.bars.AddBar(total, mpb.BarNoPop(), mpb.PrependDecorators(
			decor.Name(name+padding(12, name)), decor.CountersNoUnit("%6d / %d ")),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + paint(color, detail(v.said, box.get().Lookups[d])) })))
	}
	l.foot = l.bars.MustAdd(0, mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
		_, err := io.WriteString(w, clip(v.footer(box.get()), st.AvailableWidth))
		return err
	}), mpb.BarFillerTrim())
	logTo.over(l.bars)
	go l.loop()
	return l
}

func paint(color bool, text string) string {
	if !color || text == "" {
		return text
	}
	return "\x1b[2m" + text + "\x1b[0m"
}

func (l *live) loop() {
	defer close(l.ended)
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.end:
			l.update()
			return
		case <-tick.C:
			l.update()
		}
	}
}

func (l *live) update() {
	s := l.view.drive.Snapshot()
	l.latest.set(s)
	for d, bar := range l.byName {
		settled, _ := settledOf(s.Lookups[d])
		bar.SetCurrent(settled)
	}
}

func (l *live) stop() {
	l.view.over.Store(true)
	close(l.end)
	<-l.ended
	l.logTo.over(nil)
	for _, bar := range l.byName {
		bar.Abort(false)
	}
	l.foot.Abort(false)
	l.bars.Wait()
}

// plain prints a line now and then.
type plain struct {
	end, ended chan struct{}
}

func startPlain(v *view, to io.Writer) *plain {
	p := &plain{end: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(plainEvery)
		defer tick.Stop()
		for {
			select {
			case <-p.end:
				return
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
