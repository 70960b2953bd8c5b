package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func stepPromises() []promise {
	return []promise{
		{"Intend writes the intent and its charge down", intendWrites},
		{"a step writes what changes of a lookup and of its last submission", stepsWrite},
		{"every change of a lookup that moved on is stale and changes nothing", staleChangesNothing},
		{"a step from before a later submission is stale", staleAfterALaterSubmission},
		{"an intent of a lookup that has changed since it was read is stale, though its state has not", staleThoughInItsState},
		{"Conclude keeps answer and step together, of a stale step the answer alone", concludeIsWhole},
		{"AdvanceAll leaves nothing of what it could not make", advanceAllIsWhole},
		{"a request goes on as a lookup at the next vendor", requestsGoOn},
		{"a request that has gone on stays gone on", passedStaysPassed},
		{"Ask gives lookups the keys that they have now", setKeysGivesKeys},
		{"changes of many at once are all kept", manyAtOnce},
	}
}

func intendWrites(b *bench) {
	run, work := b.simple("one", 1)
	b.now = noon.Add(time.Minute)
	got, err := b.Intend(work[0], 1700, record.Some[record.Fen](1700))
	b.must(err)
	want := ledger.Attempt{Lookup: work[0].Lookup.ID, N: 1, Vendor: "acme", Dataset: record.DatasetMaintenance, Fen: 1700, Billed: ledger.Reserved, IntentAt: b.now}
	if got.Attempt != want || got.Lookup.State != ledger.Submitting || got.Lookup.Attempts != 1 || !got.Lookup.FirstAt.Equal(b.now) {
		b.t.Errorf("intended is %+v", got)
	}
	if k := b.lookup(want.Lookup); !reflect.DeepEqual(k, got.Lookup) || !k.LastAt.Equal(b.now) {
		b.t.Errorf("it is kept as\n%+v, want\n%+v", k, got.Lookup)
	}
	if b.Money() != (ledger.Totals{Reserved: 1700}) {
		b.t.Errorf("money is %+v", b.Money())
	}
	b.now = noon.Add(time.Hour)
	again := b.goTo(got, ledger.Planned, ledger.BilledUnknown)
	again.Lookup.Forced = true // the user's word, which counts until it is sent
	b.must(b.Advance(ledger.Step{From: ledger.Planned, Next: again, Was: again.Attempt.Billed}))
	second := b.intend(again, 3)
	if k := b.lookup(second.Lookup.ID); k.Forced || second.Lookup.Forced {
		b.t.Errorf("the user's word is kept beyond the order: %+v", k)
	}
	if second.Attempt.N != 2 || !second.Lookup.FirstAt.Equal(noon.Add(time.Minute)) {
		b.t.Errorf("the second is %+v", second)
	}
	orders, err := b.Orders(ctx(), &second.Lookup)
	b.must(err)
	if len(orders) != 2 || orders[0].Billed != ledger.BilledUnknown || orders[1] != second.Attempt {
		b.t.Errorf("its submissions are %+v", orders)
	}
	b.sameMoney(run)
}

func stepsWrite(b *bench) {
	_, work := b.simple("one", 1)
	sent := b.intend(work[0], 1700)
	b.now = noon.Add(time.Minute)
	s := step(sent, ledger.Failed, ledger.BilledYes)
	s.Next.Attempt.EndedAt, s.Next.Attempt.Outcome, s.Next.Attempt.Code, s.Next.Attempt.Ticket = b.now, "refused", "40000", "T9"
	k := &s.Next.Lookup
	full := fullLookup()
	k.NextAt, k.Tries, k.Polls, k.Ticket, k.Answer, k.Source, k.Forced = noon, 2, 3, full.Ticket, full.Answer, full.Source, true
	k.Stage, k.Class, k.Code, k.Message, k.TicketAt, k.AnsweredAt, k.Derived = full.Stage, full.Class, full.Code, full.Message, noon, noon, full.Derived
	b.advance(s)
	k.LastAt = b.now
	if got := b.lookup(k.ID); !reflect.DeepEqual(got, *k) {
		b.t.Errorf("it is kept as\n%+v, want\n%+v", got, *k)
	}
	if orders, err := b.Orders(ctx(), k); err != nil || len(orders) != 1 || orders[0] != s.Next.Attempt {
		b.t.Errorf("its submissions are %+v, %v", orders, err)
	}
}

func staleChangesNothing(b *bench) {
	run, work := b.simple("one", 3)
	planned := work[0]
	sent := b.intend(planned, 100)
	s := step(sent, ledger.Found, ledger.BilledYes)
	s.Next.Lookup.Answer = 1
	b.advance(s)
	was, money := b.lookup(sent.Lookup.ID), b.Money()
	onward := step(sent, ledger.NoRecord, ledger.BilledNo)
	onward.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	release := step(planned, ledger.Failed, "")
	settled := ledger.Settlement{Lookup: sent.Lookup.ID, N: 1, Was: ledger.BilledUnknown, Billed: ledger.BilledNo}
	stepOnly := settled
	stepOnly.Was, stepOnly.Steps = ledger.BilledYes, []ledger.Step{step(ledger.Work{Lookup: sent.Lookup}, ledger.Failed, "")}
	for name, change := range map[string]func() error{
		"Intend":                  func() error { _, err := b.Intend(planned, 1, noLimit()); return err },
		"Intend, under a limit":   func() error { _, err := b.Intend(planned, 1, record.Some[record.Fen](10_000)); return err },
		"Advance":                 func() error { return b.Advance(step(sent, ledger.Failed, ledger.BilledNo)) },
		"Advance, going on":       func() error { return b.Advance(onward) },
		"AdvanceAll":              func() error { return b.AdvanceAll([]ledger.Step{step(work[1], ledger.Failed, ""), onward}) },
		"Release":                 func() error { return b.Unblock(release, 0) },
		"Settle":                  func() error { return b.Settle([]ledger.Settlement{settled}) },
		"Settle, by its step":     func() error { return b.Settle([]ledger.Settlement{stepOnly}) },
		"of a lookup that is not": func() error { x := step(work[1], ledger.Failed, ""); x.Next.Lookup.ID = 1 << 40; return b.Advance(x) },
	} {
		if err := change(); !errors.Is(err, ledger.ErrStale) {
			b.t.Errorf("%s: %v, want ErrStale", name, err)
		}
		if got := b.lookup(was.ID); !reflect.DeepEqual(got, was) || b.Money() != money {
			b.t.Errorf("after %s it is %+v, and money %+v", name, got, b.Money())
		}
		b.wantState(ledger.Planned, work[1].Lookup.ID, work[2].Lookup.ID)
	}
	if counts, err := b.Counts(ctx(), run); err != nil || len(counts) != 2 {
		b.t.Errorf("counts are %+v, %v", counts, err)
	}
	b.sameMoney(run)
}

// A step that begins before a later submission must not undo it, though the
// lookup is in the same state again: the later ticket would be lost, and the
// order bought another time.
func staleAfterALaterSubmission(b *bench) {
	_, work := b.simple("a", 1)
	first := b.goTo(b.intend(work[0], 1700), ledger.Waiting, ledger.BilledYes)
	planned := b.goTo(first, ledger.Planned, ledger.BilledYes)
	second := b.intend(planned, 3200)
	second.Lookup.Ticket = "the later one"
	b.goTo(second, ledger.Waiting, ledger.Reserved)
	if err := b.Advance(step(first, ledger.Planned, ledger.BilledYes)); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("a step from the first ticket: %v, want ErrStale", err)
	}
	waiting := b.lookup(second.Lookup.ID)
	if waiting.State != ledger.Waiting || waiting.Ticket != "the later one" || waiting.Attempts != 2 {
		b.t.Errorf("the lookup is %+v", waiting)
	}
	second.Lookup = waiting
	b.goTo(second, ledger.Planned, ledger.BilledNo)
	if _, err := b.Intend(planned, 3200, noLimit()); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("an intent from before the second one: %v, want ErrStale", err)
	}
}

// An order must leave for the vendor, and with the key, that the ledger has of it.
func staleThoughInItsState(b *bench) {
	run, work := b.simple("one", 2)
	moved := step(work[0], ledger.Planned, "")
	moved.Next.Lookup.Vendor = "bolt"
	b.advance(moved)
	b.must(b.SetKeys([]ledger.NewKey{{Lookup: work[1].Lookup.ID, Key: []byte("another")}}))
	for i, w := range work {
		if _, err := b.Intend(w, 100, noLimit()); !errors.Is(err, ledger.ErrStale) {
			b.t.Errorf("an intent of lookup %d: %v", i+1, err)
		}
	}
	if err := b.Advance(step(work[1], ledger.Failed, "")); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("a step of a lookup that asks something else: %v", err)
	}
	b.wantState(ledger.Planned, work[0].Lookup.ID, work[1].Lookup.ID)
	for _, w := range work {
		b.intend(ledger.Work{Lookup: b.lookup(w.Lookup.ID)}, 100)
	}
	b.sameMoney(run)
}

func concludeIsWhole(b *bench) {
	_, work := b.simple("one", 1)
	sent := b.intend(work[0], 1700)
	b.now = noon.Add(time.Minute)
	s := step(sent, ledger.Found, ledger.BilledYes)
	s.Next.Lookup.Answer = ledger.ThisAnswer
	b.must(b.Conclude(answer(sent, "report"), s))
	k := b.lookup(sent.Lookup.ID)
	a, err := b.AnswerByID(ctx(), k.Answer)
	if err != nil || string(a.Body) != "report" || k.State != ledger.Found || !k.LastAt.Equal(b.now) {
		b.t.Errorf("it is %+v with %q, %v", k, a.Body, err)
	}
	if err := b.Conclude(answer(sent, "too late"), s); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("concluded twice: %v", err)
	}
	late, ok, err := b.LastAnswer(ctx(), k.ID, 1)
	if err != nil || !ok || string(late.Body) != "too late" || late.ID <= a.ID {
		b.t.Errorf("of a stale step is kept %+v, %v, %v", late, ok, err)
	}
	if again := b.lookup(k.ID); !reflect.DeepEqual(again, k) {
		b.t.Errorf("it became %+v", again)
	}
}

func advanceAllIsWhole(b *bench) {
	run, work := b.simple("one", 5)
	doubt := b.goTo(b.intend(work[3], 100), ledger.InDoubt, ledger.BilledUnknown)
	gone := b.intend(work[1], 1)
	s := step(doubt, ledger.Planned, ledger.BilledNo)
	unsure := b.goTo(b.intend(work[4], 30), ledger.InDoubt, ledger.BilledNo)
	steps := []ledger.Step{s, step(unsure, ledger.InDoubt, ledger.BilledYes), step(work[0], ledger.Failed, ""), step(work[1], ledger.Failed, ""), step(work[2], ledger.Failed, "")}
	if err := b.AdvanceAll(steps); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("it ended with %v", err)
	}
	b.wantState(ledger.Planned, work[0].Lookup.ID, work[2].Lookup.ID)
	b.wantState(ledger.InDoubt, doubt.Lookup.ID)
	b.sameMoney(run)
	b.now = noon.Add(time.Minute)
	steps[3] = step(gone, ledger.Failed, ledger.BilledYes)
	b.must(b.AdvanceAll(steps))
	b.must(b.AdvanceAll(nil))
	b.wantState(ledger.Failed, work[0].Lookup.ID, work[1].Lookup.ID, work[2].Lookup.ID)
	if k := b.lookup(doubt.Lookup.ID); k.State != ledger.Planned || !k.LastAt.Equal(b.now) {
		b.t.Errorf("the doubt is %+v", k)
	}
	b.sameMoney(run)
}

func requestsGoOn(b *bench) {
	run, work := b.simple("one", 2)
	b.now = noon.Add(time.Minute)
	s := step(b.intend(work[0], 100), ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned, FirstAt: noon}
	b.advance(s)
	was := b.lookup(work[0].Lookup.ID)
	then := b.lookup(was.ReplacedBy)
	if s.Then.ID != then.ID || then.ID <= work[1].Lookup.ID || was.GroupID != was.ID || was.State != ledger.NoRecord || then.GroupID != was.ID || !then.Continues() || then.ReplacedBy != 0 {
		b.t.Errorf("%+v has gone on as %+v", was, then)
	}
	if then.Run != run.Seq || then.Row != was.Row || then.Dataset != was.Dataset || string(then.Key) != string(was.Key) || then.Vendor != "bolt" || !then.LastAt.Equal(b.now) || !then.FirstAt.Equal(noon) {
		b.t.Errorf("it goes on as %+v", then)
	}
	next := step(ledger.Work{Lookup: then}, ledger.NoRecord, "")
	next.Then = &ledger.Lookup{Vendor: "third", State: ledger.Failed}
	b.advance(next)
	if last := b.lookup(b.lookup(then.ID).ReplacedBy); last.GroupID != was.ID || last.State != ledger.Failed {
		b.t.Errorf("the third is %+v", last)
	}
	row := b.rows(run)[0]
	if len(row.Lookups) != 1 || row.Lookups[0].Lookup.Vendor != "third" || row.Lookups[0].Charged != 100 || row.Lookups[0].Sent != 1 || row.Lookups[0].Last.Vendor != "acme" {
		b.t.Errorf("the row has %+v", row.Lookups)
	}
	b.sameMoney(run)
}

func passedStaysPassed(b *bench) {
	_, was, then := b.routed("one")
	open := step(ledger.Work{Lookup: was}, ledger.Planned, "")
	again := step(ledger.Work{Lookup: was}, ledger.NoRecord, "")
	again.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	before := was // as it was read before its request went on
	before.GroupID, before.ReplacedBy = 0, 0
	twice, forgets := step(ledger.Work{Lookup: before}, ledger.NoRecord, ""), step(ledger.Work{Lookup: before}, ledger.Failed, "")
	twice.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	for _, s := range []ledger.Step{open, again, twice, forgets} {
		if err := b.Advance(s); err == nil {
			b.t.Errorf("it became %+v", s.Stands())
		}
	}
	if got, next := b.lookup(was.ID), b.lookup(then.ID); !reflect.DeepEqual(got, was) || !reflect.DeepEqual(next, then) {
		b.t.Errorf("they are %+v and %+v", got, next)
	}
}

func setKeysGivesKeys(b *bench) {
	run, work := b.simple("one", 3)
	b.must(b.SetKeys([]ledger.NewKey{{Lookup: work[0].Lookup.ID, Key: []byte("new")}, {Lookup: work[2].Lookup.ID, Key: []byte("third")}}))
	for i, want := range []string{"new", string(digestOf(run.Seq, 2)), "third"} {
		k := b.lookup(work[i].Lookup.ID)
		if string(k.Key) != want {
			b.t.Errorf("lookup %d asks %q, want %q", i+1, k.Key, want)
		}
		k.Key = work[i].Lookup.Key
		if !reflect.DeepEqual(k, work[i].Lookup) {
			b.t.Errorf("else it is %+v", k)
		}
	}
	if asked, err := b.Asked(ctx(), []byte("third")); err != nil || len(asked) != 1 {
		b.t.Errorf("asked are %+v, %v", asked, err)
	}
}

func manyAtOnce(b *bench) {
	const writers, each = 16, 10
	run, work := b.simple("one", writers*each)
	errs := make(chan error, writers)
	for n := range writers {
		go func() { errs <- b.buyAll(work[n*each : (n+1)*each]) }()
	}
	for range writers {
		b.must(<-errs)
	}
	counts, err := b.Counts(ctx(), run)
	b.must(err)
	if len(counts) != 1 || counts[0].State != ledger.Found || counts[0].N != writers*each {
		b.t.Errorf("counts are %+v", counts)
	}
	ids := map[int64]bool{}
	for _, r := range b.rows(run) {
		ids[r.Lookups[0].Packed.ID] = true
		if want := fmt.Sprint("report ", r.Lookups[0].Lookup.ID); b.body(r.Lookups[0].Packed) != want {
			b.t.Errorf("row %d has the answer of another", r.Vehicle.Row)
		}
	}
	if b.Money() != (ledger.Totals{Charged: 7 * writers * each}) || len(ids) != writers*each {
		b.t.Errorf("money is %+v, with %d answers", b.Money(), len(ids))
	}
	b.sameMoney(run)
}

// buyAll takes lookups from planned to found.
func (b *bench) buyAll(work []ledger.Work) error {
	for _, w := range work {
		sent, err := b.Intend(w, 7, noLimit())
		if err != nil {
			return err
		}
		s := step(sent, ledger.Found, ledger.BilledYes)
		s.Next.Lookup.Answer = ledger.ThisAnswer
		if err := b.Conclude(answer(sent, fmt.Sprint("report ", w.Lookup.ID)), s); err != nil {
			return err
		}
	}
	return nil
}
