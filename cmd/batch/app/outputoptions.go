package app

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
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
	// DefaultFormats is --format when it is not given.
	DefaultFormats = "parquet,csv"
	// htmlFormat is the word of --format that adds the report: html, html:zh, html:zh:50.
	htmlFormat = "html"
)

// OutputOptions are what a command says of the outputs of runs; what it leaves open is as
// configured, or as a run has it.
type OutputOptions struct {
	Dir       string // the workspace
	Ledger    LedgerAt
	Formats   string // by --format, comma-separated
	Given     bool   // though it may be empty
	Partition record.Flag
	Lang      messages.Lang // "" without --lang
	Wording   config.Wording
}

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

// LangOf is the language of a run's outputs; English when it has none that is known.
func LangOf(run ledger.Run) messages.Lang {
	if o, err := outputsOf(run); err == nil {
		return o.lang
	}
	return messages.English
}

// asked are those that the command asks for, for a run that has others so
// far: what it does not say stays, and what nothing says is configured.
func (s *OutputOptions) asked(had outputs, formats string) (outputs, error) {
	if s.Lang != "" {
		had.lang, had.report.Lang = s.Lang, s.Lang
	}
	had.bom = s.marked(had, formats != "")
	if formats == "" {
		return had, nil
	}
	missing := report.Options{Lang: cmp.Or(s.Lang, s.Wording.ReportLang, had.lang), Top: report.DefaultTop}
	switch {
	case s.Wording.ReportTop.OK:
		missing.Top = s.Wording.ReportTop.V
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
func (s *OutputOptions) marked(had outputs, formatsNamed bool) bool {
	switch {
	case s.Lang == "" && !formatsNamed:
		return had.bom
	case s.Wording.CSVMark.OK:
		return s.Wording.CSVMark.V
	case s.Lang == "" && had.bom:
		return true
	}
	return had.lang == messages.Chinese
}

// MarksCSV tells whether CSV of a run that goes to the screen begins with a byte
// order mark, as the run's files do.
func (s *OutputOptions) MarksCSV(run ledger.Run) bool {
	had, err := outputsOf(run)
	if err != nil {
		return false
	}
	had.lang = cmp.Or(s.Lang, had.lang)
	return s.marked(had, false)
}

// fresh are those of a new run.
func (s *OutputOptions) fresh() (outputs, error) {
	o, err := s.asked(outputs{lang: cmp.Or(s.Wording.Lang, messages.English)}, cmp.Or(s.Formats, DefaultFormats))
	if err == nil {
		o.partition, err = s.partitioned(o, "")
	}
	return o, err
}

// changed are those of a run after the command: its own, but for what
// the command's flags say.
func (s *OutputOptions) changed(run ledger.Run) (outputs, error) {
	had, err := outputsOf(run)
	if err != nil {
		return had, err
	}
	given := ""
	if s.Given {
		given = s.Formats
	}
	o, err := s.asked(had, given)
	if err != nil {
		return o, err
	}
	if _, err := sinks.ParseFormats(o.tables); err != nil && run.PurgedAt.IsZero() {
		return o, UsageError("the outputs of run %s: %w. Name them with --format", run.ID, err)
	}
	o.partition, err = s.partitioned(o, run.ID)
	return o, err
}

// Check refuses a --format that cannot be written.
func (s *OutputOptions) Check() error {
	o, err := s.asked(outputs{lang: messages.English}, cmp.Or(s.Formats, DefaultFormats))
	if s.Given && s.Formats == "" {
		o.tables = ""
	}
	if err == nil {
		_, err = sinks.ParseFormats(o.tables)
	}
	if err != nil {
		return UsageError("--format: %w", err)
	}
	if s.Partition.V && s.Given && !o.writesParquet() {
		return UsageError("--partition needs parquet among the formats, and --format has %s", s.Formats)
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

// Words is the printer for what is data of a run: in the language that was asked for,
// else in the run's own, as in its files.
func (s *OutputOptions) Words(run ledger.Run) (*messages.Printer, error) {
	return messages.New(cmp.Or(s.Lang, LangOf(run)))
}

// Report are the options of a report that is not part of a run's outputs: what the
// command says, else the configuration, else as the run has it.
func (s *OutputOptions) Report(run ledger.Run, top record.Opt[int]) (report.Options, error) {
	had, err := outputsOf(run)
	if err != nil {
		return had.report, err
	}
	lang := had.lang
	if had.reported {
		lang = had.report.Lang
	}
	o := report.Options{Lang: cmp.Or(s.Lang, s.Wording.ReportLang, s.Wording.Lang, lang), Top: had.report.Top}
	for _, t := range []record.Opt[int]{s.Wording.ReportTop, top} {
		if t.OK {
			o.Top = t.V
		}
	}
	return o, nil
}
