package resolve

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
)

// PastOf reads what maintenance answers tell of a vehicle. It takes the answers of the vehicle's
// own lookups, which are settled; if they have none, the newest answer in the workspace that is
// young enough to be used again.
func (r *Resolver) PastOf(ctx context.Context, v *record.Vehicle, own []ledger.Lookup, now time.Time) (policy.History, error) {
	out, err := r.read(ctx, v, own)
	if err != nil || len(out.Reports) > 0 || v.VIN == "" {
		return out, err
	}
	asked, err := r.Store.Asked(ctx, lookup.Key(record.DatasetMaintenance, v))
	if err != nil {
		return out, fmt.Errorf("look for maintenance answers about row %d: %w", v.Row, err)
	}
	for _, old := range asked {
		if now.Sub(old.AnsweredAt) >= r.Policy.Routes[record.DatasetMaintenance].MaxAge {
			continue
		}
		older, err := r.read(ctx, v, []ledger.Lookup{old})
		if err != nil || len(older.Reports) > 0 {
			return older, err
		}
	}
	return out, nil
}

// read decodes the answers of maintenance lookups. An answer that cannot be decoded counts as
// telling nothing.
func (r *Resolver) read(ctx context.Context, v *record.Vehicle, lookups []ledger.Lookup) (policy.History, error) {
	out := policy.History{Why: "there is no maintenance answer about it"}
	for i := range lookups {
		k := &lookups[i]
		if k.State != ledger.Found || k.Answer == 0 {
			out.Why = "its maintenance lookup ended as " + string(k.State.Status())
			continue
		}
		a, err := r.Store.AnswerByID(ctx, k.Answer)
		if err != nil {
			return out, fmt.Errorf("read back the answer to lookup %d: %w", k.ID, err)
		}
		out.Why = "its maintenance answer cannot be read"
		s, ok := r.Policy.Vendors[a.Vendor]
		if !ok {
			continue
		}
		if answer, err := s.Vendor.Decode(record.DatasetMaintenance, v, a.Body); err == nil && answer.Report != nil {
			out.Reports = append(out.Reports, *answer.Report)
		}
	}
	if len(out.Reports) > 0 {
		out.Why = ""
	}
	return out, nil
}
