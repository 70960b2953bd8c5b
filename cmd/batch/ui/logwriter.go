package ui

import (
	"io"
	"sync"
)

// LogWriter takes the log's lines to stderr, or over the live display while
// there is one: what is written beside it would be drawn over.
type LogWriter struct {
	mu      sync.Mutex
	Stderr  io.Writer
	display io.Writer // nil: there is none
}

var _ io.Writer = (*LogWriter)(nil)

// over sets the display that lines are written above; nil for none.
func (w *LogWriter) over(display io.Writer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.display = display
}

// Write writes one line of the log. Safe for concurrent use.
func (w *LogWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.display != nil {
		if n, err := w.display.Write(line); err == nil {
			return n, nil
		}
	}
	return w.Stderr.Write(line)
}
