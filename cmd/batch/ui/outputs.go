package ui

import (
	"fmt"
	"io"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Manifest prints a manifest as it stands in its file.
func (s *Screen) Manifest(m sinks.Manifest) error {
	text, err := m.Text()
	if err != nil {
		return err
	}
	_, err = asJSON(s.Out).Write(text)
	return err
}

// Exported names what was written.
func (s *Screen) Exported(e app.Exported) {
	for _, o := range e.Manifest.Outputs {
		s.tell("file_rows", o.Rows, o.Path)
	}
	if e.ByDate != "" {
		s.tell("end_by_date", e.ByDate)
	}
	s.tell("end_outputs", e.Folder)
}

// Verified prints what differs, or that nothing does.
func (s *Screen) Verified(v app.Verified) {
	purged := !v.Run.PurgedAt.IsZero()
	if purged {
		s.Linef("Run %s was purged: its files are held against the manifest alone.", v.Run.ID)
	}
	for _, d := range v.Found {
		fmt.Fprintln(s.lines(), app.Printable(d.String()))
	}
	if len(v.Found) > 0 || s.Quiet {
		return
	}
	var rows int64
	for _, o := range v.Manifest.Outputs {
		rows += o.Rows
	}
	by, copies := "the manifest and the ledger say", ""
	if purged {
		by = "the manifest says"
	}
	if n := v.Manifest.Copies(); n > 0 {
		copies = fmt.Sprintf(", and so are %d copies in %s", n, v.ByDate)
	}
	fmt.Fprintf(s.lines(), "%d files with %s are as %s%s\n", len(v.Manifest.Outputs), record.Counted(rows, "row"), by, copies)
}

// ReportWritten says where a report is.
func (s *Screen) ReportWritten(run ledger.Run, to string) { s.tell("file_report", run.ID, to) }

// FileOut is stdout for a file, which a terminal is not there for.
func (s *Screen) FileOut() (io.Writer, error) {
	if IsTerminal(s.Out) {
		return nil, app.UsageError("the report is a file for a browser: `batch report --to fleet.html`, or send it on with >")
	}
	return AsData(s.Out), nil
}
