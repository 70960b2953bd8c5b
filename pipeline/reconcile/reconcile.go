// Package reconcile holds a vendor's bill against the charges in the ledger. It
// reads the bill, finds the order that each of its lines is of, says where the
// two disagree, and settles what was in doubt. It never guesses: a line that
// may be of two orders settles neither. docs/decisions/019 says how lines are
// matched. It calls nobody.
package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Options say whose bill it is and how it is held against the ledger.
type Options struct {
	Vendor string
	// Within is how far a line's time may lie from the call.
	Within time.Duration
	// Since and Until say which time the bill covers, from Since on and before
	// Until; zero: from its first line to its last.
	Since, Until time.Time
	// Polls tells whether the vendor's answer to a dataset is fetched by a ticket.
	Polls func(record.Dataset) bool
	Now   time.Time
}

// lookBack is how long before its charge an order may have been sent: some
// vendors charge when the report is fetched.
const lookBack = 35 * 24 * time.Hour

// Kind says what was found about a line or an order.
type Kind string

// The kinds of finding, in the order in which they are listed.
const (
	TicketFound   Kind = "ticket_found"   // not answered, on the bill with its ticket: the report can be asked for
	PaidAndLost   Kind = "paid_and_lost"  // in doubt, on the bill without a ticket: paid, and the answer is lost
	NotBought     Kind = "not_bought"     // in doubt, not on the bill, or paid back
	ChargeSettled Kind = "charge_settled" // answered or failed otherwise; only its charge was not certain
	OnlyOnBill    Kind = "only_on_bill"   // charged by the vendor and unknown to the ledger
	OnlyInLedger  Kind = "only_in_ledger" // held as charged and not on the bill
	PaidBack      Kind = "paid_back"      // held as charged, and paid back: the ledger keeps its charge
	RefundAlone   Kind = "refund_alone"   // paid back, and it does not tell of which charge of the bill
	Differs       Kind = "amount_differs" // charged, at another price than the configured one
	Ambiguous     Kind = "ambiguous"      // may belong to several, or to none: nothing was changed
	Unreadable    Kind = "unreadable"     // a line that cannot be read: Line.Why says why
)

// Kinds returns every kind in the order in which they are listed.
func Kinds() []Kind {
	return []Kind{TicketFound, PaidAndLost, NotBought, ChargeSettled, OnlyOnBill, OnlyInLedger, PaidBack, RefundAlone, Differs, Ambiguous, Unreadable}
}

// Finding is one thing to know: about a line, about an order, or about both.
type Finding struct {
	Kind   Kind
	Line   *Line          // nil when it is about an order alone
	Charge *ledger.Charge // as it was before; nil when it is about a line alone
	Billed ledger.Billed  // of the charge, as it is by the bill; "" without one
	Why    string         // what else there is to say, "" for nothing
}

// Report is what came of holding a bill against the ledger.
type Report struct {
	Bill    *Bill
	Since   time.Time // what the bill covers
	Until   time.Time
	Orders  int // sent in that time, or on the bill
	Agreed  int // lines whose order was held as charged, at that price
	Outside int // in doubt, and not in that time: the bill says nothing of them
	AtEdge  int // in doubt, and in that time, but nearer to its edge than a charge may come later
	// Silent are the datasets of which the bill is no witness: it has no line of
	// an order that is known, or lacks one that is certain. What is missing there
	// proves nothing.
	Silent   []record.Dataset
	Foreign  bool // what the bill calls tickets are not the vendor's
	Findings []Finding

	settlements []ledger.Settlement
	touched     map[int64]bool // runs.seq, true when lookups are open again
	covered     map[int64]bool // runs.seq
}

// Changes tells how many charges the bill makes certain.
func (r *Report) Changes() int { return len(r.settlements) }

// Count tells how many findings of a kind there are.
func (r *Report) Count(k Kind) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Kind == k {
			n++
		}
	}
	return n
}

// Plan holds a bill against the ledger and changes nothing. The error is an *OtherVendorError where
// the bill is another vendor's.
func Plan(ctx context.Context, l Store, bill *Bill, o Options) (*Report, error) {
	return plan(ctx, l, bill, o)
}

func plan(ctx context.Context, l looker, bill *Bill, o Options) (*Report, error) {
	bill, known, err := bill.choose(ctx, l, o.Vendor)
	if err != nil {
		return nil, err
	}
	r := &Report{Bill: bill, Since: o.Since, Until: o.Until, touched: map[int64]bool{}, covered: map[int64]bool{}}
	j := judge{report: r, ledger: l, surelySince: o.Since, surelyUntil: o.Until}
	if r.Since.IsZero() {
		r.Since, j.surelySince = bill.From, bill.From.Add(o.Within)
	}
	if r.Until.IsZero() {
		r.Until, j.surelyUntil = bill.Until, bill.Until.Add(-o.Within)
	}
	if err := known.check(bill.Lines); err != nil {
		return nil, err
	}
	since := earlier(r.Since, bill.From).Add(-lookBack)
	until := later(o.Now, later(r.Until, bill.Until).Add(o.Within)).Add(time.Second)
	charges, err := l.Charges(ctx, o.Vendor, since, until)
	if err != nil {
		return nil, fmt.Errorf("read the orders of %s: %w", o.Vendor, err)
	}
	o.Since, o.Until = r.Since, r.Until
	m := newMatcher(bill.Lines, bill.Unread, charges, o)
	m.owners = known
	m.match()
	r.Foreign = m.foreign
	j.matcher, j.options, j.shared = m, o, shared(bill.Lines)
	if err := j.all(ctx); err != nil {
		return nil, err
	}
	r.sort()
	return r, nil
}

// Apply writes down what the bill makes certain. It returns the runs whose
// outputs are to be written again: a finished one is settled until they are,
// or open when lookups of it are. A process that dies in the middle leaves
// every lookup whole; the same bill again does the rest.
func Apply(ctx context.Context, l Store, r *Report) ([]ledger.Run, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	var touched []ledger.Run
	for _, run := range runs {
		reopened, ok := r.touched[run.Seq]
		if !ok {
			continue
		}
		switch {
		case reopened:
			run.State, run.FinishedAt = ledger.RunOpen, time.Time{}
		case run.State == ledger.RunFinished:
			run.State = ledger.RunSettled
		}
		if err := l.SetRun(run); err != nil {
			return nil, fmt.Errorf("open run %s again: %w", run.ID, err)
		}
		touched = append(touched, run)
	}
	if err := l.Settle(r.settlements); err != nil {
		return touched, fmt.Errorf("write down what the bill says: %w", err)
	}
	return touched, nil
}

// Touched names the runs (runs.seq) that Apply changes.
func (r *Report) Touched() []int64 { return slices.Sorted(maps.Keys(r.touched)) }

// Runs names the runs that have an order in the bill's time, or are touched.
func (r *Report) Runs() []int64 {
	all := maps.Clone(r.covered)
	maps.Copy(all, r.touched)
	return slices.Sorted(maps.Keys(all))
}

func (r *Report) sort() {
	rank := map[Kind]int{}
	for i, k := range Kinds() {
		rank[k] = i
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), a.at().Compare(b.at()), cmp.Compare(a.no(), b.no()))
	})
}

// no is the line that a finding is about, 0 for none.
func (f *Finding) no() int64 {
	if f.Line == nil {
		return 0
	}
	return f.Line.No
}

// at is the moment that a finding is about. Lines that cannot be read stay as in the bill.
func (f *Finding) at() time.Time {
	if f.Kind == Unreadable {
		return time.Time{}
	}
	if f.Charge != nil {
		return f.Charge.IntentAt
	}
	return f.Line.From
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
