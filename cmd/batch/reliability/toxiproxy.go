package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// toxiproxy is the API of a running toxiproxy server.
type toxiproxy struct{ url string }

// call does one request of the API; in and out may be nil.
func (t *toxiproxy) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.url+path, body)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("tell the fault proxy: %w", err)
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("tell the fault proxy: %w", err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the fault proxy says %s to %s %s: %s", resp.Status, method, path, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// await waits until the server answers.
func (t *toxiproxy) await(ctx context.Context) error {
	var err error
	for range 200 {
		if err = t.call(ctx, http.MethodGet, "/version", nil, nil); err == nil {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return err
}

// line is one proxied address with the weather on it. Not safe for concurrent use.
type line struct {
	api     *toxiproxy
	name    string
	address string
	toxics  []string
	seen    map[string]int // how often each kind of trouble was laid on
}

// newLine makes an address that leads to upstream, a URL. Every kind of trouble
// is on it from the beginning, and strikes no connection: toxiproxy 2.5.0 breaks
// down now and then when one is added to connections that are just ending.
func (t *toxiproxy) newLine(ctx context.Context, name, upstream string) (*line, error) {
	var made struct{ Listen string }
	err := t.call(ctx, http.MethodPost, "/proxies", map[string]any{"name": name, "listen": "127.0.0.1:0",
		"upstream": strings.TrimPrefix(upstream, "http://"), "enabled": true}, &made)
	if err != nil {
		return nil, err
	}
	l := &line{api: t, name: name, address: made.Listen, seen: map[string]int{}}
	for _, kind := range kinds {
		for _, stream := range []string{"upstream", "downstream"} {
			toxic := toxic{Name: stream + "-" + kind, Type: kind, Stream: stream, Attributes: attributes(chance(0), kind)}
			if err := t.call(ctx, http.MethodPost, "/proxies/"+name+"/toxics", toxic, nil); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

func (l *line) close(ctx context.Context) error {
	return l.api.call(ctx, http.MethodDelete, "/proxies/"+l.name, nil, nil)
}

// enable opens the line or refuses connections there. The address stays: a
// listener that is opened again takes the port that it had.
func (l *line) enable(ctx context.Context, on bool) error {
	return l.api.call(ctx, http.MethodPost, "/proxies/"+l.name, map[string]any{"enabled": on, "listen": l.address}, nil)
}

// calm takes every trouble away.
func (l *line) calm(ctx context.Context) error {
	for _, name := range l.toxics {
		if err := l.lay(ctx, name, map[string]any{"toxicity": 0}); err != nil {
			return err
		}
	}
	l.toxics = nil
	return l.enable(ctx, true)
}

// lay changes how often and how a toxic of the line strikes.
func (l *line) lay(ctx context.Context, toxic string, how map[string]any) error {
	return l.api.call(ctx, http.MethodPost, "/proxies/"+l.name+"/toxics/"+toxic, how, nil)
}

// toxic is one kind of trouble on a line.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Toxicity   float64        `json:"toxicity"` // share of connections
	Attributes map[string]int `json:"attributes"`
}

// kinds are the troubles that toxiproxy has.
var kinds = []string{"latency", "limit_data", "reset_peer", "slow_close", "timeout", "bandwidth", "slicer"}

// attributes say how a trouble strikes. Times are in milliseconds, of the
// slicer in microseconds, rates in KB a second, sizes in bytes.
func attributes(r *rand.Rand, kind string) map[string]int {
	switch kind {
	case "latency":
		return map[string]int{"latency": r.IntN(250), "jitter": r.IntN(200)}
	case "limit_data": // the connection is cut in the middle of an answer, or of a request
		return map[string]int{"bytes": 1 + r.IntN(4000)}
	case "reset_peer":
		return map[string]int{"timeout": r.IntN(300)}
	case "slow_close":
		return map[string]int{"delay": r.IntN(600)}
	case "timeout": // nothing comes through, then the connection is closed
		return map[string]int{"timeout": 50 + r.IntN(1200)}
	case "bandwidth":
		return map[string]int{"rate": 2 + r.IntN(60)}
	}
	return map[string]int{"average_size": 1 + r.IntN(400), "size_variation": 0, "delay": r.IntN(2000)}
}

// blow lays new weather on the line: fair, one or two kinds of trouble, or
// connections refused.
func (l *line) blow(ctx context.Context, r *rand.Rand) error {
	if err := l.calm(ctx); err != nil {
		return err
	}
	switch n := r.IntN(10); {
	case n < 4:
		l.seen["fair"]++
		return nil
	case n == 4:
		l.seen["refused"]++
		return l.enable(ctx, false)
	}
	for range 1 + r.IntN(2) {
		kind, stream := kinds[r.IntN(len(kinds))], "downstream"
		if r.IntN(4) == 0 {
			stream = "upstream"
		}
		name := stream + "-" + kind
		l.toxics = append(l.toxics, name)
		if err := l.lay(ctx, name, map[string]any{"toxicity": 0.2 + 0.8*r.Float64(), "attributes": attributes(r, kind)}); err != nil {
			return err
		}
		l.seen[kind]++
	}
	return nil
}

// storm changes the weather on a line until it is stopped.
type storm struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	err    error
}

func (l *line) storm(ctx context.Context, r *rand.Rand) *storm {
	ctx, cancel := context.WithCancel(ctx)
	s := &storm{cancel: cancel}
	s.done.Go(func() {
		for {
			if err := l.blow(context.WithoutCancel(ctx), r); err != nil {
				s.err = err
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(between(r, 40*time.Millisecond, 400*time.Millisecond)):
			}
		}
	})
	return s
}

// stop ends the storm and leaves the line calm.
func (s *storm) stop(ctx context.Context, l *line) error {
	s.cancel()
	s.done.Wait()
	return errors.Join(s.err, l.calm(ctx))
}
