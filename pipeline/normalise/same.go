package normalise

import (
	"cmp"

	"vehiclebatch/pipeline/record"
)

// MaySame tells whether two visits that are told in different answers may be one:
// the same day and reading, or one of the two the same, the other near or not
// known on a side, and texts that are alike. near tells of two readings that
// differ whether one may be a rounding or a slip of the other. It does not
// matter which visit comes first.
func MaySame(a, b *record.Visit, near func(a, b int64) bool) (likeness float64, ok bool) {
	sameDay, dayOpen := a.Date.OK && a.Date == b.Date, !a.Date.OK || !b.Date.OK
	sameKM, kmOpen := a.MileageKM.OK && a.MileageKM == b.MileageKM, !a.MileageKM.OK || !b.MileageKM.OK
	fits := sameKM || kmOpen || near(a.MileageKM.V, b.MileageKM.V)
	if !sameDay && !dayOpen || !fits || !sameDay && !sameKM {
		return 0, false
	}
	like := Likeness(visitText(*a), visitText(*b))
	return like, sameDay && sameKM || like >= likeEnough
}

// InTime orders visits by day and reading; what is not known comes last.
func InTime(a, b *record.Visit) int {
	return cmp.Or(compareKnown(a.Date, b.Date), compareKnown(a.MileageKM, b.MileageKM))
}
