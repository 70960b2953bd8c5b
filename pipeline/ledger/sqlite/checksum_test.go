package sqlite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// The program and SQL make the same text of a row.
func TestChecksumsAreWhatSQLMakesOfTheColumns(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	row := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		row++
		word := rapid.StringMatching(`[ -~京粤A-Z'|"]{0,12}`)
		pv := rowOf(run, row)
		pv.Vehicle.Plate, pv.Vehicle.EngineNo, pv.Vehicle.Problems = word.Draw(t, "plate"), word.Draw(t, "engine"), []string{word.Draw(t, "problem")}
		k := &pv.Lookups[0]
		k.Vendor, k.Ticket, k.Key = word.Draw(t, "vendor"), word.Draw(t, "ticket"), rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "key")
		k.FanOut, k.State, k.Answer, k.Source = rapid.Bool().Draw(t, "fanOut"), ledger.Found, rapid.Int64().Draw(t, "answer"), rapid.Int64().Draw(t, "source")
		k.AnsweredAt, k.Stage, k.Class, k.Derived = noon, record.StageSubmit, record.Rejected, word.Draw(t, "derived")
		k.NextAt, k.FirstAt, k.TicketAt, k.Tries, k.Polls, k.Code, k.Message = noon, noon, noon, 3, rapid.Int().Draw(t, "polls"), word.Draw(t, "code"), word.Draw(t, "message")
		must(t, plan.Batch(func(tx ledger.PlanTx) error { return tx.Put(pv) }))
	})
	_, err := plan.End(row)
	must(t, err)
	rapid.Check(t, func(t *rapid.T) {
		row++
		word := rapid.StringMatching(`[ -~京粤A-Z'|"]{0,12}`)
		must(t, plan.Batch(func(tx ledger.PlanTx) error { return tx.Put(rowOf(run, row)) }))
		work := stateOf(t, l, row)
		w := intend(t, l, ledger.Work{Lookup: work}, record.Fen(rapid.IntRange(0, 1e9).Draw(t, "fen")))
		w.Attempt.Outcome, w.Attempt.Code, w.Attempt.Ticket = word.Draw(t, "outcome"), word.Draw(t, "code"), word.Draw(t, "ticket")
		must(t, l.Conclude(ledger.Answer{Lookup: row, Attempt: 1, Call: "submit", Vendor: word.Draw(t, "vendor"), Status: rapid.IntRange(0, 599).Draw(t, "status"), Failure: word.Draw(t, "failure"),
			ReceivedAt: noon, Head: word.Draw(t, "head"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body")}, step(w, ledger.Waiting, ledger.BilledYes)))
	})
	for _, s := range integrity.Summeds() {
		wrong, err := s.Wrong(ctx, l.reader)
		must(t, err)
		if len(wrong) > 0 {
			t.Errorf("%s: %q", s.Broken, wrong[0].Text)
		}
	}
}

// Whoever reads a row that somebody has edited is told so, and does nothing with it.
func TestARowThatWasEditedIsRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, change := range []string{"UPDATE lookups SET key=x'00'", "UPDATE lookups SET vendor='bolt'", "UPDATE lookups SET ticket='T'", "UPDATE lookups SET answered_at=1",
		"UPDATE lookups SET message='x'", "UPDATE lookups SET tries=1", "UPDATE lookups SET last_at=last_at-1",
		"UPDATE vehicles SET plate='x'", "UPDATE vehicles SET details='{}'"} {
		l := openAt(t, t.TempDir())
		run, _ := planRun(t, l, "one", 1)
		exec(t, l, change)
		sendable := func() error {
			for _, vendor := range []string{"acme", "bolt"} {
				if _, err := l.Sendable(ctx, run.Seq, vendor, noon, nil, 9); err != nil {
					return err
				}
			}
			return nil
		}
		for how, err := range map[string]error{"sending": sendable(), "writing": l.Rows(ctx, run, func(*ledger.Row) error { return nil })} {
			if !Damaged(err) || !strings.Contains(err.Error(), "not what was written down") {
				t.Errorf("%s, %s: %v", change, how, err)
			}
		}
	}
}

// Of a ledger that is too large to be looked through whenever it is opened, what was bought is held against its checksums all the same before
// anything more is: an earlier lookup whose key was changed would not be found, and never read.
func TestWhatWasBoughtIsLookedAtInALargeLedger(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, change := range []string{"UPDATE lookups SET key=x'00'", "UPDATE attempts SET intent_at=1"} {
		l := openAt(t, t.TempDir())
		_, work := planRun(t, l, "one", 1)
		intend(t, l, work[0], 100)
		exec(t, l, change)
		conn, err := l.reader.Conn(ctx)
		must(t, err)
		found, err := integrity.Look(ctx, conn, 1, integrity.DecisivePages, nil)
		must(t, errors.Join(err, conn.Close()))
		if len(found) != 1 || !strings.Contains(found[0].What, "not what was written down") {
			t.Errorf("%s: %+v", change, found)
		}
	}
}

// Whoever reads an order or an answer that somebody has edited is told so: an answer belongs to its order and to its number.
func TestAnEditedOrderOrAnswerIsRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const others = "(SELECT %[1]s FROM answers o WHERE o.id<>answers.id)"
	for _, change := range []string{"UPDATE attempts SET intent_at=intent_at+1", "UPDATE attempts SET ended_at=1", "UPDATE attempts SET outcome=''", "UPDATE attempts SET code='x'", "UPDATE attempts SET ticket='x'",
		"UPDATE attempts SET vendor='bolt'", "UPDATE answers SET body=" + others, "UPDATE answers SET lookup=" + others, "UPDATE answers SET received_at=received_at+1", "UPDATE answers SET vendor='bolt'",
		"UPDATE answers SET status=404", "UPDATE answers SET failure='x'", "UPDATE answers SET head='x'", "UPDATE answers SET call='poll'", "UPDATE answers SET id=3-id+10"} {
		l := openAt(t, t.TempDir())
		run, work := planRun(t, l, "one", 2)
		for i := range work {
			w := intend(t, l, work[i], 100)
			w.Attempt.Outcome, w.Attempt.Ticket, w.Lookup.Answer, w.Lookup.AnsweredAt = "answered", "T", ledger.ThisAnswer, noon
			must(t, l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte(strings.Repeat("report", i+1))}, step(w, ledger.Found, ledger.BilledYes)))
		}
		k := stateOf(t, l, 1)
		column := strings.Fields(strings.ReplaceAll(change, "=", " "))[3]
		exec(t, l, strings.ReplaceAll(change, "%[1]s", column))
		if strings.Contains(change, "SET id") {
			exec(t, l, "UPDATE answers SET id=id-10")
		}
		readings := map[string]error{"writing": l.Rows(ctx, run, func(r *ledger.Row) error {
			_, err := l.Unpack(r.Lookups[0].Packed)
			return err
		})}
		_, readings["showing"] = l.Trace(ctx, &k)
		if strings.Contains(change, "answers") {
			_, readings["reading it"] = l.AnswerByID(ctx, 1)
		} else {
			_, readings["asking what was paid"] = l.MayHavePaid(ctx, &k)
			var bill [2]error
			for i, vendor := range []string{"acme", "bolt"} {
				_, bill[i] = l.Charges(ctx, vendor, noon.Add(-time.Hour), noon.Add(time.Hour))
			}
			readings["settling a bill"] = errors.Join(bill[:]...)
		}
		for how, err := range readings {
			if !Damaged(err) || !strings.Contains(err.Error(), "not what was written down") {
				t.Errorf("%s, %s: %v", change, how, err)
			}
		}
	}
}

// The one byte of a text that was changed is found by its checksum, wherever it is.
func TestAChangedByteIsFoundByTheChecksum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "text")
		sum := stored.Checksum(text)
		at, by := rapid.IntRange(0, len(text)-1).Draw(t, "at"), rapid.ByteRange(1, 255).Draw(t, "by")
		was := text[at]
		text[at] ^= by
		if found, value, ok := integrity.ChangedByte(text, sum); !ok || found != at || value != was {
			t.Fatalf("byte %d was %d: found %d at %d, %v", at, was, value, found, ok)
		}
	})
}
