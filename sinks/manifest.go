package sinks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"vehiclebatch/pipeline/record"
)

// manifestName is the file whose presence says that the outputs are whole.
const manifestName = "manifest.json"

// manifestMost is far more than a manifest has: two dozen files, a few vendors.
const manifestMost = 1 << 20

// Manifest says what a run did and which files it left. Its JSON, here and in
// `--json`, is one object.
type Manifest struct {
	RunID         string                                     `json:"run_id"`
	StartedAt     record.Moment                              `json:"started_at"`
	FinishedAt    record.Moment                              `json:"finished_at"` // unknown: not finished
	Complete      bool                                       `json:"complete"`    // false: some lookups are not settled yet
	Input         Input                                      `json:"input"`
	Corrects      record.Opt[string]                         `json:"corrects"` // the run whose failures this one corrects
	Lookups       map[record.Dataset]map[record.Status]int64 `json:"lookups"`
	Spend         map[string]Spend                           `json:"spend"`              // by vendor
	Outputs       []Output                                   `json:"outputs"`            // sorted by path
	RunDate       string                                     `json:"run_date,omitempty"` // the day that the copies of Parquet files stand under; "" is no copies
	SchemaVersion int                                        `json:"schema_version"`
	ExitCode      int                                        `json:"exit_code"`
	Lang          string                                     `json:"lang,omitempty"` // of what is written for people, such as next steps; "" is English
}

// Input is the file that the vehicles came from.
type Input struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // hexadecimal
	Rows   int64  `json:"rows"`
}

// Spend is what a run cost at one vendor.
type Spend struct {
	Charged record.Fen `json:"charged"` // known to be charged
	Unknown record.Fen `json:"unknown"` // may have been charged
	Lookups int64      `json:"lookups"` // lookups that were sent to it
}

// Output is one file of the run's folder.
type Output struct {
	Path   string `json:"path"` // name within the folder of the manifest
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// MarshalJSON makes the object, with empty objects and lists for what there is
// none of; the same manifest gives the same bytes.
func (m Manifest) MarshalJSON() ([]byte, error) {
	if m.Lookups == nil {
		m.Lookups = map[record.Dataset]map[record.Status]int64{}
	}
	if m.Spend == nil {
		m.Spend = map[string]Spend{}
	}
	if m.Outputs == nil {
		m.Outputs = []Output{}
	}
	type plain Manifest // without this method
	return encodeJSON(plain(m), "")
}

// Text returns the manifest as manifest.json holds it: indented, with a line
// feed at its end.
func (m Manifest) Text() ([]byte, error) { return encodeJSON(m, "  ") }

// encodeJSON leaves <, > and & as they are: paths hold them.
func encodeJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the manifest: %w", err)
	}
	return b.Bytes(), nil
}

// ReadManifest reads the manifest of a run's folder. An error that is
// fs.ErrNotExist means that the outputs there are not whole.
func ReadManifest(dir string) (Manifest, error) {
	b, err := DiskIn(dir).ReadFile(filepath.Join(dir, manifestName), manifestMost)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("the outputs in %s are not whole: %w", dir, err)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("read the manifest: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("read %s: %.200s", filepath.Join(dir, manifestName), err.Error()) // it repeats what stands there
	}
	if _, err := time.Parse(time.DateOnly, m.RunDate); m.RunDate != "" && err != nil {
		return Manifest{}, fmt.Errorf("read %s: run_date %.40q is no day; write the outputs again with `batch export`", filepath.Join(dir, manifestName), m.RunDate)
	}
	return m, nil
}
