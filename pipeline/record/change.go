package record

// ChangeKind says what has become of something since an earlier answer.
type ChangeKind string

// The kinds of change.
const (
	RecordFound        ChangeKind = "record_found"        // the vendors knew nothing, now one does
	RecordLost         ChangeKind = "record_lost"         // the other way round
	ViolationNew       ChangeKind = "violation_new"       // was not in the earlier answer
	ViolationProcessed ChangeKind = "violation_processed" // dealt with, not paid
	ViolationPaid      ChangeKind = "violation_paid"
	ViolationReopened  ChangeKind = "violation_reopened" // further from its end than before
	ViolationChanged   ChangeKind = "violation_changed"  // another fine, or other points
	ViolationGone      ChangeKind = "violation_gone"     // the same vendor no longer names it
	VisitNew           ChangeKind = "visit_new"          // was not in the earlier answer
	VisitGone          ChangeKind = "visit_gone"         // the same vendor no longer names it
	FlagTurned         ChangeKind = "flag_turned"        // yes became no, or no became yes
	OdometerBack       ChangeKind = "odometer_back"      // a reading below the one before, not known earlier
	ValuationMoved     ChangeKind = "valuation_moved"    // a price is another one
)

// ChangeKinds returns every kind, in the order in which summaries print them.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{ViolationNew, ViolationProcessed, ViolationPaid, ViolationReopened, ViolationChanged, ViolationGone,
		VisitNew, VisitGone, FlagTurned, OdometerBack, ValuationMoved, RecordFound, RecordLost}
}

// Change is one difference between two answers about one vehicle.
type Change struct {
	Kind   ChangeKind
	What   string // which flag, column, violation or visit, in words; moments in China time
	Before string // exact, as CSV shows it; "" when there was nothing or it is unknown
	After  string
	// Amount in fen: of a fine, of a visit, or by how much a price has moved.
	Amount Opt[Fen]
	Points Opt[int64] // of a violation
	On     Opt[Date]  // day of the violation or visit, in China
	// Seq is the number of the violation or visit in the later answer, 0 when
	// it is not there or the change is of another kind.
	Seq int
}
