package pipeline_test

import (
	"context"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/pipeline/stagetest"
)

// A process that ended between an intent and its outcome: what was kept is
// read, what was not is in doubt.
func TestRecover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		kept   *ledger.Answer
		change func(p *policy.Policy)
		want   string
		doubts int
		money  ledger.Totals
	}{
		{"nothing was kept", nil, nil, "maintenance acme in_doubt submit in_doubt: the program ended while the call was under way", 1, ledger.Totals{Unknown: 1700}},
		{"nothing was kept of a cheap one", nil, func(p *policy.Policy) { p.ResubmitBelow = 1701 }, "maintenance acme planned", 0, ledger.Totals{Unknown: 1700}},
		{"a ticket", &ledger.Answer{Status: 200, Body: []byte("ticket T1")}, nil, "maintenance acme waiting", 0, ledger.Totals{Reserved: 1700}},
		{"an answer", &ledger.Answer{Status: 200, Body: []byte("answered yes")}, nil, "maintenance acme found", 0, ledger.Totals{Charged: 1700}},
		{"an answer that cannot be read", &ledger.Answer{Status: 200, Body: []byte("answered yes garbled")}, nil,
			"maintenance acme failed normalise bad_response: the report is garbled", 0, ledger.Totals{Charged: 1700}},
		{"no record", &ledger.Answer{Status: 200, Body: []byte("no_record no")}, nil, "maintenance bolt planned", 0, ledger.Totals{}},
		{"not the vendor's words", &ledger.Answer{Status: 502, Body: []byte("unreadable")}, nil,
			"maintenance acme in_doubt submit in_doubt: trouble at the vendor's gateway (unreadable)", 1, ledger.Totals{Unknown: 1700}},
		{"too many requests", &ledger.Answer{Status: 429}, nil, "maintenance acme planned", 0, ledger.Totals{}},
		{"a refusal at the gate", &ledger.Answer{Status: 401, Body: []byte("unreadable")}, nil, "maintenance acme planned", 0, ledger.Totals{}},
		{"a call that broke off", &ledger.Answer{Status: 200, Failure: "connection reset", Body: []byte("answered yes")}, nil,
			"maintenance acme in_doubt submit in_doubt: connection reset", 1, ledger.Totals{Unknown: 1700}},
		{"an answer of a vendor that is configured no more", &ledger.Answer{Status: 200, Body: []byte("answered yes")}, func(p *policy.Policy) { delete(p.Vendors, "acme") },
			"maintenance acme submitting", 0, ledger.Totals{Reserved: 1700}}, // its adapter must read it one day
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			w := b.Intend(run, "acme")
			if c.kept != nil {
				b.Keep(w, *c.kept)
			}
			if c.change != nil {
				c.change(b.Policy)
			}
			for i, want := range []int{c.doubts, 0} { // the second time nothing is left to settle
				doubts, err := runner.Recover(context.Background(), b.Ledger, b.Policy)
				b.Must(err)
				if doubts != want {
					t.Errorf("time %d: %d in doubt, want %d", i+1, doubts, want)
				}
				b.Wants(run, "1 | "+c.want+"\n")
			}
			b.Must(b.Ledger.WatchMoney(context.Background(), run))
			if got := b.Ledger.Money(); got != c.money {
				t.Errorf("money is %+v, want %+v", got, c.money)
			}
		})
	}
}

// Only the answer of the last attempt counts: an earlier one was settled.
func TestRecoverReadsTheLastAttemptOnly(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "no_record no")
	b.Intend(run, "bolt")
	if doubts, err := runner.Recover(context.Background(), b.Ledger, b.Policy); doubts != 1 || err != nil {
		t.Errorf("%d in doubt, %v", doubts, err)
	}
	b.Wants(run, "1 | maintenance bolt in_doubt submit in_doubt: the program ended while the call was under way\n")
}

func TestRecoverSettlesEveryRun(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	second := b.Plan(stagetest.Only(record.DatasetViolations), stagetest.Car())
	b.Keep(b.Intend(first, "acme"), ledger.Answer{Status: 200, Body: []byte("answered yes")})
	b.Intend(second, "acme") // 14 fen: cheap
	if doubts, err := runner.Recover(context.Background(), b.Ledger, b.Policy); doubts != 0 || err != nil {
		t.Errorf("%d in doubt, %v", doubts, err)
	}
	b.Wants(first, "1 | maintenance acme found\n")
	b.Wants(second, "1 | violations acme planned\n")
}

func TestResponseOfAKeptAnswer(t *testing.T) {
	t.Parallel()
	for _, a := range []ledger.Answer{{Status: 200, Body: []byte("x")}, {Failure: "reset"}} {
		r := policy.ResponseOf(a)
		if r.Status != a.Status || string(r.Body) != string(a.Body) || (r.Err == nil) != (a.Failure == "") || r.NeverSent {
			t.Errorf("%+v becomes %+v", a, r)
		}
	}
}
