package app

import (
	"path/filepath"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Parquet files of many nights, side by side: by_date/TABLE/run_date=DAY/RUN.parquet.

// partitioned tells whether a run's Parquet files stand by date as well: as the
// flag says, or else its own memory. A run that has copies keeps them until
// somebody says --partition=false. runID is "" of a new run.
func (s *OutputOptions) partitioned(o outputs, runID string) (bool, error) {
	wanted := o.partition
	if s.Partition.OK {
		wanted = s.Partition.V
	} else if !wanted && runID != "" {
		has, err := sinks.HasCopies(sinks.DiskIn(s.Dir), byDate(s.Dir), runID)
		if err != nil {
			return false, err
		}
		wanted = has
	}
	if wanted && !o.writesParquet() {
		return false, UsageError("the run is kept under %s, which needs parquet, and its formats are %s: add parquet to --format, or say --partition=false", byDate(s.Dir), o.tables)
	}
	return wanted, nil
}

func (o outputs) writesParquet() bool {
	formats, err := sinks.ParseFormats(o.tables)
	return err == nil && slices.Contains(formats, sinks.Parquet)
}

// byDate is the folder of the copies of all runs.
func byDate(out string) string { return filepath.Join(out, "by_date") }

// partitionFor is where the run's copies go. Those that an export has made, and
// of which the ledger knows nothing, are kept up to date by other commands, too.
func (w *Workspace) partitionFor(run ledger.Run, o outputs, asked record.Flag) (sinks.Partition, error) {
	p, remembered := sinks.Partition{Dir: byDate(w.Dir)}, o.partition
	if !remembered && (!asked.OK || asked.V) && o.writesParquet() {
		has, err := sinks.HasCopies(w.disk(), p.Dir, run.ID)
		if err != nil {
			return p, err
		}
		remembered = has
	}
	if remembered {
		p.Day = record.Some(runDay(run))
	}
	return p, nil
}

// runDay is the day in China on which the run began.
func runDay(run ledger.Run) record.Date { return record.DateOf(run.StartedAt) }

// checkCopies holds the copies of a run against its manifest.
func (w *Workspace) checkCopies(run ledger.Run, m sinks.Manifest) ([]sinks.Discrepancy, error) {
	found, err := sinks.CheckCopies(w.disk(), byDate(w.Dir), m)
	if day := runDay(run).String(); m.RunDate != "" && m.RunDate != day {
		found = append(found, sinks.Discrepancy{File: "manifest.json", Column: "run_date", Want: day, Got: m.RunDate})
	}
	return found, err
}
