package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// handful is what may be in doubt after a line broke once: what was on it.
const handful = 8

// away takes the line to the vendors down in the middle of a run. It waits, and
// ends complete without help.
func (t *trial) away(ctx context.Context, span time.Duration) error {
	p, err := t.startThroughProxy(ctx)
	if err != nil {
		return err
	}
	p.pause(2 * time.Second)
	if err := t.down(ctx, p, span); err != nil {
		return err
	}
	if err := t.endsWell(p, span*3/2+longRun, handful); err != nil {
		return err
	}
	return hasWaited(p)
}

// blips takes the line down for moments, again and again.
func (t *trial) blips(ctx context.Context) error {
	p, err := t.startThroughProxy(ctx)
	if err != nil {
		return err
	}
	n, most := 0, 20
	if t.lab.short {
		most = 6
	}
	for ; n < most && p.running(); n++ {
		p.pause(between(t.rand, 500*time.Millisecond, 3*time.Second))
		if err := t.down(ctx, p, between(t.rand, 200*time.Millisecond, 3*time.Second)); err != nil {
			return err
		}
	}
	if n < 5 {
		return fmt.Errorf("it ended after %d blips: too soon to have seen them", n)
	}
	if err := t.endsWell(p, longRun, 2*n); err != nil {
		return err
	}
	return hasWaited(p)
}

// hasWaited wants a word that the vendors were waited for: else the run was over
// before anything was wrong, and nothing was tried.
func hasWaited(p *process) error {
	if said := p.said(); !strings.Contains(said, "vendor tried again in") {
		return fmt.Errorf("it has not waited for anyone: %s", said)
	}
	return nil
}

func (t *trial) startThroughProxy(ctx context.Context) (*process, error) {
	if err := t.throughProxy(ctx); err != nil {
		return nil, err
	}
	return t.start(ctx, t.runWords()...)
}

// down takes the line down for a while, with the process running before and after.
func (t *trial) down(ctx context.Context, p *process, span time.Duration) error {
	if err := t.line.enable(ctx, false); err != nil {
		return err
	}
	p.pause(span)
	return t.line.enable(ctx, true)
}

// endsWell wants the run to end by itself with nothing left to do, and no more in
// doubt than that.
func (t *trial) endsWell(p *process, longest time.Duration, most int) error {
	code, err := p.wait(longest)
	if err != nil {
		return err
	}
	if err := expect(code, []int{0, 3}, p); err != nil {
		return err
	}
	v, err := t.doubtful()
	if err == nil && v.doubts > most {
		err = fmt.Errorf("%d are in doubt, want at most %d", v.doubts, most)
	}
	return err
}

// saidWithin is how long a user may have to wait for the first word of trouble, and
// what a busy machine needs to let it be seen.
const saidWithin = 2*time.Second + 300*time.Millisecond

var firstWord = regexp.MustCompile(`(?m)^.*\b(tencent|wapi): connection refused, vendor tried again in [3-6] s \(1st\)$`)

// saysSo wants trouble told while it lasts: on stderr at once, and by status.
func (t *trial) saysSo(ctx context.Context) error {
	if err := t.throughProxy(ctx); err != nil {
		return err
	}
	if err := t.line.enable(ctx, false); err != nil {
		return err
	}
	p, err := t.start(ctx, t.runWords()...)
	if err != nil {
		return err
	}
	var heard time.Time
	p.watch(20*time.Millisecond, func() bool {
		heard = time.Now()
		return firstWord.MatchString(p.said())
	})
	if !firstWord.MatchString(p.said()) {
		return fmt.Errorf("no word of trouble after %s: %s", longestWatch, p.said())
	}
	if err := t.statusSays(ctx, heard); err != nil {
		return err
	}
	if err := t.line.enable(ctx, true); err != nil {
		return err
	}
	if err := t.endsWell(p, longRun, 0); err != nil {
		return err
	}
	if !strings.Contains(p.said(), "answers again") {
		return fmt.Errorf("not a word that the vendors are there again: %s", p.said())
	}
	return t.statusIsCalm(ctx)
}

// paused is what `batch status --json` says of a vendor that is waited for.
type paused struct {
	Vendor  string    `json:"vendor"`
	Message string    `json:"message"`
	Since   time.Time `json:"since"`
	NextTry time.Time `json:"next_try"`
	Nth     int       `json:"nth"`
}

func (t *trial) pauses(ctx context.Context) ([]paused, error) {
	_, said, err := t.runs(ctx, []int{0}, "status", "--out", "out", "--json")
	if err != nil {
		return nil, err
	}
	var s struct {
		Pauses []paused `json:"pauses"`
	}
	if err := json.Unmarshal([]byte(said), &s); err != nil {
		return nil, fmt.Errorf("read what status says: %w: %s", err, said)
	}
	return s.Pauses, nil
}

// statusSays wants the pause in the status, and that the user heard of it in time.
func (t *trial) statusSays(ctx context.Context, heard time.Time) error {
	list, err := t.pauses(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("status knows of no pause while the vendors are away")
	}
	for _, p := range list {
		if p.Message != "connection refused" || !p.NextTry.After(p.Since) || p.Nth < 1 {
			return fmt.Errorf("status says of a vendor that is away: %+v", p)
		}
	}
	since := list[0].Since
	for _, p := range list {
		if p.Since.Before(since) {
			since = p.Since
		}
	}
	late := heard.Sub(since)
	if late > saidWithin {
		return fmt.Errorf("the first word of trouble came after %s", late)
	}
	t.seen = figure{"seconds until the first word", late.Seconds()}
	return nil
}

func (t *trial) statusIsCalm(ctx context.Context) error {
	list, err := t.pauses(ctx)
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("status still says after the end: %+v", list)
	}
	return err
}

// haltsOnce runs words until a vendor takes no more orders, and wants that said
// once while it happens and once at the end.
func (t *trial) haltsOnce(ctx context.Context, vendor string, words ...string) error {
	out := filepath.Join(t.dir, "stdout.txt")
	f, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("keep what batch prints: %w", err)
	}
	p, err := startProcess(ctx, start{program: t.lab.batch, dir: t.dir, args: words, log: filepath.Join(t.dir, "stderr.log"), stdout: f})
	if err != nil {
		return errors.Join(err, f.Close())
	}
	code, err := p.wait(patience)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := expect(code, []int{4}, p); err != nil {
		return err
	}
	printed, err := os.ReadFile(out)
	if err != nil {
		return fmt.Errorf("read what batch prints: %w", err)
	}
	word := regexp.MustCompile(`(?m)^` + vendor + `( maintenance)?: no more orders since .* \((balance|quota) `)
	if a, b := len(word.FindAllString(p.said(), -1)), len(word.FindAll(printed, -1)); a != 1 || b != 1 {
		return fmt.Errorf("the halt is said %d times on stderr and %d times on stdout:\n%s\n%s", a, b, p.said(), printed)
	}
	return nil
}

// hungUp hangs up in the middle, while answers are slow. It is a stop like any other.
func (t *trial) hungUp(ctx context.Context) error {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP) // a process inherits that it is ignored, under nohup say
	defer signal.Stop(caught)
	if err := t.throughProxy(ctx); err != nil {
		return err
	}
	late := map[string]any{"toxicity": 1, "attributes": map[string]int{"latency": 300, "jitter": 100}}
	if err := t.line.lay(ctx, "downstream-latency", late); err != nil {
		return err
	}
	t.line.toxics = []string{"downstream-latency"}
	p, err := t.start(ctx, t.runWords()...)
	if err != nil {
		return err
	}
	p.pause(between(t.rand, 1500*time.Millisecond, 4*time.Second))
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		return fmt.Errorf("hang up: %w: %s", err, p.said())
	}
	code, err := p.wait(stopPatience)
	if err != nil {
		return err
	}
	if err := expect(code, []int{4}, p); err != nil {
		return err
	}
	if err := t.checkStopped(ctx, code); err != nil {
		return err
	}
	return t.finish(ctx)
}
