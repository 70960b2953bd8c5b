package repair

import (
	"context"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// Where an order and its lookup name a vendor that there is not, its reply still names
// the one that there is.
func TestAVendorsNameIsRescuedFromItsReply(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	before := contentsOf(t, dir)
	alter(t, dir, "UPDATE lookups SET vendor='acne' WHERE attempts>0 AND state<>'submitting'; UPDATE attempts SET vendor='acne' WHERE lookup IN (SELECT id FROM lookups WHERE vendor='acne')")
	e, err := Examine(ctx, dir)
	must(t, err)
	if e.Sound() {
		t.Fatal("nobody minds")
	}
	_, err = Rescue(ctx, dir, options(), world)
	must(t, err)
	checkSame(t, before, contentsOf(t, dir))
}

func TestVendorsNamed(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	l, err := sqlite.OpenReadOnly(ctx, dir, options().Now)
	must(t, err)
	defer func() { must(t, l.Close()) }()
	alter(t, dir, "UPDATE lookups SET vendor='other' WHERE id=1; UPDATE attempts SET vendor='other' WHERE lookup=1; UPDATE attempts SET vendor='third' WHERE lookup=3")
	named, err := l.VendorsNamed(ctx)
	must(t, err)
	want := []ledger.NamedVendor{
		{Name: "acme", Lookups: 17, Open: 3, Run: "one", Row: 2}, // waiting; in the other run also one under way
		{Name: "other", Lookups: 1, Open: 1, Run: "one", Row: 1},
		{Name: "third", Lookups: 1, Run: "one", Row: 3},
	}
	if !slices.Equal(named, want) {
		t.Errorf("%+v, want %+v", named, want)
	}
}

// A wait of years in a ledger is found, and what waited is due after a rescue.
func TestAWaitOfYearsIsDueAfterARescue(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	alter(t, dir, "UPDATE lookups SET next_at=last_at+300000000000000 WHERE state='waiting'")
	e, err := Examine(ctx, dir)
	must(t, err)
	if e.Sound() || !strings.Contains(e.Faults[0].What, "lookups wait longer than any configuration can have them wait: ") {
		t.Fatalf("found: %+v", e.Faults)
	}
	r, err := Rescue(ctx, dir, options(), world)
	must(t, err)
	if r.InDoubt+r.LostLookups+r.LostOrders+r.LostRows+r.LostRuns != 0 || r.Unnamed != "" {
		t.Errorf("lost: %+v", r)
	}
	l, err := sqlite.Open(ctx, dir, options())
	must(t, err)
	defer func() { must(t, l.Close()) }()
	due, err := l.Due(ctx, "acme", options().Now(), 100)
	must(t, err)
	next, err := l.NextPoll(ctx, "acme", options().Now())
	must(t, err)
	if len(due) == 0 || next.OK {
		t.Errorf("%d are due, another one at %v", len(due), next)
	}
}

// A run that has rows has formats as well: without them no outputs can be written.
func TestARunWithRowsHasFormatsAfterARescue(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	alter(t, dir, "UPDATE runs SET formats=''")
	_, err := Rescue(ctx, dir, options(), world)
	must(t, err)
	l, err := sqlite.OpenReadOnly(ctx, dir, options().Now)
	must(t, err)
	defer func() { must(t, l.Close()) }()
	runs, err := l.Runs(ctx)
	must(t, err)
	for i := range runs {
		if runs[i].Formats != "parquet,csv" {
			t.Errorf("run %s has the formats %q", runs[i].ID, runs[i].Formats)
		}
	}
}
