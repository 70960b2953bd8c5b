// Package record holds the value types that every stage speaks: vehicle,
// report, visit, valuation, violation, and the small types they are made of.
//
// It imports nothing of this project. An empty string is an unknown text, an
// Opt that is not OK is an unknown value: unknown is never 0, false or a guess.
package record

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Opt is a value that may be unknown. The zero Opt is unknown.
type Opt[T any] struct {
	V  T
	OK bool
}

// Some returns a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{V: v, OK: true} }

// Text is the value as it is written, "" when it is not known.
func (o Opt[T]) Text() string {
	if !o.OK {
		return ""
	}
	return fmt.Sprint(o.V)
}

// NonZero returns a known value, unless it is the zero value of its type.
func NonZero[T comparable](v T) Opt[T] {
	var zero T
	return Opt[T]{V: v, OK: v != zero}
}

// MarshalJSON writes the value, or null. It leaves <, > and & as they are: an
// encoder that wants them escaped does it afterwards.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.OK {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(o.V)
	return b.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Opt[T]) UnmarshalJSON(text []byte) error {
	*o = Opt[T]{}
	if string(text) == "null" {
		return nil
	}
	if err := json.Unmarshal(text, &o.V); err != nil {
		return err
	}
	o.OK = true
	return nil
}

// Flag is a tri-state answer: yes, no, or not stated.
type Flag = Opt[bool]

// Dataset names what is asked about a vehicle.
type Dataset string

// The datasets, in the order in which they are planned and printed.
const (
	DatasetMaintenance Dataset = "maintenance"
	DatasetValuation   Dataset = "valuation"
	DatasetViolations  Dataset = "violations"
)

// Datasets returns every dataset in the order of output columns.
func Datasets() []Dataset { return []Dataset{DatasetMaintenance, DatasetValuation, DatasetViolations} }

// Valid tells whether d is one of Datasets.
func (d Dataset) Valid() bool {
	return d == DatasetMaintenance || d == DatasetValuation || d == DatasetViolations
}

// Status is what a user sees of a lookup.
type Status string

// The statuses of a lookup.
const (
	Found        Status = "found"
	NoRecord     Status = "no_record"
	Unsupported  Status = "unsupported"
	Pending      Status = "pending"
	Failed       Status = "failed"
	InDoubt      Status = "in_doubt"
	NotRequested Status = "not_requested"
)

// Statuses returns every status in the order in which summaries print them.
func Statuses() []Status {
	return []Status{Found, NoRecord, Unsupported, Pending, Failed, InDoubt, NotRequested}
}

// Class says why a lookup is in the failure ledger.
type Class string

// The classes of failure.
const (
	InvalidInput  Class = "invalid_input"
	MissingInput  Class = "missing_input"
	Rejected      Class = "rejected"
	Auth          Class = "auth"
	Balance       Class = "balance"
	Quota         Class = "quota"
	RateLimited   Class = "rate_limited"
	Unavailable   Class = "unavailable"
	BadResponse   Class = "bad_response"
	DoubtfulOrder Class = "in_doubt"
	Expired       Class = "expired"
)

// Classes returns every class of failure.
func Classes() []Class {
	return []Class{InvalidInput, MissingInput, Rejected, Auth, Balance, Quota,
		RateLimited, Unavailable, BadResponse, DoubtfulOrder, Expired}
}

// Stage is where a lookup failed.
type Stage string

// The stages that can fail.
const (
	StageValidate  Stage = "validate"
	StageSubmit    Stage = "submit"
	StagePoll      Stage = "poll"
	StageNormalise Stage = "normalise"
)

// Answer is what one raw answer of a vendor says, in our words. Exactly the
// field of the dataset asked for is set.
type Answer struct {
	Report     *Report
	Valuation  *Valuation
	Violations []Violation // of an answer about violations; empty is "none found"
	// Problems are disagreements inside the answer, in words, for the analyst.
	Problems []string
}
