package vendortest

import (
	"slices"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

func (s *suite) testSamples(t *testing.T, q Question) {
	has := map[vendors.Kind]bool{}
	for _, sample := range q.Samples {
		has[sample.Kind] = true
		t.Run(sample.Name, func(t *testing.T) { s.testSample(t, q, sample) })
	}
	if !has[vendors.Answered] || (s.offer(q.Dataset).TwoStep && !has[vendors.Ticket]) {
		t.Error("the suite wants an answered sample, and one with a ticket where there are two calls")
	}
}

func (s *suite) testSample(t *testing.T, q Question, sample Sample) {
	out := s.v.Read(q.Dataset, sample.Call, &q.Vehicle, sample.Body)
	if out.Kind != sample.Kind || out.Billed != sample.Billed {
		t.Errorf("%s, billed %q; want %s, %q (%+v)", out.Kind, out.Billed, sample.Kind, sample.Billed, out)
	}
	s.testOutcome(t, out)
	whole := vendors.ReadResponse(s.v, nil, q.Dataset, sample.Call, &q.Vehicle, vendors.Response{Status: 200, Body: sample.Body})
	if out.Kind != vendors.Unreadable && whole != out {
		t.Errorf("ReadResponse says %+v, Read %+v", whole, out)
	}
	answer, err := s.v.Decode(q.Dataset, &q.Vehicle, sample.Body)
	s.testReader(t, q, sample, out, answer)
	if sample.Kind != vendors.Answered {
		if err == nil {
			t.Errorf("Decode makes records of what is %s", sample.Kind)
		}
		return
	}
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	testAnswer(t, q.Dataset, answer)
	if sample.Check != nil {
		sample.Check(t, answer)
	}
	other := otherVehicle(q.Vehicle)
	if _, err := s.v.Decode(q.Dataset, other, sample.Body); err == nil && sample.NamesVehicle {
		t.Error("Decode takes an answer about another vehicle")
	}
	if of := s.v.Read(q.Dataset, sample.Call, other, sample.Body); of.Flaw == "" && sample.NamesVehicle {
		t.Error("Read finds no flaw in an answer about another vehicle")
	}
}

// testReader holds the reader without keys against the adapter: what was bought
// must be readable where the keys are not known.
func (s *suite) testReader(t *testing.T, q Question, sample Sample, out vendors.Outcome, answer record.Answer) {
	t.Helper()
	if s.d.Reader == nil {
		t.Fatal("the descriptor has no reader")
	}
	if got := s.d.Reader.Read(q.Dataset, sample.Call, &q.Vehicle, sample.Body); got != out {
		t.Errorf("without keys Read says %+v, with keys %+v", got, out)
	}
	if got, _ := s.d.Reader.Decode(q.Dataset, &q.Vehicle, sample.Body); !sameAnswer(got, answer) {
		t.Errorf("without keys Decode says %+v, with keys %+v", got, answer)
	}
}

// testOutcome holds an outcome against the rules of its kind.
func (s *suite) testOutcome(t *testing.T, o vendors.Outcome) {
	t.Helper()
	// An answer at once may come with a ticket to fetch it again.
	if (o.Kind == vendors.Ticket) != (o.Ticket != "") && o.Kind != vendors.Answered {
		t.Errorf("ticket %q with kind %s", o.Ticket, o.Kind)
	}
	if want := classesOf(o.Kind); !slices.Contains(want, o.Class) {
		t.Errorf("class %q with kind %s, want one of %v", o.Class, o.Kind, want)
	}
	billed := []vendors.Billed{vendors.BilledUnsaid, vendors.BilledYes, vendors.BilledNo, vendors.BilledUnknown}
	if !slices.Contains(billed, o.Billed) || o.RetryAfter < 0 {
		t.Errorf("billed %q, again after %v", o.Billed, o.RetryAfter)
	}
	if len(o.Message) > 1000 || len(o.Code) > 300 {
		t.Errorf("code of %d and message of %d bytes: not shortened", len(o.Code), len(o.Message))
	}
	noSecrets(t, s.c, "the outcome", o.Code+" "+o.Message+" "+o.Flaw)
	if o.Flaw != "" && o.Kind != vendors.Answered {
		t.Errorf("flaw %q with kind %s", o.Flaw, o.Kind)
	}
	if o.OtherProduct && o.Kind != vendors.AccountTrouble {
		t.Errorf("another product has answered, with kind %s", o.Kind)
	}
}

func classesOf(k vendors.Kind) []record.Class {
	switch k {
	case vendors.Refused:
		return []record.Class{record.Rejected}
	case vendors.AccountTrouble:
		return []record.Class{record.Auth, record.Balance, record.Quota}
	case vendors.Busy:
		return []record.Class{record.RateLimited, record.Unavailable}
	case vendors.Ticket, vendors.Pending, vendors.Answered, vendors.NoRecord, vendors.Unsupported,
		vendors.Unknown, vendors.Unreadable:
		return []record.Class{""}
	}
	return nil // an unknown kind fits no class
}

// testAnswer checks that exactly the field of the dataset is set.
func testAnswer(t *testing.T, d record.Dataset, a record.Answer) {
	t.Helper()
	set := map[record.Dataset]bool{
		record.DatasetMaintenance: a.Report != nil,
		record.DatasetValuation:   a.Valuation != nil,
		record.DatasetViolations:  a.Violations != nil,
	}
	for dataset, is := range set {
		if is != (dataset == d) {
			t.Errorf("asked about %s, the answer's %s is set: %v", d, dataset, is)
		}
	}
}
