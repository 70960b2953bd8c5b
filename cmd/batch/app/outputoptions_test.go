package app

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks/report"
)

// runWith is a run with outputs in words: csv,html:zh:7,partition,bom,lang:zh.
func runWith(text string) ledger.Run {
	run := ledger.Run{Lang: "en"}
	var tables []string
	for word := range strings.SplitSeq(text, ",") {
		parts := strings.Split(word, ":")
		switch parts[0] {
		case "html":
			run.ReportLang = parts[1]
			run.ReportTop, _ = strconv.Atoi(parts[2])
		case "lang":
			run.Lang = parts[1]
		case "bom":
			run.BOM = true
		case "partition":
			run.Partitioned = true
		default:
			tables = append(tables, word)
		}
	}
	run.Formats = strings.Join(tables, ",")
	return run
}

// What the ledger keeps of a run's outputs is what they were.
func TestOutputsComeBackFromTheLedger(t *testing.T) {
	t.Parallel()
	langs := rapid.SampledFrom(messages.Langs())
	rapid.Check(t, func(t *rapid.T) {
		want := outputs{tables: rapid.SampledFrom([]string{"parquet,csv", "csv", "xlsx,csv", "csv, parquet"}).Draw(t, "tables"), lang: langs.Draw(t, "lang"), bom: rapid.Bool().Draw(t, "bom"),
			reported: rapid.Bool().Draw(t, "reported"), report: report.Options{Lang: messages.English, Top: report.DefaultTop}}
		if want.reported {
			want.report = report.Options{Lang: langs.Draw(t, "report's"), Top: rapid.IntRange(0, 1000).Draw(t, "top")}
		}
		want.partition = rapid.Bool().Draw(t, "partition")
		run := ledger.Run{ReportLang: "zh", ReportTop: 3}
		want.into(&run)
		if err := ledger.CheckFormats(run.Formats); err != nil {
			t.Fatalf("the ledger refuses %s: %v", run.Formats, err)
		}
		got, err := outputsOf(run)
		if err != nil || got != want {
			t.Fatalf("%+v came back as %+v, want %+v: %v", run, got, want, err)
		}
	})
}

// A run with what this batch does not know is not written as something else.
func TestUnknownOutputs(t *testing.T) {
	t.Parallel()
	for _, run := range []ledger.Run{{Formats: "csv", Lang: "fr"}, {Formats: "csv", ReportLang: "fr"}, {Formats: "csv", ReportLang: "zh", ReportTop: -1}} {
		if o, err := outputsOf(run); err == nil {
			t.Errorf("%+v is taken as %+v", run, o)
		}
	}
	if got := LangOf(ledger.Run{Formats: "csv", Lang: "fr"}); got != messages.English {
		t.Errorf("an unknown language is %s", got)
	}
	if o, err := outputsOf(ledger.Run{Formats: "csv"}); err != nil || o.lang != messages.English || o.reported {
		t.Errorf("a run that says nothing else has %+v: %v", o, err)
	}
}

// A byte order mark is as configured, else as the language, and stays until a command names either.
func TestWhichByteOrderMark(t *testing.T) {
	t.Parallel()
	yes, no, unsaid := record.Some(true), record.Some(false), record.Flag{}
	for _, c := range []struct {
		name, lang, formats, had string
		configured               record.Flag
		want                     bool
	}{
		{"new, Chinese", "", "csv", "lang:zh", unsaid, true},
		{"new, English", "", "csv", "", unsaid, false},
		{"new, Chinese, switched off", "", "csv", "lang:zh", no, false},
		{"new, English, switched on", "", "csv", "", yes, true},
		{"nothing is said", "", "", "bom", no, true},
		{"nothing is said, of a run without", "", "", "lang:zh", yes, false},
		{"--lang zh", "zh", "", "", unsaid, true},
		{"--lang en", "en", "", "bom,lang:zh", unsaid, false},
		{"--lang en, switched on", "en", "", "", yes, true},
		{"--format keeps it", "", "csv", "bom", unsaid, true},
		{"--format as configured now", "", "csv", "bom", no, false},
	} {
		s := OutputOptions{Lang: messages.Lang(c.lang), Formats: c.formats, Given: c.formats != ""}
		s.Wording.CSVMark = c.configured
		got, err := s.changed(runWith(strings.TrimSuffix("csv,"+c.had, ",")))
		if err != nil || got.bom != c.want {
			t.Errorf("%s: %t (%+v): %v", c.name, got.bom, got, err)
		}
	}
}

// --lang goes before the configuration, the configuration before what is built
// in, and what a run has stays when nothing is said.
func TestWhichOutputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, lang, formats, wording, had, want string
	}{
		{"nothing", "", "", "", "csv,html:zh:7,lang:zh", "csv,html:zh:7,lang:zh"},
		{"the configuration alone", "", "", "zh", "csv", "csv"},
		{"--lang", "en", "", "", "csv,html:zh:7,lang:zh", "csv,html:en:7"},
		{"--format", "", "parquet", "", "csv,html:zh:7,lang:zh", "parquet,bom,lang:zh"},
		{"--format html", "", "parquet,html", "", "csv,html:en:7,lang:zh", "parquet,html:zh:7,bom,lang:zh"},
		{"--format html, configured", "", "csv,html", "zh", "csv", "csv,html:zh:200"},
		{"--format html:en --lang", "zh", "csv,html:en", "en", "csv", "csv,html:en:200,bom,lang:zh"},
	} {
		s := OutputOptions{Lang: messages.Lang(c.lang), Formats: c.formats, Given: c.formats != ""}
		s.Wording.ReportLang = messages.Lang(c.wording)
		got, err := s.changed(runWith(c.had))
		var run ledger.Run
		got.into(&run)
		if want := runWith(c.want); err != nil || fmt.Sprint(run) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v: %v", c.name, run, want, err)
		}
	}
	for _, formats := range []string{"html", "csv,lang:zh", "csv,html:fr", "csv,html:en:-1", "xml"} {
		if (&OutputOptions{Formats: formats, Given: true}).Check() == nil {
			t.Errorf("--format %s is taken", strings.ToUpper(formats))
		}
	}
}

// Formats that nobody can write are not tried, and the advice is one that works.
func TestFormatsOfARunThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	run := ledger.Run{ID: "R1", Formats: "exe"}
	s := &OutputOptions{Dir: t.TempDir()}
	if _, err := s.changed(run); ExitCode(err) != ExitUsage || !strings.Contains(err.Error(), "R1") || !strings.Contains(err.Error(), "--format") {
		t.Errorf("%v", err)
	}
	s.Formats, s.Given = "csv", true
	if o, err := s.changed(run); err != nil || o.tables != "csv" {
		t.Errorf("%+v, %v", o, err)
	}
}
