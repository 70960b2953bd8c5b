package ui

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// Screen is where a command speaks to its user: what was asked for goes to Out, all
// else to Err, in one language.
type Screen struct {
	In       io.Reader
	Out, Err io.Writer
	Quiet    bool // nothing but what went wrong is said
	Now      func() time.Time
	Getenv   func(string) (string, bool)
	Log      *LogWriter     // where the log goes; a live display stands below it
	Prefer   messages.Lang  // goes before the language of a run; "" is none
	Tongue   *messages.Lang // takes the language that is spoken, if somebody wants to know it
	Locale   messages.Lang  // of the terminal; "" is none. It goes before English, and is never that of a file

	said *messages.Printer
}

// Speak makes the screen speak the preferred language, else that of a run, which is
// "" when there is none yet. A run is in English too where nobody chose: there the locale has the word.
func (s *Screen) Speak(run messages.Lang) error {
	if run == messages.English {
		run = ""
	}
	p, err := messages.New(cmp.Or(s.Prefer, run, s.Locale, messages.English))
	if err != nil {
		return fmt.Errorf("read the catalogue of messages: %w", err)
	}
	s.said = p
	if s.Tongue != nil {
		*s.Tongue = p.Lang()
	}
	return nil
}

// Said is the printer of the language that the screen speaks.
func (s *Screen) Said() *messages.Printer { return s.said }

// Linef prints a line for people on stderr.
func (s *Screen) Linef(format string, args ...any) {
	if !s.Quiet {
		fmt.Fprintln(s.Err, s.said.Error(fmt.Sprintf(format, args...)))
	}
}

// lines is stdout for lines for people that were made in English.
func (s *Screen) lines() io.Writer { return &wordedLines{s.Out, s.said} }

// wordedLines words what is written. Each write is whole lines.
type wordedLines struct {
	out  io.Writer
	said *messages.Printer
}

func (w *wordedLines) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.out, w.said.Error(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// tell prints a message for people on stderr.
func (s *Screen) tell(key string, args ...any) {
	if !s.Quiet {
		fmt.Fprintln(s.Err, s.said.Say(key, args...))
	}
}

// prints prints a message of the summary on stdout.
func (s *Screen) prints(key string, args ...any) {
	fmt.Fprintln(s.Out, s.said.Say(key, args...))
}

// chinaTime is a moment for people: vendors and users live in China.
func (s *Screen) chinaTime(t time.Time) string {
	return s.said.Say("run_china_time", app.ChinaClock(t))
}

// Consents says what would be done and tells whether the user types yes.
func (s *Screen) Consents(what string) bool { return s.asks(what, "Type yes to go on: ") }

// asks is Consents in the words of the caller.
func (s *Screen) asks(what, prompt string) bool {
	fmt.Fprintf(s.Err, "%s\n%s", s.said.Error(what), s.said.Error(prompt))
	line, err := bufio.NewReader(s.In).ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(s.Err)
	}
	return strings.TrimSpace(strings.ToLower(line)) == "yes"
}

// asksUntil is asks; the context's error says that it ended before an answer came.
func (s *Screen) asksUntil(ctx context.Context, what, prompt string) (bool, error) {
	answer := make(chan bool, 1)
	go func() { answer <- s.asks(what, prompt) }() // a read that nobody answers ends with the process
	select {
	case yes := <-answer:
		return yes, nil
	case <-ctx.Done():
		fmt.Fprintln(s.Err)
		return false, ctx.Err()
	}
}

// Follow shows a drive until stop is called.
func (s *Screen) Follow(d app.Running, run ledger.Run, budget record.Opt[record.Fen]) (stop func()) {
	if s.Quiet {
		return func() {}
	}
	v := &view{drive: d, said: s.said, run: run, budget: budget, now: s.Now, getenv: s.Getenv}
	return follow(v, s.Err, s.Log).stop
}

// Form is the form in which something is printed.
type Form int

// For people, or for another program.
const (
	Text Form = iota
	JSON
	CSV
)
