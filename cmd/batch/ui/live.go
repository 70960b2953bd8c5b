package ui

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/runner"
)

// live redraws a few lines on a terminal: one a dataset, and one for the whole run.
type live struct {
	view       *view
	size       func() (wide, height int, err error)
	logTo      *LogWriter
	end, ended chan struct{}

	mu      sync.Mutex
	to      io.Writer
	painter painter
}

var _ io.Writer = (*live)(nil)

func startLive(v *view, to *os.File, color bool, logTo *LogWriter) *live {
	_, xterm := v.getenv("XTERM_VERSION")
	l := &live{view: v, to: to, logTo: logTo, end: make(chan struct{}), ended: make(chan struct{}),
		size: func() (int, int, error) { return term.GetSize(int(to.Fd())) }, painter: painter{color: color, reflows: !xterm}}
	logTo.over(l)
	go l.loop()
	return l
}

func (l *live) loop() {
	defer close(l.ended)
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for {
		_ = l.draw(nil) // a terminal that has gone shows nothing
		select {
		case <-l.end:
			_ = l.draw(nil) // the same
			return
		case <-tick.C:
		}
	}
}

// Write writes lines of the log above the display. Safe for concurrent use.
func (l *live) Write(lines []byte) (int, error) { return len(lines), l.draw(lines) }

// draw draws over the last frame, and what is to stand above it.
func (l *live) draw(above []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	wide, height, err := l.size()
	if err != nil || wide < 1 || height < 1 {
		wide, height = 80, 24 // some terminals know no size
	}
	rows := l.view.frame(l.view.drive.Snapshot(), wide-1) // terminals disagree on what follows a full line
	rows = rows[max(0, len(rows)-max(1, height-1)):]
	_, err = io.WriteString(l.to, l.painter.paint(rows, wide, string(above)))
	return err
}

func (l *live) stop() {
	l.view.over.Store(true)
	close(l.end)
	<-l.ended
	l.logTo.over(nil)
}

// row is one line of the display: its text, and a dimmed detail behind it.
type row struct{ text, detail string }

// frame is all lines of the display, none wider than the terminal.
func (v *view) frame(s runner.Snapshot, wide int) []row {
	var rows []row
	for _, d := range v.run.Datasets {
		settled, total := settledOf(s.Lookups[d])
		name := datasetName(v.said, d)
		head := fmt.Sprintf("%s%6d / %d ", name+padding(12, name), settled, total)
		faded := detail(v.said, s.Lookups[d])
		if faded != "" {
			faded = " " + faded
		}
		room := wide - width(head) - width(faded)
		text := clip(head+bar(settled, total, min(max(room, shortestBar), longestBar)), wide)
		rows = append(rows, row{text, clip(faded, wide-width(text))})
	}
	if !v.over.Load() {
		for _, p := range v.troubles(s) {
			rows = append(rows, row{text: clip(app.Printable(v.trouble(&p)), wide)})
		}
	}
	return append(rows, row{text: clip(app.Printable(v.footer(s)), wide)})
}

// How wide a bar is drawn, with its brackets.
const (
	shortestBar = 10
	longestBar  = 34
)

// bar draws how much of a total is done: [====>---].
func bar(done, total int64, wide int) string {
	inner := wide - 2
	filled := inner
	if total > 0 {
		filled = int(int64(inner) * done / total)
	}
	tip := ""
	if filled > 0 && filled < inner {
		filled, tip = filled-1, ">"
	}
	return "[" + strings.Repeat("=", filled) + tip + strings.Repeat("-", inner-filled-len(tip)) + "]"
}

// painter remembers what stands on the terminal, so that it can be drawn over.
type painter struct {
	color   bool
	reflows bool  // the terminal breaks what stands there when it is made narrower; xterm cuts it
	wide    int   // of the terminal when the last frame was drawn
	drawn   []int // the widths of its lines
}

// Control sequences of a terminal (ECMA-48).
const (
	cursorUp       = "\x1b[%dA"
	clearLine      = "\x1b[2K" // as a whole: a terminal then forgets that it went on in the next line
	clearBelow     = "\x1b[J"  // from the cursor on
	faint, upright = "\x1b[2m", "\x1b[0m"
)

// paint is what draws a frame over the last one, and lines above it. Each line is
// cleared before its text, the rest of the screen at the end: a screen that is
// cleared from its top is pushed into the history by tmux. Its own sequences are the only
// ones: the texts are made printable here, for a frame goes past the door.
func (p *painter) paint(rows []row, wide int, above string) string {
	var b strings.Builder
	if up := p.height(wide); up > 0 {
		fmt.Fprintf(&b, "\r"+cursorUp, up)
	}
	for line := range strings.Lines(above) {
		b.WriteString(clearLine + app.Printable(strings.TrimSuffix(line, "\n")) + "\n")
	}
	p.wide, p.drawn = wide, p.drawn[:0]
	for _, r := range rows {
		r.text, r.detail = app.Printable(r.text), app.Printable(r.detail)
		p.drawn = append(p.drawn, width(r.text+r.detail))
		if p.color && r.detail != "" {
			r.detail = faint + r.detail + upright
		}
		b.WriteString(clearLine + r.text + r.detail + "\n")
	}
	return b.String() + clearBelow
}

// height is how many lines the last frame takes on a terminal that is so wide now.
func (p *painter) height(wide int) int {
	lines := len(p.drawn)
	for _, w := range p.drawn {
		if p.reflows && wide < p.wide && w > 0 {
			lines += (w - 1) / wide
		}
	}
	return lines
}
