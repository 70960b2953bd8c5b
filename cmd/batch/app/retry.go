package app

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
)

// Retry reopens failures of a run, the last one for "", then goes on with it.
func Retry(ctx context.Context, o Buying, runID string, f ledger.Filter) (*Ended, error) {
	return o.buy(ctx, func(s *buyer) (*Ended, error) {
		run, err := s.Run(ctx, runID)
		if err != nil {
			return nil, err
		}
		if run, err = s.reopen(ctx, run, f); err != nil {
			return nil, err
		}
		return s.goOn(ctx, run)
	})
}

// reopen opens failures again, once the user agrees to what may be paid twice.
func (s *buyer) reopen(ctx context.Context, run ledger.Run, f ledger.Filter) (ledger.Run, error) {
	if err := notPurged(run, "tried again"); err != nil {
		return run, err
	}
	if err := s.watch.Speak(LangOf(run)); err != nil {
		return run, err
	}
	if _, err := s.o.Outputs.changed(run); err != nil {
		return run, err
	}
	what, err := retry.PlanRetry(ctx, s.ledger, s.policy, run, f)
	if err != nil {
		return run, err
	}
	if what.Lookups == 0 {
		return run, nothingToRetry(run, what)
	}
	s.watch.Tell(Reopened{run.ID, what})
	if err := s.agreeToRebuy(ctx, what); err != nil {
		return run, err
	}
	return retry.Retry(ctx, s.ledger, s.policy, run, f)
}

// agreeToRebuy asks before anything is paid that may have been paid already.
func (s *buyer) agreeToRebuy(ctx context.Context, what retry.Reopening) error {
	if what.Rebought == 0 {
		return nil
	}
	if s.o.Yes {
		s.watch.Tell(Rebuying{what})
		return nil
	}
	yes, err := s.watch.Ask(context.WithoutCancel(ctx), Rebuying{what})
	if err == nil && !yes {
		err = UsageError("nothing was reopened: say --yes to pay again for %s, up to %s", record.Counted(int64(what.Rebought), "lookup"), what.AtStake.Yuan())
	}
	return err
}

func nothingToRetry(run ledger.Run, what retry.Reopening) error {
	if what.Kept > 0 {
		return UsageError("none of the failures of run %s that match (%d) can be tried again as they are: their rows must be corrected. Give a corrected copy of the failures to `batch run`; `batch fix` says what to correct", run.ID, what.Kept)
	}
	return UsageError("no failure of run %s matches; `batch failures` shows them", run.ID)
}
