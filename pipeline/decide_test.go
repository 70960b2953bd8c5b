package pipeline_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

var update = flag.Bool("update", false, "write the golden files again")

// kinds are all the kinds of outcome that the contract with vendors names.
func kinds(t *testing.T) []vendors.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "vendors", "outcome.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []vendors.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, vendors.Kind(text))
			}
		}
		return true
	})
	if len(out) != 10 || !slices.Contains(out, vendors.AccountTrouble) {
		t.Fatalf("vendors/outcome.go has the kinds %v: is the table still whole?", out)
	}
	return out
}

// classOf is a class that a kind may have.
func classOf(k vendors.Kind) record.Class {
	switch k {
	case vendors.Refused:
		return record.Rejected
	case vendors.AccountTrouble:
		return record.Balance
	case vendors.Busy:
		return record.RateLimited
	}
	return ""
}

// workBefore is a lookup whose call is under way.
func workBefore(call vendors.Call, fen record.Fen) ledger.Work {
	k := ledger.Lookup{ID: 7, Run: 1, Row: 3, Dataset: record.DatasetMaintenance, Key: []byte("q"), Vendor: "acme", State: ledger.Submitting, Attempts: 1, FirstAt: stagetest.Noon}
	w := ledger.Work{Lookup: k, Vehicle: stagetest.Car(), Attempt: ledger.Attempt{Lookup: 7, N: 1, Vendor: "acme", Dataset: k.Dataset, Fen: fen, Billed: ledger.Reserved, IntentAt: stagetest.Noon}}
	if call == vendors.Poll {
		w.Lookup.State, w.Lookup.Ticket, w.Lookup.TicketAt, w.Lookup.NextAt = ledger.Waiting, "T0", stagetest.Noon.Add(-time.Minute), stagetest.Noon
	}
	return w
}

// situation is one line of the table.
type situation struct {
	call  vendors.Call
	out   vendors.Outcome
	fen   record.Fen
	tries int
	age   time.Duration // of the ticket
	alone bool          // nobody else is answered
}

func (s situation) String() string {
	words := []string{string(s.call), string(s.out.Kind)}
	if s.out.Ticket != "" {
		words = append(words, "with ticket")
	}
	if s.out.Flaw != "" {
		words = append(words, "garbled")
	}
	if s.out.From != vendors.FromVendor {
		words = append(words, "from "+string(s.out.From))
	}
	if s.alone {
		words = append(words, "nobody else answered")
	}
	if s.tries > 0 {
		words = append(words, fmt.Sprintf("after %d", s.tries))
	}
	if s.age > 0 {
		words = append(words, "too old")
	}
	billed := s.out.Billed
	if billed == "" {
		billed = "unsaid"
	}
	return strings.Join(append(words, "billed "+string(billed)), ", ")
}

func situations(t *testing.T) []situation {
	t.Helper()
	var all []situation
	for _, call := range []vendors.Call{vendors.Submit, vendors.Poll} {
		for _, kind := range kinds(t) {
			for _, billed := range []vendors.Billed{vendors.BilledUnsaid, vendors.BilledYes, vendors.BilledNo, vendors.BilledUnknown} {
				s := situation{call: call, out: vendors.Outcome{Kind: kind, Billed: billed, Class: classOf(kind), Code: "c", Message: "m"}}
				all = append(all, variants(s)...)
			}
		}
	}
	return all
}

// variants are the situations that a kind of outcome may be met in.
func variants(s situation) []situation {
	last := s
	ticketed := s
	ticketed.out.Ticket = "T1"
	garbled, garbledTicketed := s, ticketed
	garbled.out.Flaw, garbledTicketed.out.Flaw = "garbled", "garbled"
	switch {
	case s.out.Kind == vendors.Ticket:
		return []situation{ticketed}
	case s.out.Kind == vendors.Answered && s.call == vendors.Submit:
		return []situation{s, ticketed, garbled, garbledTicketed}
	case s.out.Kind == vendors.Answered:
		last = garbled
		last.tries = lookup.MaxUnreadable - 1
		return []situation{s, garbled, last}
	case s.call == vendors.Submit && s.out.Kind == vendors.Busy:
		last.tries = lookup.MaxTries - 1
		alone, limited := last, last
		alone.alone, limited.out.Class = true, record.RateLimited
		return []situation{s, last, alone, limited}
	case s.call == vendors.Submit && s.out.Kind == vendors.Unknown:
		last.tries = lookup.MaxDoubtful - 1
		return []situation{s, last}
	case s.out.Kind == vendors.AccountTrouble, s.call == vendors.Poll && s.out.Kind == vendors.Unknown:
		return append([]situation{s}, spoken(s)...)
	case s.call == vendors.Poll && (s.out.Kind == vendors.Pending || s.out.Kind == vendors.Busy):
		last.age = 72*time.Hour + time.Second
		return []situation{s, last}
	}
	return []situation{s}
}

// spoken are the situations in which it matters who speaks, and whether others are
// answered.
func spoken(s situation) []situation {
	old, often := s, s
	old.age, often.tries = 72*time.Hour+time.Second, lookup.MaxUnknown-1
	byGateway := s
	byGateway.out.From = vendors.FromGateway
	last := byGateway
	last.tries = max(lookup.MaxUnknown, lookup.MaxTries) - 1
	alone, gone, nobody := last, last, last
	alone.alone = true
	gone.alone, gone.tries, gone.out.Code = true, lookup.MaxUnreadable-1, "http 404"
	nobody.out.From = vendors.FromNobody
	return []situation{old, often, byGateway, last, alone, gone, nobody}
}

func (s situation) decide(p *policy.Policy) (was, next ledger.Work) {
	was, next, then := s.decides(p)
	if then != nil {
		next.Lookup = *then
	}
	return was, next
}

// decides is where the lookup goes, and the one at the next vendor.
func (s situation) decides(p *policy.Policy) (was, next ledger.Work, then *ledger.Lookup) {
	w := workBefore(s.call, s.fen)
	w.Lookup.Tries = s.tries
	if s.tries > 0 {
		w.Lookup.Code = s.out.Code
	}
	if s.age > 0 {
		w.Lookup.TicketAt = stagetest.Noon.Add(-s.age)
	}
	step := p.After(w, s.call, lookup.Result{Outcome: s.out, Answer: 42, Received: stagetest.Noon, Others: !s.alone}, stagetest.Noon)
	return w, step.Next, step.Then
}

// describe says in one line what was decided.
func describe(w *ledger.Work) string {
	k, a := &w.Lookup, &w.Attempt
	text := fmt.Sprintf("%s at %s, billed %s", k.State, k.Vendor, a.Billed)
	if k.Class != "" || k.Stage != "" {
		text += fmt.Sprintf(", %s %s", k.Stage, k.Class)
	}
	if !k.NextAt.IsZero() && k.State.Open() {
		text += fmt.Sprintf(", next in %s", k.NextAt.Sub(stagetest.Noon))
	}
	if k.Answer != 0 {
		text += ", answer kept"
	}
	if k.Ticket != "" {
		text += ", ticket " + k.Ticket
	}
	return text
}

// All that is decided after a call, in one table. Each situation is decided without falling
// back to another vendor, as by default, and after failures as well, at a price
// below resubmit_below and at one that is not; what changes nothing is not told.
func TestDecisionTable(t *testing.T) {
	t.Parallel()
	ways := []struct {
		name string
		on   []record.Status
		fen  record.Fen
	}{
		{"", nil, 100}, {"below resubmit_below", nil, 99},
		{"with fallback", []record.Status{record.NoRecord, record.Unsupported}, 100},
		{"with fallback on failed", []record.Status{record.Failed}, 100},
	}
	var out strings.Builder
	for _, s := range situations(t) {
		usual := ""
		for _, way := range ways {
			p := stagetest.TestPolicy()
			stagetest.FallBackOn(p, record.DatasetMaintenance, way.on...)
			s.fen = way.fen
			_, next := s.decide(p)
			switch said := describe(&next); {
			case way.name == "":
				usual = said
				fmt.Fprintf(&out, "%s: %s\n", s, said)
			case said != usual:
				fmt.Fprintf(&out, "    %s: %s\n", way.name, said)
			}
		}
	}
	golden(t, "decisions.golden", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s", path, i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Fatalf("%s has %d lines, got %d", path, len(wantLines), len(gotLines))
	}
}
