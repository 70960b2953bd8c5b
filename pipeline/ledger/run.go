package ledger

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// Run is one run of one input.
type Run struct {
	Seq         int64
	ID          string
	State       RunState
	StartedAt   time.Time
	FinishedAt  time.Time // zero while open
	InputPath   string
	InputSHA256 string
	InputRows   int64
	Datasets    []record.Dataset
	Formats     string // formats of the tables, comma-separated
	FirstLookup int64
	LastLookup  int64
	PurgedAt    time.Time // when its vehicles and answers were forgotten; zero: never

	// Lang is the language of texts for people in the outputs.
	Lang string
	// ReportLang is the language of the report beside the tables, "" when there is none; ReportTop
	// is how many vehicles the report shows in detail.
	ReportLang string
	ReportTop  int
	// Partitioned: the Parquet files are also linked by date.
	Partitioned bool
	// BOM: CSV files begin with a byte order mark.
	BOM bool

	// MaxSpend is the most that the run may have as charged, reserved and unknown together, as its
	// user last set it; unknown if the user set none.
	MaxSpend record.Opt[record.Fen]

	// StrictVIN refuses VINs with a wrong check digit.
	StrictVIN bool

	// Corrects is the id of the run whose failures this one corrects, "" for none; Corrected are
	// the datasets for which it does.
	Corrects  string
	Corrected []record.Dataset
}

// RunState is how far a run has come.
type RunState string

// The states of a run.
const (
	RunPlanning RunState = "planning" // the input is being read; nothing was bought
	RunOpen     RunState = "open"
	RunSettled  RunState = "settled" // no lookup is open, the outputs are not complete yet
	RunFinished RunState = "finished"
)

// RowCount is how many rows of each kind a run has.
type RowCount struct{ Rows, Duplicates, Faulty int64 }

// Loss says in words what a rescue could not restore, and when that was.
type Loss struct {
	At   time.Time // zero: nothing was lost
	What string
}

// runIDForm is what a run's id looks like. The id becomes the name of a folder and of files, and a
// part of patterns and commands that a user is told to type.
var runIDForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$`)

// IsRunID tells whether a run can have this id.
func IsRunID(id string) bool { return runIDForm.MatchString(id) }

// formatForm is one of a run's formats.
var formatForm = regexp.MustCompile(`^(parquet|csv|xlsx|html)$`)

// CheckFormats says what is wrong with a run's formats. A run of which only the outputs are left
// has none.
func CheckFormats(formats string) error {
	if formats == "" {
		return nil
	}
	for word := range strings.SplitSeq(formats, ",") {
		if !formatForm.MatchString(strings.ToLower(strings.TrimSpace(word))) {
			return fmt.Errorf("%q is no format", word)
		}
	}
	return nil
}

// JoinDatasets writes datasets in the form of a column of the ledger.
func JoinDatasets(ds []record.Dataset) string {
	words := make([]string, len(ds))
	for i, d := range ds {
		words[i] = string(d)
	}
	return strings.Join(words, ",")
}

// SplitDatasets reads what JoinDatasets wrote.
func SplitDatasets(s string) []record.Dataset {
	var out []record.Dataset
	for w := range strings.SplitSeq(s, ",") {
		if w != "" {
			out = append(out, record.Dataset(w))
		}
	}
	return out
}
