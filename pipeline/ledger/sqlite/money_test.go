package sqlite

import (
	"context"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// A charge that is damaged while the ledger is open makes no sum lower.
func TestNoSumTakesAWrongCharge(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 2)
	intend(t, l, work[0], 1700)
	exec(t, l, "PRAGMA ignore_check_constraints=ON")
	exec(t, l, "UPDATE attempts SET fen=-fen")
	_, spend := l.Spend(context.Background(), run)
	_, _, over := l.SpendOver(context.Background(), ledger.SpendQuery{})
	rows := l.Rows(context.Background(), run, func(*ledger.Row) error { return nil })
	for name, err := range map[string]error{"Spend": spend, "SpendOver": over, "WatchMoney": l.WatchMoney(context.Background(), run), "Rows": rows} {
		if !Damaged(err) || !strings.Contains(err.Error(), "not what was written down") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l.money.reserve(run.Seq, -1, record.Opt[record.Fen]{}) {
		t.Error("less than nothing was reserved")
	}
}

// Charges that are too high to be added up are said to be wrong, and not that a sum has overflown.
func TestNoSumOverflows(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 2)
	intend(t, l, work[0], 1700)
	intend(t, l, work[1], 1700)
	exec(t, l, "PRAGMA ignore_check_constraints=ON")
	exec(t, l, "UPDATE attempts SET fen=9223372036854775807, fen_twice=9223372036854775807")
	_, spend := l.Spend(context.Background(), run)
	_, _, over := l.SpendOver(context.Background(), ledger.SpendQuery{})
	for name, err := range map[string]error{"Spend": spend, "SpendOver": over} {
		if !Damaged(err) || !strings.Contains(err.Error(), "2 charges are not what was written down") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
