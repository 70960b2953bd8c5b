package retry

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
)

// lifting is an order that is no longer in doubt: by what the user has declared since, the vendor
// refused every order behind it before taking it.
type lifting struct {
	free    bool
	charges []ledger.Settlement // of those orders, the ones that the ledger still counts as perhaps paid
}

// lift reads the kept answers of a lookup in doubt again. The doubt is lifted only when the order
// that caused it is known to be the lookup's last one, when the answer to it reads as not taken,
// and when no order before it may have been paid.
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
