package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/vendors/simulator"
)

// trial is one workspace with its own vendors and its own line to them.
type trial struct {
	lab    *lab
	dir    string
	rand   *rand.Rand
	terms  conditions
	vendor *vendor
	line   *line // nil: straight to the vendor
	begun  int   // processes so far
	doubts int   // after the end of a scene
	seen   figure

	settled map[int64]string // what was settled when the ledger was looked at last
	over    bool             // the run was finished then
	rescued bool             // the ledger was damaged, and something of it may be lost
}

// conditions are what a trial varies.
type conditions struct {
	vehicles  int
	datasets  string
	perSecond int
	inFlight  int
	latest    time.Duration // the slowest report
	wait      time.Duration // 0: until all settle
	poll      string        // when reports are asked for; "": often
	route     string        // of maintenance; "": tencent, then wapi
	notTaken  string        // rules of both vendors; "": none
}

func randomConditions(r *rand.Rand) conditions {
	sets := []string{"maintenance,valuation,violations", "maintenance,valuation,violations", "maintenance", "valuation,violations", "maintenance,violations"}
	c := conditions{vehicles: 3 + r.IntN(28), datasets: sets[r.IntN(len(sets))], perSecond: 15 + r.IntN(120), inFlight: 1 + r.IntN(12),
		latest: between(r, 50*time.Millisecond, 900*time.Millisecond)}
	if r.IntN(3) == 0 {
		c.wait = between(r, time.Millisecond, 300*time.Millisecond)
	}
	return c
}

func (l *lab) newTrial(ctx context.Context, seed uint64) (*trial, error) {
	r := chance(seed)
	return l.newTrialWith(ctx, seed, r, randomConditions(r))
}

func (l *lab) newTrialWith(ctx context.Context, seed uint64, r *rand.Rand, c conditions) (*trial, error) {
	return l.newTrialNamed(ctx, l.trouble, seed, r, c)
}

func (l *lab) newTrialNamed(ctx context.Context, name string, seed uint64, r *rand.Rand, c conditions) (*trial, error) {
	t := &trial{lab: l, dir: filepath.Join(l.dir, fmt.Sprintf("%s-%d", name, seed)), rand: r, terms: c}
	if err := os.Mkdir(t.dir, 0o700); err != nil {
		return nil, err
	}
	if err := writeFleet(filepath.Join(t.dir, "fleet.csv"), int(seed%1000), c.vehicles); err != nil {
		return nil, err
	}
	var err error
	t.vendor, err = startVendor(ctx, l, filepath.Join(t.dir, "vendor.log"), "--seed", strconv.FormatUint(seed, 10), "--latency-min", "20ms", "--latency-max", c.latest.String())
	if err != nil {
		return nil, err
	}
	return t, t.configure("batch.yaml", t.vendor.url, c.perSecond, c.inFlight)
}

// throughProxy puts the fault proxy between batch and the vendors.
func (t *trial) throughProxy(ctx context.Context) error {
	proxies, err := t.lab.proxies(ctx)
	if err != nil {
		return err
	}
	if t.line, err = proxies.newLine(ctx, filepath.Base(t.dir), t.vendor.url); err != nil {
		return err
	}
	return t.configure("batch.yaml", "http://"+t.line.address, t.terms.perSecond, t.terms.inFlight)
}

// close ends what the trial has running, and removes its folder if it went well.
func (t *trial) close(ctx context.Context, failed error) error {
	errs := []error{failed, t.vendor.end()}
	if t.line != nil {
		errs = append(errs, t.line.close(context.WithoutCancel(ctx)))
	}
	if failed == nil {
		errs = append(errs, os.RemoveAll(t.dir))
	}
	return errors.Join(errs...)
}

// configure writes a configuration that asks url. Lookups that cost less than
// resubmit_below could be bought again: nothing does here.
func (t *trial) configure(name, url string, perSecond, inFlight int) error {
	k := simulator.DefaultCredentials()
	pace := fmt.Sprintf("{per_second: %d, burst: 4, in_flight: %d}", perSecond, inFlight)
	poll := cmp.Or(t.terms.poll, "{first: 30ms, interval: 30ms, max_interval: 200ms}")
	route := cmp.Or(t.terms.route, "tencent, wapi")
	notTaken := ""
	if t.terms.notTaken != "" {
		notTaken = "\n    not_taken: " + t.terms.notTaken
	}
	text := fmt.Sprintf(`in_doubt:
  resubmit_below: 0.00
vendors:
  wapi:
    base_url: %[1]s
    app_id: %[2]q
    secret: %[3]q
    timeout: 1500ms
    rate: %[6]s
    poll: %[7]s%[9]s
    maintenance: {price: 32.00}
    valuation: {price: 5.00}
    violations: {price: 0.14}
  tencent:
    base_url: %[1]s
    secret_id: %[4]q
    secret_key: %[5]q
    timeout: 1500ms
    rate: %[6]s
    poll: %[7]s%[9]s
    maintenance: {price: 17.00}
datasets:
  maintenance: {route: [%[8]s], fallback_on: [no_record, unsupported], max_age: 2160h}
  valuation: {route: [wapi], max_age: 720h}
  violations: {route: [wapi], max_age: 20h}
`, url, k.WAPIAppID, k.WAPISecret, k.TencentSecretID, k.TencentKey, pace, poll, route, notTaken)
	return os.WriteFile(filepath.Join(t.dir, name), []byte(text), 0o600)
}

// workspace is where the trial's ledger and outputs are.
func (t *trial) workspace() string { return filepath.Join(t.dir, "out") }

// runWords are the words of the one command that is started again and again.
func (t *trial) runWords() []string {
	words := []string{"run", "fleet.csv", "--out", "out", "--dataset", t.terms.datasets}
	if t.terms.wait > 0 {
		words = append(words, "--wait", t.terms.wait.String())
	}
	return words
}

// start starts batch in the trial's folder.
func (t *trial) start(ctx context.Context, words ...string) (*process, error) {
	t.begun++
	return startProcess(ctx, start{program: t.lab.batch, dir: t.dir, args: words, log: filepath.Join(t.dir, fmt.Sprintf("%03d-%s.log", t.begun, words[0]))})
}

// runs starts batch, waits for its end and holds its exit code against those
// that are right.
func (t *trial) runs(ctx context.Context, codes []int, words ...string) (int, string, error) {
	return t.runsWithin(ctx, patience, codes, words...)
}

func (t *trial) runsWithin(ctx context.Context, longest time.Duration, codes []int, words ...string) (int, string, error) {
	p, err := t.start(ctx, words...)
	if err != nil {
		return -1, "", err
	}
	code, err := p.wait(longest)
	if err != nil {
		return code, p.said(), err
	}
	return code, p.said(), expect(code, codes, p)
}

func expect(code int, codes []int, p *process) error {
	for _, c := range codes {
		if code == c {
			return nil
		}
	}
	return fmt.Errorf("`batch %s` exits %d, want one of %v:\n%s", strings.Join(p.cmd.Args[1:], " "), code, codes, p.said())
}

// finish starts the command in fair weather until nothing is left to do.
func (t *trial) finish(ctx context.Context) error {
	if t.line != nil {
		if err := t.line.calm(ctx); err != nil {
			return err
		}
	}
	words := append(t.runWords(), "--config", "batch.yaml")
	for range 40 {
		if err := t.look(); err != nil || t.over {
			return err
		}
		code, _, err := t.runs(ctx, []int{0, 3, 4}, words...)
		if err != nil || code != 4 {
			return err
		}
		words = []string{"resume", "--out", "out"}
	}
	return errors.New("the run does not come to its end in fair weather")
}
