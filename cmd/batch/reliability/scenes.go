package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// vendorTrouble is the command that plays scenes.
const vendorTrouble = "trouble"

// scene is one kind of trouble of a vendor, played to a real process.
type scene struct {
	name         string // a part behind a dash is a variant
	fleet, short int    // vehicles, and those of a short play
	terms        conditions
	play         func(*trial, context.Context) error
}

const everything = "maintenance,valuation,violations"

// scenes lists them, the long ones first: several are played side by side.
func scenes(s *settings) []scene {
	all := []scene{
		{"away", 200, 60, conditions{perSecond: 40}, func(t *trial, ctx context.Context) error { return t.away(ctx, s.away) }},
		{"random", 600, 150, conditions{perSecond: 100}, (*trial).manyFail},
		{"blips", 200, 80, conditions{perSecond: 20}, (*trial).blips},
		{"hangup", 200, 80, conditions{perSecond: 40}, (*trial).hungUp},
		{"dead", 60, 30, conditions{perSecond: 50, wait: 3 * time.Second}, (*trial).dead},
		{"said", 60, 30, conditions{perSecond: 20}, (*trial).saysSo},
		{"gone", 40, 40, conditions{datasets: "maintenance", perSecond: 200, route: "tencent",
			poll: "{first: 1s, interval: 300ms, max_interval: 500ms}"}, (*trial).goneTickets},
	}
	for _, v := range []string{"tencent", "wapi"} {
		all = append(all, scene{"empty-" + v, 300, 200, conditions{datasets: "maintenance", inFlight: 64, route: v},
			func(t *trial, ctx context.Context) error { return t.empty(ctx, v) }})
	}
	for _, l := range limiters() {
		all = append(all, scene{"limiters-" + string(l.fault), 100, 40, conditions{perSecond: 100, notTaken: l.rule},
			func(t *trial, ctx context.Context) error { return t.limited(ctx, l.fault) }})
	}
	for i := range all {
		c := &all[i].terms
		c.latest, c.datasets, c.inFlight = 900*time.Millisecond, cmp.Or(c.datasets, everything), cmp.Or(c.inFlight, 16)
		if c.vehicles = all[i].fleet; s.short {
			c.vehicles = all[i].short
		}
	}
	return all
}

func sceneNames() string {
	var names []string
	for _, s := range scenes(&settings{}) {
		name, _, _ := strings.Cut(s.name, "-")
		names = append(names, name)
	}
	return strings.Join(slices.Compact(names), ", ")
}

// chosen are the scenes that the user wants to see.
func chosen(s *settings) ([]scene, error) {
	all := scenes(s)
	if s.only == "" {
		return all, nil
	}
	var out []scene
	for _, word := range strings.Split(s.only, ",") {
		n := len(out)
		for _, c := range all {
			if c.name == word || strings.HasPrefix(c.name, word+"-") {
				out = append(out, c)
			}
		}
		if len(out) == n {
			return nil, fmt.Errorf("-only %q: want some of %s", word, sceneNames())
		}
	}
	return out, nil
}

// playAll plays every scene so often, several side by side, and says what came
// of each. It ends at the first that fails.
func playAll(ctx context.Context, l *lab) error {
	list, err := chosen(&l.settings)
	if err != nil {
		return err
	}
	records := make([]sceneRecord, len(list))
	var mu sync.Mutex
	begun, next := time.Now(), 0
	err = l.trials(ctx, func() bool { return next == l.n*len(list) }, func(ctx context.Context, _ uint64) error {
		mu.Lock()
		i, seed := next%len(list), l.seed+uint64(next/len(list))
		next++
		mu.Unlock()
		t, took, err := l.playOnce(ctx, list[i], seed)
		if err != nil {
			return &failure{words: fmt.Sprintf("trouble -runs 1 -only %s -away %s", list[i].name, l.away), seed: seed, err: err}
		}
		mu.Lock()
		defer mu.Unlock()
		records[i].add(t, took)
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "trouble: %d runs in %s; bought twice: 0, paid reports left unasked: 0; seed %d\n", next, time.Since(begun).Round(time.Second), l.seed)
	for i := range list {
		fmt.Fprintf(l.out, "  %-19s %s\n", list[i].name, &records[i])
	}
	return nil
}

// playOnce plays one scene, and holds everything together afterwards.
func (l *lab) playOnce(ctx context.Context, s scene, seed uint64) (*trial, time.Duration, error) {
	t, err := l.newTrialNamed(ctx, s.name, seed, chance(seed), s.terms)
	if err != nil {
		return nil, 0, err
	}
	begun := time.Now()
	err = s.play(t, ctx)
	took := time.Since(begun)
	if err == nil {
		err = t.checkEnd(ctx)
	}
	if err == nil {
		l.say("%s: %s", t.dir, took.Round(time.Second))
	}
	return t, took, t.close(ctx, err)
}

// checkEnd wants the run complete, as nothing but the trouble and its doubts can
// have made it, and every answer that of an undisturbed run.
func (t *trial) checkEnd(ctx context.Context) error {
	b, v, err := t.checkAll(ctx)
	if err != nil {
		return err
	}
	if err := checkCounted(b, v); err != nil {
		return err
	}
	m, err := readManifest(t.outputs(v))
	if err != nil || !m.Complete {
		return errors.Join(err, fmt.Errorf("the manifest says complete: %v", m.Complete))
	}
	t.doubts = v.doubts
	if err := t.vendor.breaks(ctx, fair); err != nil {
		return err
	}
	return t.checkCalm(ctx, t.outputs(v))
}

// figure is what else a scene counted; the highest is told.
type figure struct {
	what string
	n    float64
}

// sceneRecord is what came of a scene's runs.
type sceneRecord struct {
	runs        int
	short, long time.Duration
	least, most int // in doubt
	seen        figure
}

func (r *sceneRecord) add(t *trial, took time.Duration) {
	if r.runs == 0 {
		r.short, r.least = took, t.doubts
	}
	r.runs++
	r.short, r.long = min(r.short, took), max(r.long, took)
	r.least, r.most = min(r.least, t.doubts), max(r.most, t.doubts)
	r.seen.what, r.seen.n = t.seen.what, max(r.seen.n, t.seen.n)
}

func (r *sceneRecord) String() string {
	text := fmt.Sprintf("%d of %d, %.0f to %.0f s, in doubt %d to %d", r.runs, r.runs, r.short.Seconds(), r.long.Seconds(), r.least, r.most)
	if r.seen.what != "" {
		text += fmt.Sprintf(", %s: at most %.3g", r.seen.what, r.seen.n)
	}
	return text
}
