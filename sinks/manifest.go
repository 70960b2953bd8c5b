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
const manifestMost = 16 << 20

// Manifest says what a run did and which files it left. Its JSON, here and in
// `--json`, is one object: moments in RFC 3339 with +08:00, money as
// numbers with two places.
type Manifest struct {
	RunID         string
	StartedAt     time.Time
	FinishedAt    time.Time // zero is null: not finished
	Complete      bool      // false: some lookups are not settled yet
	Input         Input
	Corrects      string // the run whose failures this one corrects; "" is null
	Lookups       map[record.Dataset]map[record.Status]int64
	Spend         map[string]Spend // by vendor
	Outputs       []Output         // sorted by path
	RunDate       string           // the day that the copies of Parquet files stand under; "" is no copies
	SchemaVersion int
	ExitCode      int
	Lang          string // of what is written for people, such as next steps; "" is English
}

// Input is the file that the vehicles came from.
type Input struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // hexadecimal
	Rows   int64  `json:"rows"`
}

// Spend is what a run cost at one vendor.
type Spend struct {
	Charged record.Fen // known to be charged
	Unknown record.Fen // may have been charged
	Lookups int64      // lookups that were sent to it
}

// Output is one file of the run's folder.
type Output struct {
	Path   string `json:"path"` // name within the folder of the manifest
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// manifestJSON fixes the names and the order of the keys.
type manifestJSON struct {
	RunID         string                                     `json:"run_id"`
	StartedAt     *chinaTime                                 `json:"started_at"`
	FinishedAt    *chinaTime                                 `json:"finished_at"`
	Complete      bool                                       `json:"complete"`
	Input         Input                                      `json:"input"`
	Corrects      *string                                    `json:"corrects"`
	Lookups       map[record.Dataset]map[record.Status]int64 `json:"lookups"`
	Spend         map[string]Spend                           `json:"spend"`
	Outputs       []Output                                   `json:"outputs"`
	RunDate       string                                     `json:"run_date,omitempty"`
	SchemaVersion int                                        `json:"schema_version"`
	ExitCode      int                                        `json:"exit_code"`
	Lang          string                                     `json:"lang,omitempty"`
}

type spendJSON struct {
	Charged json.Number `json:"charged"`
	Unknown json.Number `json:"unknown"`
	Lookups int64       `json:"lookups"`
}

type chinaTime time.Time

// MarshalText formats the moment in China's zone.
func (t chinaTime) MarshalText() ([]byte, error) { return []byte(formatMoment(time.Time(t))), nil }

// UnmarshalText reads RFC 3339.
func (t *chinaTime) UnmarshalText(b []byte) error {
	v, err := time.Parse(time.RFC3339, string(b))
	*t = chinaTime(v.UTC())
	return err
}

func orNull(t time.Time) *chinaTime {
	if t.IsZero() {
		return nil
	}
	c := chinaTime(t)
	return &c
}

func orZero(t *chinaTime) time.Time {
	if t == nil {
		return time.Time{}
	}
	return time.Time(*t)
}

// MarshalJSON makes the object; the same manifest gives the same bytes.
func (m Manifest) MarshalJSON() ([]byte, error) {
	j := manifestJSON{RunID: m.RunID, StartedAt: orNull(m.StartedAt), FinishedAt: orNull(m.FinishedAt), Complete: m.Complete,
		Input: m.Input, Lookups: m.Lookups, Spend: m.Spend, Outputs: m.Outputs, RunDate: m.RunDate, SchemaVersion: m.SchemaVersion, ExitCode: m.ExitCode, Lang: m.Lang}
	if m.Corrects != "" {
		j.Corrects = &m.Corrects
	}
	if j.Lookups == nil {
		j.Lookups = map[record.Dataset]map[record.Status]int64{}
	}
	if j.Spend == nil {
		j.Spend = map[string]Spend{}
	}
	if j.Outputs == nil {
		j.Outputs = []Output{}
	}
	return encodeJSON(j, "")
}

// UnmarshalJSON reads what MarshalJSON made; moments come back in UTC.
func (m *Manifest) UnmarshalJSON(b []byte) error {
	var j manifestJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*m = Manifest{RunID: j.RunID, StartedAt: orZero(j.StartedAt), FinishedAt: orZero(j.FinishedAt), Complete: j.Complete,
		Input: j.Input, Lookups: j.Lookups, Spend: j.Spend, Outputs: j.Outputs, RunDate: j.RunDate, SchemaVersion: j.SchemaVersion, ExitCode: j.ExitCode, Lang: j.Lang}
	if j.Corrects != nil {
		m.Corrects = *j.Corrects
	}
	return nil
}

// MarshalJSON writes money as exact numbers with two places: 17.00.
func (s Spend) MarshalJSON() ([]byte, error) {
	return json.Marshal(spendJSON{json.Number(s.Charged.String()), json.Number(s.Unknown.String()), s.Lookups})
}

// UnmarshalJSON reads money exactly.
func (s *Spend) UnmarshalJSON(b []byte) error {
	var j spendJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	charged, err := record.ParseYuan(j.Charged.String())
	if err != nil {
		return fmt.Errorf("charged: %w", err)
	}
	unknown, err := record.ParseYuan(j.Unknown.String())
	if err != nil {
		return fmt.Errorf("unknown: %w", err)
	}
	*s = Spend{Charged: charged, Unknown: unknown, Lookups: j.Lookups}
	return nil
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
		return Manifest{}, fmt.Errorf("read %s: %w", filepath.Join(dir, manifestName), err)
	}
	if _, err := time.Parse(time.DateOnly, m.RunDate); m.RunDate != "" && err != nil {
		return Manifest{}, fmt.Errorf("read %s: run_date %q is no day; write the outputs again with `batch export`", filepath.Join(dir, manifestName), m.RunDate)
	}
	return m, nil
}
