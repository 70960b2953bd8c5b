package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Parquet files of many nights, side by side: by_date/TABLE/run_date=DAY/RUN.parquet.

func partitionFlag() cli.Flag {
	return &cli.BoolFlag{Name: "partition", DisableDefaultText: true,
		Usage: "keep the Parquet files under by_date/TABLE/run_date=DAY as well, to read many nights at once; the run remembers it"}
}

// partitionOf reads --partition; without it the run's own memory holds.
func partitionOf(c *cli.Context) record.Flag {
	if !c.IsSet("partition") {
		return record.Flag{}
	}
	return record.Some(c.Bool("partition"))
}

// partitioned tells whether a run's Parquet files stand by date as well: as the
// flag says, or else its own memory. A run that has copies keeps them until
// somebody says --partition=false. runID is "" of a new run.
func (s *setup) partitioned(o outputs, runID string) (bool, error) {
	wanted := o.partition
	if s.partition.OK {
		wanted = s.partition.V
	} else if !wanted && runID != "" {
		has, err := sinks.HasCopies(s.disk(), byDate(s.out), runID)
		if err != nil {
			return false, err
		}
		wanted = has
	}
	if wanted && !o.writesParquet() {
		return false, usageError("the run is kept under %s, which needs parquet, and its formats are %s: add parquet to --format, or say --partition=false", byDate(s.out), o.tables)
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
func (s *setup) partitionFor(run ledger.Run, o outputs) (sinks.Partition, error) {
	p, remembered := sinks.Partition{Dir: byDate(s.out)}, o.partition
	if !remembered && (!s.partition.OK || s.partition.V) && o.writesParquet() {
		has, err := sinks.HasCopies(s.disk(), p.Dir, run.ID)
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
func runDay(run ledger.Run) record.Date { return pipeline.Today(run.StartedAt) }

// checkCopies holds the copies of a run against its manifest.
func (s *setup) checkCopies(run ledger.Run, m sinks.Manifest) ([]sinks.Discrepancy, error) {
	found, err := sinks.CheckCopies(s.disk(), byDate(s.out), m)
	if day := runDay(run).String(); m.RunDate != "" && m.RunDate != day {
		found = append(found, sinks.Discrepancy{File: "manifest.json", Column: "run_date", Want: day, Got: m.RunDate})
	}
	return found, err
}

// sayCopies tells where the copies are.
func (s *setup) sayCopies(m sinks.Manifest) string {
	if m.Copies() == 0 {
		return ""
	}
	return fmt.Sprintf(", and so are %d copies in %s", m.Copies(), byDate(s.out))
}
