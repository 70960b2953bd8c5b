package simtest

import (
	"math/rand/v2"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
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
	disk  *disk  // where the outputs are
	terms terms
	cars  []record.Vehicle
	many  source // instead of cars, where they shall not be in memory
	file  string // the input's name

	weather weather
	space   *sqlite.Space // the room on the disk under the ledger; nil where nobody asks for it
	line    *line         // of the latest life
	off     atomic.Int64  // how far the machine's wall clock is wrong
	plans   int
	// unaskable is how many lookups fail before anything is bought.
	unaskable int
	mustCall  bool // something is due: the next life must find it

	settled     map[int64]string // by lookup: how it was found settled on disk
	runs        int              // in the ledger, when it was last looked at
	boughtAgain record.Dataset   // for good reason
	mixed       bool             // vendors were asked in both modes: whose report is used depends on who answered first
	// What the user has said to buy again: lookups, and how often of each.
	reopened map[int64]bool
	allowed  map[bought]int
	ends     []string   // of the lives so far
	more     *rand.Rand // draws the troubles of random lives; nil for none
	// lost is how many orders nobody can know the fate of, in the lives that are over.
	lost int
}

var china = record.China()

// morning is when worlds begin: a Wednesday, with the desks open.
var morning = time.Date(2024, time.June, 5, 10, 0, 0, 0, china)

// inWorld runs do in a bubble of its own, at a moment.
func inWorld(t *testing.T, at time.Time, cars int, o simulator.Options, do func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(at))
		sim := simulator.New(o)
		w := &world{t: t, sim: sim, wire: newWire(), disk: newDisk(), terms: usualTerms(), cars: fleet(cars), file: "fleet.csv",
			settled: map[int64]string{}, allowed: map[bought]int{}}
		w.dir = w.newDir()
		defer w.serve(w.weather.over(sim))()
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

// newDir makes a folder that the test takes away, in memory where the system
// has such a place: a million lives must not wear out a disk.
func (w *world) newDir() string {
	dir, err := os.MkdirTemp("/dev/shm", "simtest")
	if err != nil {
		dir, err = os.MkdirTemp("", "simtest")
	}
	must(w.t, err)
	w.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (w *world) clockOff() time.Duration { return time.Duration(w.off.Load()) }

// slowly is the usual simulator: reports take 20 s to 3 min.
func slowly(seed uint64) simulator.Options {
	return simulator.Options{Seed: seed, Latency: simulator.Latency{Min: 20 * time.Second, Max: 3 * time.Minute}}
}
