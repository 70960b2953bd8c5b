package pipeline_test

import (
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// TestPaidForAnotherProduct: an order that was charged and answered by another
// product fails as an answer that cannot be read, with its answer kept; an order
// that is out waits until the path is mended.
func TestPaidForAnotherProduct(t *testing.T) {
	t.Parallel()
	p := stagetest.TestPolicy()
	out := vendors.Outcome{Kind: vendors.AccountTrouble, Class: record.Auth, Billed: vendors.BilledYes, Code: "10000", Message: "the answer is an older maintenance report",
		OtherProduct: true}
	got := stagetest.GoesTo(p, workBefore(vendors.Submit, 1), vendors.Submit, lookup.Result{Outcome: out, Answer: 7, Received: stagetest.Noon}, stagetest.Noon)
	if k := got.Lookup; k.State != ledger.Failed || k.Stage != record.StageNormalise || k.Class != record.BadResponse || k.Answer != 7 ||
		k.Message != out.Message || got.Attempt.Billed != ledger.BilledYes {
		t.Errorf("submit: %+v", got)
	}
	out.Billed = vendors.BilledUnsaid
	before := workBefore(vendors.Poll, 1)
	got = stagetest.GoesTo(p, before, vendors.Poll, lookup.Result{Outcome: out}, stagetest.Noon)
	if k := got.Lookup; k.State != ledger.Waiting || k.Ticket != before.Lookup.Ticket || got.Attempt.Billed != before.Attempt.Billed {
		t.Errorf("poll: %+v", got)
	}
}

// TestChargedRefusal: what the account lacks may be charged as well, where a vendor
// says so. That is no answer: the order fails with the account's class.
func TestChargedRefusal(t *testing.T) {
	t.Parallel()
	p := stagetest.TestPolicy()
	for _, class := range []record.Class{record.Auth, record.Balance, record.Quota} {
		out := vendors.Outcome{Kind: vendors.AccountTrouble, Class: class, Billed: vendors.BilledYes, Code: "601", Message: "not opened"}
		got := stagetest.GoesTo(p, workBefore(vendors.Submit, 1), vendors.Submit, lookup.Result{Outcome: out, Answer: 7, Received: stagetest.Noon}, stagetest.Noon)
		if k := got.Lookup; k.State != ledger.Failed || k.Stage != record.StageSubmit || k.Class != class || got.Attempt.Billed != ledger.BilledYes {
			t.Errorf("%s: %+v", class, got)
		}
	}
}
