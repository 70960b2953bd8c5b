package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/sinks"
	"vehiclebatch/sinks/report"
)

// outputs are what a run writes: tables, perhaps a report, and the language of
// what is for people in them. The ledger keeps them with the run, so that an
// export gives the same bytes whatever is configured by then.
type outputs struct {
	tables   string // formats, comma-separated
	reported bool   // with a report
	report   report.Options
	lang     messages.Lang // of the tables' next steps
	// partition: the Parquet files stand by date as well.
	partition bool
	bom       bool // CSV files begin with a byte order mark
}

const (
	// defaultFormats is --format when it is not given.
	defaultFormats = "parquet,csv"
	// htmlFormat is the word of --format that adds the report: html, html:zh, html:zh:50.
	htmlFormat = "html"
)

// into writes the outputs down with a run.
func (o outputs) into(run *ledger.Run) {
	run.Formats, run.Lang, run.Partitioned, run.BOM = o.tables, string(o.lang), o.partition, o.bom
	run.ReportLang, run.ReportTop = "", 0
	if o.reported {
		run.ReportLang, run.ReportTop = string(o.report.Lang), o.report.Top
	}
}

// outputsOf are the outputs that a run has.
func outputsOf(run ledger.Run) (outputs, error) {
	o := outputs{tables: run.Formats, partition: run.Partitioned, bom: run.BOM, report: report.Options{Lang: messages.English, Top: report.DefaultTop}}
	var err error
	if o.lang, err = messages.ParseLang(cmp.Or(run.Lang, string(messages.English))); err == nil && run.ReportLang != "" {
		o.reported, o.report = true, report.Options{Lang: messages.Lang(run.ReportLang), Top: run.ReportTop}
		_, err = report.New(o.report, report.Facts{})
	}
	if err != nil {
		return o, fmt.Errorf("the outputs of run %s: %w; a newer batch may know it", run.ID, err)
	}
	return o, nil
}

// langOf is the language of a run's outputs; English when it has none that is known.
func langOf(run ledger.Run) messages.Lang {
	if o, err := outputsOf(run); err == nil {
		return o.lang
	}
	return messages.English
}

// outputs are those that the command asks for, for a run that has others so
// far: what it does not say stays, and what nothing says is configured.
func (s *setup) outputs(had outputs, formats string) (outputs, error) {
	if s.lang != "" {
		had.lang, had.report.Lang = s.lang, s.lang
	}
	had.bom = s.marked(had, formats != "")
	if formats == "" {
		return had, nil
	}
	missing := report.Options{Lang: cmp.Or(s.lang, s.wording.ReportLang, had.lang), Top: report.DefaultTop}
	switch {
	case s.wording.ReportTop.OK:
		missing.Top = s.wording.ReportTop.V
	case had.reported:
		missing.Top = had.report.Top
	}
	o, err := parseFormats(formats, missing)
	o.lang, o.partition, o.bom = had.lang, had.partition, had.bom
	return o, err
}

// marked tells whether CSV files begin with a byte order mark, without which
// Excel shows Chinese as other signs. A run keeps what it has until a command
// names formats or a language; then it is as configured, or else as the language.
func (s *setup) marked(had outputs, formatsNamed bool) bool {
	switch {
	case s.lang == "" && !formatsNamed:
		return had.bom
	case s.wording.CSVMark.OK:
		return s.wording.CSVMark.V
	case s.lang == "" && had.bom:
		return true
	}
	return had.lang == messages.Chinese
}

// marksCSV tells whether CSV of a run that goes to the screen begins with a byte
// order mark, as the run's files do.
func (s *setup) marksCSV(run ledger.Run) bool {
	had, err := outputsOf(run)
	if err != nil {
		return false
	}
	had.lang = cmp.Or(s.lang, had.lang)
	return s.marked(had, false)
}

// newOutputs are those of a new run.
func (s *setup) newOutputs() (outputs, error) {
	o, err := s.outputs(outputs{lang: cmp.Or(s.wording.Lang, messages.English)}, cmp.Or(s.formats, defaultFormats))
	if err == nil {
		o.partition, err = s.partitioned(o, "")
	}
	return o, err
}

// changedOutputs are those of a run after the command: its own, but for what
// the command's flags say.
func (s *setup) changedOutputs(run ledger.Run) (outputs, error) {
	had, err := outputsOf(run)
	if err != nil {
		return had, err
	}
	given := ""
	if s.formatsGiven {
		given = s.formats
	}
	o, err := s.outputs(had, given)
	if err != nil {
		return o, err
	}
	if _, err := sinks.ParseFormats(o.tables); err != nil && run.PurgedAt.IsZero() {
		return o, usageError("the outputs of run %s: %w. Name them with --format", run.ID, err)
	}
	o.partition, err = s.partitioned(o, run.ID)
	return o, err
}

// checkFormats refuses a --format that cannot be written.
func (s *setup) checkFormats() error {
	o, err := s.outputs(outputs{lang: messages.English}, cmp.Or(s.formats, defaultFormats))
	if s.formatsGiven && s.formats == "" {
		o.tables = ""
	}
	if err == nil {
		_, err = sinks.ParseFormats(o.tables)
	}
	if err != nil {
		return usageError("--format: %w", err)
	}
	if s.partition.V && s.formatsGiven && !o.writesParquet() {
		return usageError("--partition needs parquet among the formats, and --format has %s", s.formats)
	}
	return nil
}

// parseFormats takes the report out of a list of formats; what is left is the
// tables' own. What the word html leaves open is as in missing.
func parseFormats(list string, missing report.Options) (outputs, error) {
	o := outputs{report: missing}
	var left []string
	for word := range strings.SplitSeq(list, ",") {
		parts := strings.Split(strings.ToLower(strings.TrimSpace(word)), ":")
		if parts[0] != htmlFormat {
			left = append(left, word)
			continue
		}
		o.reported = true
		var err error
		if o.report, err = reportOptions(missing, word, parts[1:]); err != nil {
			return o, err
		}
	}
	if o.reported && len(left) == 0 {
		return o, errors.New("html stands beside the tables: add parquet or csv (for the report alone there is `batch report`)")
	}
	o.tables = strings.Join(left, ",")
	return o, nil
}

// reportOptions reads what may follow html: the language, then the number of vehicles.
func reportOptions(o report.Options, word string, parts []string) (report.Options, error) {
	if len(parts) > 0 {
		o.Lang = messages.Lang(parts[0])
	}
	if len(parts) > 1 {
		n, err := strconv.Atoi(parts[1])
		if err != nil || len(parts) > 2 {
			return o, fmt.Errorf("%q: write html, html:zh or html:zh:50", word)
		}
		o.Top = n
	}
	_, err := report.New(o, report.Facts{})
	return o, err
}
