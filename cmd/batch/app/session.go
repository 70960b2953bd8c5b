package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/transport"
)

// World is what comes in from outside.
type World struct {
	Clock  Clock
	Chance func() float64 // from 0 to 1
	NewID  func() string  // another one each time
	// Program says which build it is: another may write other outputs.
	Program string
}

// Clock is the machine's, or one that is ahead of it.
type Clock interface {
	runner.Clock
	ratelimit.Precise
}

// Opening is how a workspace is opened for work.
type Opening struct {
	World
	Dir       string // the workspace
	Ledger    LedgerAt
	Command   string // that works there, for whom the workspace is held
	Simulated bool
	Config    *config.Config
	MaxSpend  record.Opt[record.Fen]
	Wait      record.Opt[time.Duration]
	Proxies   *transport.Proxies
	Watch     Watcher
}

// session is one command at work in a workspace.
type session struct {
	*Workspace
	policy  *policy.Policy
	watch   Watcher
	program string
}

// work opens a workspace's ledger for writing, in the folder at, settles what a killed
// process left, and lets do work there.
func (o *Opening) work(ctx context.Context, at string, do func(*session) error) (err error) {
	l, err := openLedger(ctx, at, o.Ledger, sqlite.Options{Now: o.Clock.Now, Simulated: o.Simulated, Command: o.Command,
		Space: &sqlite.Space{Free: freeSpace, Answer: transport.DefaultMaxBody}})
	if err != nil {
		return AsUsageError(err)
	}
	defer func() {
		if cerr := l.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close the ledger: %w", cerr)
		}
	}()
	if err := keepsOutputs(at); err != nil {
		return AsUsageError(err)
	}
	var held closers
	defer func() { held.close() }()
	p, err := o.policy(ctx, l, &held)
	if err != nil {
		return AsUsageError(err)
	}
	s := &session{Workspace: &Workspace{Dir: o.Dir, Simulated: o.Simulated, ledger: l, now: o.Clock.Now}, policy: p, watch: o.Watch, program: o.Program}
	if err := s.recover(ctx); err != nil {
		return AsUsageError(err)
	}
	return do(s)
}

// recover settles what a killed process left, and says when the clock is, or was, wrong.
func (s *session) recover(ctx context.Context) error {
	ahead, err := s.ledger.Ahead(ctx)
	if err != nil {
		return err
	}
	if ahead > 0 {
		s.watch.Tell(ClockBehind{s.now().Add(ahead)})
	}
	doubts, err := runner.Recover(ctx, s.ledger, s.policy)
	if err == nil && doubts > 0 {
		s.watch.Tell(CutShort{doubts})
	}
	return err
}

// writeTelling writes the outputs of a run, or says that it has none any more.
func (s *session) writeTelling(ctx context.Context, run ledger.Run, partition record.Flag) (sinks.Manifest, error) {
	if !run.PurgedAt.IsZero() {
		s.watch.Tell(RunPurged{run.ID})
	}
	made, err := s.ledger.Fingerprint(ctx, run, s.program)
	if err != nil {
		return sinks.Manifest{}, err
	}
	if m, ok, err := s.asWritten(ctx, run, made, partition); ok || err != nil {
		return m, errors.Join(err, s.pointLatest(ctx, run))
	}
	m, err := s.write(ctx, run, partition)
	if err != nil || !run.PurgedAt.IsZero() {
		return m, err
	}
	if err := s.ledger.SetWritten(run, made); err != nil {
		return m, fmt.Errorf("write down what the outputs were made of: %w", err)
	}
	return m, nil
}

// asWritten tells whether the outputs of a run stand as they would be written now: nothing that they are
// made of has changed, and neither have they. Files that stand by date as well are always written.
func (s *session) asWritten(ctx context.Context, run ledger.Run, made string, partition record.Flag) (m sinks.Manifest, ok bool, err error) {
	written, err := s.ledger.Written(ctx, run)
	if err != nil {
		return m, false, fmt.Errorf("look what the outputs were made of: %w", err)
	}
	dir := runDir(s.Dir, run.ID)
	old, unread := sinks.ReadManifest(dir)
	if written != made || unread != nil || !run.PurgedAt.IsZero() || run.Partitioned || partition.OK && partition.V || old.RunDate != "" || !sinks.Unchanged(dir, old) {
		return m, false, nil
	}
	if m, err = manifestOf(ctx, s.ledger, run); err != nil {
		return m, false, err
	}
	m.Outputs = old.Outputs
	now, err := m.Text()
	was, unsaid := old.Text()
	return m, err == nil && unsaid == nil && string(now) == string(was), err
}
