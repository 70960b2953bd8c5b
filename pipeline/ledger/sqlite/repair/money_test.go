package repair

import (
	"fmt"
	"testing"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// In smallLedger each of two runs has 7 orders of ¥17.00: lookups 1 to 7 of the first. 1 is being sent, 2 waits with a ticket,
// 3 was refused free of charge, 4 is in doubt, 5 was answered at once, 6 and 7 by a ticket.

// Whatever is done to the orders behind the ledger's back, a rescue counts no less money than was spent, counts once what
// is certainly one order, and says each difference that it finds.
func TestNoMoneyIsLostOrHiddenInSilence(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	before := contentsOf(t, good)
	const (
		gone   = "DELETE FROM attempts WHERE lookup="
		copied = "INSERT INTO attempts SELECT lookup,2,vendor,dataset,fen,fen_twice,billed,billed_twice,%s,ended_at,outcome,code,ticket,sum FROM attempts WHERE lookup="
	)
	for name, edit := range map[string]struct {
		query  string
		summed bool // by somebody who knows about checksums
		want   func(r *Rescued) Orders
		orders int64
		more   record.Fen // than before, of the first run
	}{
		"every charge 1 fen":             {query: "UPDATE attempts SET fen=1, fen_twice=1", want: givenBack, orders: 14},
		"every charge free":              {query: "UPDATE attempts SET fen=1, fen_twice=1, billed='no', billed_twice='no'", want: givenBack, orders: 14},
		"every charge nothing":           {query: "UPDATE attempts SET fen=0, fen_twice=0", want: givenBack, orders: 14},
		"every charge below nothing":     {query: "UPDATE attempts SET fen=-1700, fen_twice=-1700", want: givenBack, orders: 14},
		"every charge beyond all":        {query: "UPDATE attempts SET fen=9223372036854775807, fen_twice=9223372036854775807", want: givenBack, orders: 14},
		"a charge, and what it says":     {query: "UPDATE attempts SET fen=1, fen_twice=1, code='other' WHERE lookup=5", want: unsureOnes, orders: 1},
		"all charges, and what they say": {query: "UPDATE attempts SET fen=1, fen_twice=1, code='other', billed='no', billed_twice='no'", want: unsureOnes, orders: 14, more: 1700},
		"an order gone":                  {query: gone + "5", want: lostOrders, orders: 1},
		"an order with a ticket gone":    {query: gone + "6", want: lostOrders, orders: 1},
		"an order under way gone":        {query: gone + "2", want: lostOrders, orders: 1},
		"an order in doubt gone":         {query: gone + "4", want: lostOrders, orders: 1},
		"an order gone and not counted":  {query: gone + "5; UPDATE lookups SET attempts=0 WHERE id=5", want: lostOrders, orders: 1},
		"an order gone, as if it was so": {query: gone + "5; UPDATE lookups SET attempts=0 WHERE id=5", summed: true, want: lostOrders, orders: 1},
		"an order gone and its lookup changed": {query: gone + "2; UPDATE lookups SET attempts=0, state='planned', message='other words' WHERE id=2",
			want: lostOrders, orders: 1},
		"every order gone":                 {query: "DELETE FROM attempts", want: lostOrders, orders: 14, more: 1700},
		"an order twice":                   {query: fmt.Sprintf(copied, "intent_at") + "5", want: doubled, orders: 1},
		"an order twice, and counted":      {query: fmt.Sprintf(copied, "intent_at") + "5; UPDATE lookups SET attempts=2 WHERE id=5", want: doubled, orders: 1},
		"an order twice, as if it was so":  {query: fmt.Sprintf(copied, "intent_at") + "6", summed: true, want: doubled, orders: 1},
		"a like order, as if it was so":    {query: fmt.Sprintf(copied, "intent_at+1") + "6", summed: true, want: moreOrders, orders: 1, more: 1700},
		"an order of another one's lookup": {query: "INSERT INTO attempts SELECT 8,1,vendor,dataset,fen,fen_twice,billed,billed_twice,intent_at,ended_at,outcome,code,ticket,sum FROM attempts WHERE lookup=6", want: doubled, orders: 1},
		"another order over this": {query: "DELETE FROM attempts WHERE lookup=7; INSERT INTO attempts SELECT 7,1,vendor,dataset,fen,fen_twice,billed,billed_twice,intent_at,ended_at,outcome,code,ticket,sum FROM attempts WHERE lookup=6",
			want: lostOrders, orders: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			if edit.summed {
				alterWithSum(t, dir, edit.query)
			} else {
				alter(t, dir, edit.query)
			}
			refusedByAll(t, dir)
			r, err := Rescue(t.Context(), dir, options(), world)
			must(t, err)
			after := contentsOf(t, dir)
			if got := edit.want(r); got.Orders != edit.orders || got.Orders > 0 && got.Fen == 0 && name != "every charge free" {
				t.Errorf("it names %+v, want %d orders: %+v", got, edit.orders, r)
			}
			if got, want := after.money["one"], before.money["one"]+edit.more; got != want {
				t.Errorf("the first run counts %s, want %s: %+v", got, want, r)
			}
			checkMoney(t, before, after, r)
			goesOn(t, dir)
		})
	}
}

func givenBack(r *Rescued) Orders  { return r.GivenBack }
func unsureOnes(r *Rescued) Orders { return r.Unsure }
func doubled(r *Rescued) Orders    { return r.Doubled }
func moreOrders(r *Rescued) Orders { return r.More }
func lostOrders(r *Rescued) Orders { return Orders{r.LostOrders, r.LostFen} }

// refusedByAll holds that who looks, who works and the doctor all find something wrong.
func refusedByAll(t *testing.T, dir string) {
	t.Helper()
	e, err := Examine(t.Context(), dir)
	must(t, err)
	if looked, opened := looks(t.Context(), dir), opens(t.Context(), dir); looked == nil || opened == nil || e.Sound() {
		t.Fatalf("looking: %v\nworking: %v\nthe doctor: %+v", looked, opened, e.Faults)
	}
}

// A limit that was changed in both places is again what its checksum says. Where nobody can say what it was, its run spends
// nothing more until its user says how much it may.
func TestALimitIsGivenBackOrSpent(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	for query, want := range map[string]int64{
		"max_spend=max_spend+65536, max_twice=max_twice+65536":   100_000,
		"max_spend=99999999, max_twice=99999999":                 100_000,
		"max_spend=NULL, max_twice=NULL":                         100_000,
		"max_spend=NULL, max_twice=NULL, input_path='other.csv'": 0,
		"max_spend=99999999, max_twice=99999999, id='other'":     0,
	} {
		dir := t.TempDir()
		copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
		alter(t, dir, "UPDATE runs SET "+query+" WHERE seq=1")
		refusedByAll(t, dir)
		r, err := Rescue(t.Context(), dir, options(), world)
		must(t, err)
		limit := valueIn(t, dir, "SELECT COALESCE(max_spend, -1) FROM runs WHERE seq=1")
		if limit != want || (len(r.LostLimits) == 1) != (want == 0) {
			t.Errorf("%s: the limit is %d, want %d: %+v", query, limit, want, r)
		}
		goesOn(t, dir)
	}
}
