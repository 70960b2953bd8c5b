package main

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks/report"
)

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
		got, err := outputsOf(ledger.Run{Formats: want.String()})
		if err := ledger.CheckFormats(want.String()); err != nil {
			t.Fatalf("the ledger refuses %s: %v", want, err)
		}
		if err != nil || got != want {
			t.Fatalf("%s came back as %+v, want %+v: %v", want, got, want, err)
		}
	})
}

// Runs of before there were languages are in English, and their reports, too.
func TestOutputsOfOldRuns(t *testing.T) {
	t.Parallel()
	for formats, want := range map[string]string{"parquet,csv": "parquet,csv", "html,parquet,csv": "parquet,csv,html:en:200",
		"csv,html:zh": "csv,html:zh:200", "csv,html:zh:0": "csv,html:zh:0", "": ""} {
		if err := ledger.CheckFormats(formats); err != nil {
			t.Errorf("the ledger refuses %q: %v", formats, err)
		}
		got, err := outputsOf(ledger.Run{Formats: formats})
		if err != nil || got.String() != want || got.lang != messages.English {
			t.Errorf("%q is %q in %s, want %q: %v", formats, got, got.lang, want, err)
		}
	}
	for _, formats := range []string{"csv,lang:fr", "csv,lang:", "html:zh", "csv,html:zh:many"} {
		if err := ledger.CheckFormats(formats); err == nil && formats != "html:zh" { // which lacks tables
			t.Errorf("the ledger takes %q", formats)
		}
		if o, err := outputsOf(ledger.Run{ID: "R1", Formats: formats}); err == nil {
			t.Errorf("%q is taken as %q", formats, o)
		}
	}
	if got := langOf(ledger.Run{Formats: "csv,lang:fr"}); got != messages.English {
		t.Errorf("an unknown language is %s", got)
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
		s := setup{lang: messages.Lang(c.lang), formats: c.formats, formatsGiven: c.formats != ""}
		s.wording.CSVMark = c.configured
		got, err := s.changedOutputs(ledger.Run{Formats: strings.TrimSuffix("csv,"+c.had, ",")})
		if err != nil || got.bom != c.want {
			t.Errorf("%s: %t (%s): %v", c.name, got.bom, got, err)
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
		s := setup{lang: messages.Lang(c.lang), formats: c.formats, formatsGiven: c.formats != ""}
		s.wording.ReportLang = messages.Lang(c.wording)
		got, err := s.changedOutputs(ledger.Run{Formats: c.had})
		if err != nil || got.String() != c.want {
			t.Errorf("%s: %s, want %s: %v", c.name, got, c.want, err)
		}
	}
	for _, formats := range []string{"html", "csv,lang:zh", "csv,html:fr", "csv,html:en:-1", "xml"} {
		if (&setup{formats: formats, formatsGiven: true}).checkFormats() == nil {
			t.Errorf("--format %s is taken", strings.ToUpper(formats))
		}
	}
}

// Formats that nobody can write are not tried, and the advice is one that works.
func TestFormatsOfARunThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	run := ledger.Run{ID: "R1", Formats: "exe"}
	s := &setup{out: t.TempDir()}
	if _, err := s.changedOutputs(run); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "R1") || !strings.Contains(err.Error(), "--format") {
		t.Errorf("%v", err)
	}
	s.formats, s.formatsGiven = "csv", true
	if o, err := s.changedOutputs(run); err != nil || o.tables != "csv" {
		t.Errorf("%+v, %v", o, err)
	}
}
