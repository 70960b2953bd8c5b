package simtest

import (
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// world is what outlives the program: the vendors, the wire to them, the disk,
// and what was seen of the workspace so far.
type world struct {
	t     *testing.T
	sim   *simulator.Simulator
	wire  *wire
	dir   string // the workspace as it is on disk now
	terms terms
	cars  []record.Vehicle
	many  source // instead of cars, where they shall not be in memory
	file  string // the input's name

	settled     map[int64]string // by lookup: how it was found settled on disk
	boughtAgain record.Dataset   // for good reason
	// byTheUsersWord lets anything that failed be bought again.
	byTheUsersWord bool
	ends           []string // of the lives so far
}

var china = time.FixedZone("CST", 8*60*60)

// morning is when worlds begin: a Wednesday, with the desks open.
var morning = time.Date(2024, time.June, 5, 10, 0, 0, 0, china)

// inWorld runs do in a bubble of its own, at a moment.
func inWorld(t *testing.T, at time.Time, cars int, o simulator.Options, do func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(at))
		sim := simulator.New(o)
		w := &world{t: t, sim: sim, wire: newWire(), terms: usualTerms(), cars: fleet(cars), file: "fleet.csv", settled: map[int64]string{}}
		w.dir = w.newDir()
		defer w.serve(sim)()
		do(w)
	})
}

// serve answers on the wire until the returned function is called.
func (w *world) serve(h http.Handler) (stop func()) {
	server := simulator.NewHTTPServer(w.sim)
	server.Handler = h
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(w.wire) }()
	return func() { _ = server.Close(); <-done }
}

func (w *world) source() source {
	if w.many != nil {
		return w.many
	}
	return fromList(w.cars)
}

func (w *world) newDir() string {
	dir, err := os.MkdirTemp(w.t.TempDir(), "out")
	must(w.t, err)
	return dir
}

// slowly is the usual simulator: reports take 20 s to 3 min.
func slowly(seed uint64) simulator.Options {
	return simulator.Options{Seed: seed, Latency: simulator.Latency{Min: 20 * time.Second, Max: 3 * time.Minute}}
}
