package retry

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
)

// lifting is a doubt that is none any more: every order behind it was refused
// before the vendor took it, by what the user has declared since.
type lifting struct {
	free    bool
	charges []ledger.Settlement // of those orders that the ledger still holds for perhaps paid
}

// lift looks again at the answers that were kept of a lookup in doubt. It is free
// only when the order that left it in doubt is known to be its last one, when its answer
// reads as not taken, and when none before it may have been paid.
func (r *reopener) lift(ctx context.Context, w ledger.Work) (lifting, error) {
	if w.Lookup.State != ledger.InDoubt {
		return lifting{}, nil
	}
	k, err := r.store.Sender(ctx, w.Lookup)
	if err != nil {
		return lifting{}, fmt.Errorf("look for what lookup %d stands for: %w", w.Lookup.ID, err)
	}
	vendor, known := r.Policy.Vendors[k.Vendor]
	if !known || k.State != ledger.InDoubt || k.Vendor != w.Lookup.Vendor {
		return lifting{}, nil
	}
	orders, err := r.store.Orders(ctx, &k)
	if err != nil {
		return lifting{}, fmt.Errorf("look for the orders behind lookup %d: %w", w.Lookup.ID, err)
	}
	w.Lookup = k
	return lifted(ctx, r.store, vendor, w, orders)
}

func lifted(ctx context.Context, l Store, vendor *policy.VendorConfig, w ledger.Work, orders []ledger.Attempt) (lifting, error) {
	var out lifting
	for _, a := range orders {
		last := a.N == w.Lookup.Attempts
		if a.Outcome == ledger.OutcomeWithdrawn || a.Billed == ledger.BilledNo && !last {
			continue
		}
		kept, ok, err := l.LastAnswer(ctx, w.Lookup.ID, a.N)
		if err != nil {
			return lifting{}, fmt.Errorf("read back what was kept of lookup %d: %w", w.Lookup.ID, err)
		}
		if !ok || a.Billed == ledger.BilledYes || !vendor.ReadsNotTaken(&w, kept) || last && kept.ID != w.Lookup.Answer {
			return lifting{}, nil
		}
		out.free = out.free || last
		if a.Billed != ledger.BilledNo {
			out.charges = append(out.charges, ledger.Settlement{Lookup: w.Lookup.ID, N: a.N, Was: a.Billed, Billed: ledger.BilledNo})
		}
	}
	if !out.free {
		return lifting{}, nil
	}
	return out, nil
}
