package history

import (
	"slices"

	"vehiclebatch/pipeline/record"
)

// RollbackSeqs are the numbers of the visits on which a rollback rests: those
// whose reading is below an earlier one, and those whose reading they are below.
// Either of the two may be the slip. Unknown when the history shows no rollback.
func (h *History) RollbackSeqs() record.Opt[[]int64] {
	if !h.Rollback.OK || !h.Rollback.V {
		return record.Opt[[]int64]{}
	}
	on := map[int64]bool{}
	highest := -1
	for i := range h.count() {
		v := h.at(i)
		if !v.Date.OK || !v.MileageKM.OK {
			continue
		}
		if v.Rollback.OK && v.Rollback.V && highest >= 0 {
			on[int64(v.Seq)], on[int64(h.at(highest).Seq)] = true, true
		}
		if highest < 0 || v.MileageKM.V > h.at(highest).MileageKM.V {
			highest = i
		}
	}
	return record.Some(sorted(on))
}

// AccidentSeqs are the numbers, in the history, of the visits on which the nth
// vendor's findings rest that it is an accident vehicle or that structure,
// components or exterior were repaired: those that the vendor lists for it, and
// of a vendor that lists none for anything, its bodywork. Unknown when it finds
// nothing of that; empty when no visit shows what it finds.
func (h *History) AccidentSeqs(nth int, r *record.Report) record.Opt[[]int64] {
	if !isTrue(r.Accident) && !isTrue(r.Structural) && !isTrue(r.Component) && !isTrue(r.Exterior) {
		return record.Opt[[]int64]{}
	}
	on := map[int64]bool{}
	for i := range r.Visits {
		if v := &r.Visits[i]; shows(v) {
			on[int64(h.Seq(nth, v.Seq))] = true
		}
	}
	return record.Some(sorted(on))
}

func shows(v *record.Visit) bool {
	listed := v.Structural.OK || v.Component.OK || v.Exterior.OK
	return isTrue(v.Structural) || isTrue(v.Component) || isTrue(v.Exterior) || !listed && v.Type == record.Bodywork
}

func isTrue(f record.Flag) bool { return f.OK && f.V }

func sorted(set map[int64]bool) []int64 {
	out := make([]int64, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
