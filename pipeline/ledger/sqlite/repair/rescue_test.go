package repair

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// usedLedger is the file of a ledger with lookups in every state, in two runs,
// and large and small answers.
func usedLedger(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for _, id := range []string{"one", "two"} {
		run, work := planRun(t, l, id, 90)
		for i, w := range work {
			if i%8 != 7 { // an eighth stays planned
				use(t, l, w, i%8, random)
			}
		}
		run.InputRows = 90
		must(t, l.SetRun(run))
	}
	must(t, l.Close())
	return dir
}

// use takes a planned lookup to one of the states that follow.
func use(t *testing.T, l *sqlite.Ledger, planned ledger.Work, kind int, random *rand.Rand) {
	t.Helper()
	w := intend(t, l, planned, 1700)
	if kind == 0 {
		return // submitting
	}
	body := make([]byte, 30+random.IntN(7000))
	for i := range body {
		body[i] = byte(random.Uint32())
	}
	id, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: w.Lookup.Vendor, Status: 200, ReceivedAt: noon, Body: body})
	must(t, err)
	w.Attempt.Outcome, w.Attempt.Ticket = "ticket", fmt.Sprintf("T%d", w.Lookup.ID)
	w.Lookup.Ticket, w.Lookup.TicketAt = w.Attempt.Ticket, noon
	to, billed := ledger.Found, ledger.BilledYes
	switch kind {
	case 1:
		to, billed = ledger.Waiting, ledger.Reserved
	case 2:
		to, billed = ledger.Failed, ledger.BilledNo
		w.Lookup.Class, w.Lookup.Stage = record.Unavailable, record.StageSubmit
	case 3:
		to, billed = ledger.InDoubt, ledger.BilledUnknown
		w.Lookup.Class, w.Lookup.Stage = record.DoubtfulOrder, record.StageSubmit
	case 4: // answered at once: no ticket
		w.Attempt.Outcome, w.Attempt.Ticket, w.Lookup.Ticket = "answered", "", ""
		w.Lookup.Answer, w.Lookup.AnsweredAt = id, noon
	default:
		w.Lookup.Answer, w.Lookup.AnsweredAt = id, noon
	}
	advance(t, l, step(w, to, billed))
}

// world is what the rescues of the tests are told.
var world = Known{
	Key:    func(d record.Dataset, v *record.Vehicle) []byte { return fmt.Appendf(nil, "%s %s %d", d, v.VIN, v.Row) },
	Price:  func(string, record.Dataset) record.Fen { return 1700 },
	Vendor: func(name string) bool { return name == "acme" || name == "bolt" || name == "other" },
	MadeUp: func(head string) bool { return head == "Server: made-up" },
}

// contents is what a ledger says of each lookup.
type contents struct {
	money   map[string]record.Fen // by run: charged, reserved and unknown
	lookups map[int64]ledger.Lookup
	bodies  map[int64][]byte // by lookup, of those that were found
	billed  map[int64]record.Fen
}

func contentsOf(t testing.TB, dir string) contents {
	t.Helper()
	l, err := sqlite.OpenReadOnly(context.Background(), dir, options().Now)
	must(t, err)
	c := contents{lookups: map[int64]ledger.Lookup{}, bodies: map[int64][]byte{}, billed: map[int64]record.Fen{}, money: map[string]record.Fen{}}
	runs, err := l.Runs(context.Background())
	must(t, err)
	for _, run := range runs {
		spend, err := l.Spend(context.Background(), run)
		must(t, err)
		c.money[run.ID] = 0
		for _, s := range spend {
			c.money[run.ID] += s.Sum()
		}
		must(t, l.Rows(context.Background(), run, func(r *ledger.Row) error {
			for i := range r.Lookups {
				a := &r.Lookups[i]
				c.lookups[a.Lookup.ID], c.billed[a.Lookup.ID] = a.Lookup, a.Charged+a.Unknown
				if a.Lookup.State == ledger.Found {
					answer, err := l.Unpack(a.Packed)
					must(t, err)
					c.bodies[a.Lookup.ID] = answer.Body
				}
			}
			return nil
		}))
	}
	must(t, l.Close())
	return c
}

// damage spoils some pages of a file of 4 KiB pages, or its end.
func damage(t *testing.T, random *rand.Rand, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	for range 1 + random.IntN(4) {
		page := make([]byte, 4096)
		at := random.Int64N(info.Size()/4096) * 4096
		switch random.IntN(8) {
		case 0:
			must(t, os.Truncate(path, at+1000))
			return
		case 1:
			page = page[:2048]
		case 2, 3, 4:
			for i := range page {
				page[i] = byte(random.Uint32())
			}
		}
		overwrite(t, path, at, string(page))
	}
}

// Whatever is damaged, the ledger is refused or good, and a rescue saves what
// it can: what is settled then was so before, and nothing that may have been
// bought is planned.
func TestRescueSavesWhatCanBeReadAndDoubtsTheRest(t *testing.T) {
	t.Parallel()
	good := usedLedger(t)
	before := contentsOf(t, good)
	for seed := range uint64(few(6, 24)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			damage(t, rand.New(rand.NewPCG(seed, 3)), filepath.Join(dir, sqlite.FileName))
			r, err := Rescue(context.Background(), dir, options(), world)
			must(t, err)
			checkRescued(t, dir, before, r)
		})
	}
}

func checkRescued(t *testing.T, dir string, before contents, r *Rescued) {
	t.Helper()
	e, err := Examine(context.Background(), dir)
	must(t, err)
	if !e.Sound() {
		t.Fatalf("after the rescue: %+v", e.Faults)
	}
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	loss, err := l.LastLoss(context.Background())
	must(t, err)
	must(t, l.Close())
	after := contentsOf(t, dir)
	checkMoney(t, before, after, r)
	for id, was := range before.lookups {
		now, there := after.lookups[id]
		if !there {
			if loss.What == "" {
				t.Fatalf("lookup %d is lost, and nothing is said of it: %+v", id, r)
			}
			continue
		}
		if was.State != ledger.Planned && now.State == ledger.Planned {
			t.Fatalf("lookup %d was %s and is planned", id, was.State)
		}
		if now.State == ledger.Found && (was.State != ledger.Found || !bytes.Equal(before.bodies[id], after.bodies[id])) {
			t.Fatalf("lookup %d was %s and has another answer now", id, was.State)
		}
		if was.State == ledger.Found && now.State != ledger.Found && now.State != ledger.InDoubt && (now.State != ledger.Waiting && now.State != ledger.Submitting || now.Ticket != was.Ticket && now.State == ledger.Waiting) {
			t.Fatalf("lookup %d was found and is %s with ticket %q", id, now.State, now.Ticket)
		}
		if now.State == ledger.Waiting && was.State == ledger.Found && now.NextAt.IsZero() {
			t.Fatalf("lookup %d waits, and it is not said until when", id)
		}
		if now.State == ledger.InDoubt && after.billed[id] < before.billed[id] {
			t.Fatalf("lookup %d is in doubt over %s, and had cost %s", id, after.billed[id], before.billed[id])
		}
	}
}

// A rescue of a good ledger changes nothing of it.
func TestRescueOfAGoodLedgerLosesNothing(t *testing.T) {
	t.Parallel()
	dir := usedLedger(t)
	before := contentsOf(t, dir)
	r, err := Rescue(context.Background(), dir, options(), world)
	must(t, err)
	after := contentsOf(t, dir)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("the ledger says something else now")
	}
	if r.LostAnswers+r.LostOrders+r.LostLookups+r.LostRows+r.LostRuns+r.InDoubt+r.AskAgain > 0 || r.Unnamed != "" || r.Lookups != int64(len(before.lookups)) {
		t.Errorf("it came to %+v", r)
	}
	if _, err := os.Stat(filepath.Join(dir, RescueDir)); err == nil {
		t.Errorf("%s is left", RescueDir)
	}
	if m, ok := sqlite.ReadWatermark(dir); !ok || !m.Bought() {
		t.Errorf("the new ledger's mark is %+v, %v", m, ok)
	}
	if _, err := os.Stat(r.Kept); err != nil {
		t.Errorf("the old file is not kept: %v", err)
	}
}

// A ledger from an older copy: what it has not ordered may have been ordered.
func TestRescueDoubtsWhatTheEndMayHaveHeld(t *testing.T) {
	t.Parallel()
	dir := killedLedger(t)
	copyTo(t, filepath.Join(dir, "older"), dir, sqlite.FileName, logName)
	r, err := Rescue(context.Background(), dir, options(), world)
	must(t, err)
	if !r.Truncated || r.InDoubt != 3 {
		t.Errorf("it came to %+v", r)
	}
	for id, k := range contentsOf(t, dir).lookups {
		if k.State != ledger.InDoubt {
			t.Errorf("lookup %d is %s", id, k.State)
		}
	}
	openAt(t, dir)
}

func TestRescueWantsTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	planRun(t, openAt(t, dir), "one", 1)
	if _, err := Rescue(context.Background(), dir, options(), world); err == nil {
		t.Error("a ledger in use was rescued")
	}
	e, err := Examine(context.Background(), dir)
	must(t, err)
	if !e.Sound() || e.Holder == "" {
		t.Errorf("a ledger in use: %+v", e)
	}
}

// checkMoney holds that no run counts less against its budget than before, and
// that the rescue names what the ledger says.
func checkMoney(t *testing.T, before, after contents, r *Rescued) {
	t.Helper()
	var was, is record.Fen
	for id, fen := range before.money {
		if now, there := after.money[id]; there && now < fen {
			t.Errorf("run %s counts %s and had spent %s: %+v", id, now, fen, r)
		}
		was += fen
	}
	for _, fen := range after.money {
		is += fen
	}
	if is < was && len(after.money) > 0 {
		t.Errorf("all runs count %s and had spent %s: %+v", is, was, r)
	}
	unknown := r.Charged
	for _, d := range r.Doubts {
		unknown += d.Unknown
	}
	if unknown > is {
		t.Errorf("the rescue names %s, the ledger counts %s", unknown, is)
	}
}

// Of a file that was cut short, every table is saved as far as it goes.
func TestRescueReadsWhatACutFileStillHolds(t *testing.T) {
	t.Parallel()
	good := usedLedger(t)
	before := contentsOf(t, good)
	for _, pages := range []int64{30, 19, 60}[:few(1, 3)] {
		dir := t.TempDir()
		copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
		must(t, os.Truncate(filepath.Join(dir, sqlite.FileName), pages*4096))
		r, err := Rescue(context.Background(), dir, options(), world)
		must(t, err)
		if r.Runs != 2 || r.Lookups == 0 {
			t.Errorf("of %d pages it saved %+v", pages, r)
		}
		checkRescued(t, dir, before, r)
	}
}

// An answer that was used again and again is asked for by the ticket that every
// run of them knows.
func TestRescueAsksAgainForAnAnswerThatWasPassedOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	var last, answer int64
	for _, id := range []string{"one", "two", "three"} {
		run, work := planRun(t, l, id, 1)
		run.InputRows = 1
		must(t, l.SetRun(run))
		w, was := work[0], ledger.Billed("")
		if answer == 0 {
			w, was = intend(t, l, w, 1700), ledger.BilledYes
			answer, err = l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "poll", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("report")})
			must(t, err)
			w.Attempt.Outcome, w.Attempt.Ticket, w.Lookup.TicketAt = "ticket", "T1", noon
		}
		w.Lookup.Ticket, w.Lookup.Answer, w.Lookup.AnsweredAt, w.Lookup.Source = "T1", answer, noon, last
		advance(t, l, step(w, ledger.Found, was))
		last = w.Lookup.ID
	}
	_, err = l.WriterConn().ExecContext(context.Background(), "DELETE FROM answers")
	must(t, err)
	must(t, l.Close())
	if r, err := Rescue(context.Background(), dir, options(), world); err != nil || r.AskAgain != 3 || r.InDoubt != 0 {
		t.Errorf("the rescue came to %+v, %v", r, err)
	}
}

// An older ledger that was put back with its own mark, beside outputs that were written since: what
// it has not ordered may have been ordered.
func TestRescueOfAnOlderLedgerWithItsOwnMark(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "runs"), 0o700))
	l, err := sqlite.Open(ctx, dir, options())
	must(t, err)
	_, work := planRun(t, l, "one", 2)
	intend := func(l *sqlite.Ledger, w ledger.Work) {
		next, err := l.Intend(w, 1700, record.Opt[record.Fen]{})
		must(t, err)
		advance(t, l, step(next, ledger.NoRecord, ledger.BilledYes))
	}
	intend(l, work[0])
	must(t, l.Close())
	older := t.TempDir()
	copyTo(t, dir, older, sqlite.FileName, "ledger.mark")
	l, err = sqlite.Open(ctx, dir, options())
	must(t, err)
	intend(l, work[1])
	must(t, l.Close())
	copyTo(t, older, dir, sqlite.FileName, "ledger.mark")
	if e, err := Examine(ctx, dir); err != nil || !e.Older {
		t.Fatalf("%v, %+v", err, e)
	}
	r, err := Rescue(ctx, dir, options(), world)
	must(t, err)
	if !r.Truncated || r.InDoubt != 1 {
		t.Errorf("it came to %+v", r)
	}
	must(t, opens(ctx, dir))
}
