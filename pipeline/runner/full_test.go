package runner

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// A ledger that cannot be written because the disk is full ends the run as such; any other failure is one.
func TestAFullDiskIsNoFailureOfTheLedger(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		err   error
		full  bool
		fatal error
	}{
		{fmt.Errorf("write down what became of lookup 7: %w", &ledger.NoRoomError{Dir: "out", Want: 5}), true, nil},
		{broken, false, broken},
	} {
		stopped := false
		d := &Runner{log: slog.New(slog.DiscardHandler), cancel: func() { stopped = true }}
		d.fail(c.err)
		if d.isOutOfRoom() != c.full || !errors.Is(d.fatalErr, c.fatal) || !stopped || c.full && d.ending.Room != 5 {
			t.Errorf("%v: it ends with %+v and %v", c.err, d.ending, d.fatalErr)
		}
	}
}
