package ledger

import (
	"context"
	"slices"
	"testing"
)

// Where an order and its lookup name a vendor that there is not, its reply still names
// the one that there is.
func TestAVendorsNameIsRescuedFromItsReply(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), smallLedger(t)
	before := contentsOf(t, dir)
	damageRow(t, dir, "UPDATE lookups SET vendor='acne' WHERE attempts>0 AND state<>'submitting'; UPDATE attempts SET vendor='acne' WHERE lookup IN (SELECT id FROM lookups WHERE vendor='acne')")
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
	damageRow(t, dir, "UPDATE lookups SET vendor='other' WHERE id=1; UPDATE attempts SET vendor='other' WHERE lookup=1; UPDATE attempts SET vendor='third' WHERE lookup=3")
	l, err := openToLook(ctx, dir, options().Now)
	must(t, err)
	defer func() { must(t, l.Close()) }()
	named, err := l.VendorsNamed(ctx)
	must(t, err)
	want := []NamedVendor{
		{Name: "acme", Lookups: 17, Open: 3, Run: "one", Row: 2}, // waiting; in the other run also one under way
		{Name: "other", Lookups: 1, Open: 1, Run: "one", Row: 1},
		{Name: "third", Lookups: 1, Run: "one", Row: 3},
	}
	if !slices.Equal(named, want) {
		t.Errorf("%+v, want %+v", named, want)
	}
}
