package pipeline_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// ways are transitions: "from to".
type ways map[string]bool

func (w ways) add(from, to ledger.State) { w[string(from)+" "+string(to)] = true }

func (w ways) sorted() []string { return slices.Sorted(maps.Keys(w)) }

// The page of states says what the code does: every way that it can take, and
// no other, in the table and in the diagram alike.
func TestStatesPageTellsTheWays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "states.md"))
	if err != nil {
		t.Fatal(err)
	}
	can := possible(t).sorted()
	if got := tableWays(string(page)).sorted(); !slices.Equal(got, can) {
		t.Errorf("the table says\n%s\nthe code does\n%s", strings.Join(got, "\n"), strings.Join(can, "\n"))
	}
	if got := diagramWays(string(page)).sorted(); !slices.Equal(got, can) {
		t.Errorf("the diagram says\n%s\nthe code does\n%s", strings.Join(got, "\n"), strings.Join(can, "\n"))
	}
}

func tableWays(page string) ways {
	states, _, _ := strings.Cut(page, "\n## ") // a later table is about money
	out := ways{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \| ([a-z_]+) \| [a-z]`).FindAllStringSubmatch(states, -1) {
		if m[1] != "from" {
			out[m[1]+" "+m[2]] = true
		}
	}
	return out
}

func diagramWays(page string) ways {
	out := ways{}
	for _, m := range regexp.MustCompile(`(?m)^    (\S+) --> (\S+)$`).FindAllStringSubmatch(page, -1) {
		out[strings.Replace(m[1], "[*]", "new", 1)+" "+m[2]] = true
	}
	return out
}

// possible collects the ways that the code can take, by trying it out.
func possible(t *testing.T) ways {
	t.Helper()
	out := ways{}
	out.add(ledger.Planned, ledger.Submitting) // Intend
	out.add(ledger.Submitting, ledger.Planned) // withdraw
	calls(t, out)
	followers(out)
	plans(t, out)
	refreshes(t, out)
	retries(t, out)
	bills(t, out)
	releases(t, out)
	return out
}

// bills adds where a vendor's bill takes lookups that have no answer, and those
// that stand in doubt because of them.
func bills(t *testing.T, out ways) {
	t.Helper()
	for _, body := range []string{"unknown", "refused no", "ticket T1", "answered yes", "no_record no", "busy no"} {
		for _, ticket := range []string{"", "T9", "none"} {
			b := stagetest.New(t)
			stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
			b.Knows()
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			b.Buy(run, "acme", body)
			held := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			before := []ledger.State{b.Lookup(run).State, b.Lookup(held).State}
			text := ""
			if ticket != "none" {
				text = stagetest.BillLine(stagetest.Car().VIN, ticket)
			}
			b.Reconciles(text)
			for i, r := range []ledger.Run{run, held} {
				if after := b.Lookup(r).State; after != before[i] {
					out.add(before[i], after)
				}
			}
		}
	}
}

// calls adds where judge sends a lookup after a call, which is also where
// Recover sends one whose call was cut short.
func calls(t *testing.T, out ways) {
	t.Helper()
	all := []record.Status{record.NoRecord, record.Unsupported, record.Failed}
	for _, c := range []struct {
		on   []record.Status
		loss time.Time
	}{{nil, time.Time{}}, {all, time.Time{}}, {all, stagetest.Noon}} {
		p := stagetest.TestPolicy()
		stagetest.FallBackOn(p, record.DatasetMaintenance, c.on...)
		p.Loss.At = c.loss
		for _, s := range situations(t) {
			for _, s.fen = range []record.Fen{99, 100} {
				was, next, then := s.decides(p)
				out.add(was.Lookup.State, next.Lookup.State)
				if then != nil {
					out.add("new", then.State)
				}
			}
		}
	}
}

// followers adds where a source takes those that follow it: to every end of
// its own, and to planned when it goes on to another vendor.
func followers(out ways) {
	for _, way := range out.sorted() {
		from, to, _ := strings.Cut(way, " ")
		sent := from == string(ledger.Submitting) || from == string(ledger.Waiting)
		if state := ledger.State(to); sent && (!state.Open() || state == ledger.Planned) {
			out.add(ledger.Following, state)
		}
	}
}

// inEveryState are lookups of another run in every state.
func inEveryState() []ledger.Lookup {
	var all []ledger.Lookup
	for _, s := range []ledger.State{ledger.Planned, ledger.Submitting, ledger.Waiting, ledger.Following, ledger.Found, ledger.NoRecord, ledger.Unsupported, ledger.Failed, ledger.InDoubt} {
		all = append(all, ledger.Lookup{ID: 1, Run: 1, Dataset: record.DatasetMaintenance, Vendor: "bolt", State: s, LastAt: stagetest.Noon, AnsweredAt: stagetest.Noon})
	}
	paid := ledger.Lookup{ID: 1, Run: 1, Dataset: record.DatasetMaintenance, Vendor: "bolt", State: ledger.Failed, LastAt: stagetest.Noon}
	late, unread := paid, paid
	late.Class, late.Ticket = record.Expired, "T1"
	unread.Class, unread.Answer = record.BadResponse, 7
	return append(all, late, unread)
}

// resolved is where a planned lookup goes for what other runs have.
func resolved(t *testing.T, asked ...ledger.Lookup) ledger.State {
	t.Helper()
	p := stagetest.TestPolicy()
	setRoute(p, "bolt")
	r := resolve.Resolver{Policy: p}
	w := ledger.Work{Lookup: ledger.Lookup{Run: 2, Dataset: record.DatasetMaintenance, Vendor: "bolt", State: ledger.Planned}, Vehicle: stagetest.Car()}
	_, step := r.Resolve(w, lookup.Request{}, asked, stagetest.Noon)
	return step.Next.Lookup.State
}

// plans adds how a lookup may begin.
func plans(t *testing.T, out ways) {
	t.Helper()
	p := stagetest.TestPolicy()
	out.add("new", resolved(t))
	for _, old := range inEveryState() {
		out.add("new", resolved(t, old))
	}
	refused := ledger.Lookup{Dataset: record.DatasetMaintenance}
	p.Refuse(&refused, &record.Vehicle{}, stagetest.Noon)
	out.add("new", refused.State)
}

// refreshes adds where a planned lookup goes when its run goes on.
func refreshes(t *testing.T, out ways) {
	t.Helper()
	for _, body := range []string{"answered yes", "no_record no", "unsupported no", "refused no", "unknown", "ticket T1", ""} {
		b := stagetest.New(t)
		stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		if body == "" {
			setRoute(b.Policy, "bolt")
		} else {
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", body)
		}
		w, err := b.Ledger.PlannedWork(t.Context(), run, 0, 1)
		b.Must(err)
		r := resolve.New(b.Ledger, b.Policy)
		step, err := r.ResolveAgain(t.Context(), w[0], false)
		b.Must(err)
		if step.MovesOn(&w[0].Lookup) {
			out.add(ledger.Planned, step.Next.Lookup.State)
		}
	}
	for _, old := range inEveryState() { // Refresh asks what a later run has
		if state := resolved(t, old); state != ledger.Planned {
			out.add(ledger.Planned, state)
		}
	}
}

// releases adds where one goes that has waited for a maintenance answer, with and
// without another row that turns out to ask the same.
func releases(t *testing.T, out ways) {
	t.Helper()
	for _, body := range []string{flooded, "no_record no"} {
		for _, twin := range []string{"", "answered yes", "no_record no", "unsupported no", "refused no", "unknown"} {
			b := newDerivingBed(t)
			stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
			rows := []record.Vehicle{unreadCar()}
			if twin != "" {
				rows = append(rows, stagetest.With(unreadCar(), func(v *record.Vehicle) { v.Plate, v.Condition.Accident = "粤B00002", "2" }))
			}
			run := b.Plan(both, rows...)
			b.Buy(run, "acme", body)
			b.GoOn(run)
			if twin != "" && body == flooded {
				b.Buy(run, "acme", twin)
				b.GoOn(run)
			}
			for _, r := range b.Rows(run) {
				out.add(ledger.Planned, r.Lookups[1].Lookup.State)
			}
		}
	}
}

// retries adds where reopening takes a lookup of the failure ledger, whatever
// its class and stage, with and without a ticket or a kept answer.
func retries(t *testing.T, out ways) {
	t.Helper()
	type failure struct {
		class  record.Class
		stage  record.Stage
		ticket string
		answer bool
	}
	var all []failure
	var rows []record.Vehicle
	for _, class := range record.Classes() {
		for _, stage := range []record.Stage{record.StageValidate, record.StageSubmit, record.StagePoll, record.StageNormalise} {
			for _, ticket := range []string{"", "T1"} {
				for _, answer := range []bool{false, true} {
					all = append(all, failure{class, stage, ticket, answer})
					rows = append(rows, stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = fmt.Sprintf("LSVAL41Z8821%05d", len(rows)) }))
				}
			}
		}
	}
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), rows...)
	work, err := b.Ledger.PlannedWork(t.Context(), run, 0, len(rows))
	b.Must(err)
	was := map[int64]ledger.State{}
	for i, w := range work {
		f, next := all[i], w
		k := &next.Lookup
		k.State, k.Class, k.Stage, k.Ticket = ledger.Failed, f.class, f.stage, f.ticket
		if f.class == record.DoubtfulOrder {
			k.State, k.Stage = ledger.InDoubt, record.StageSubmit
		}
		if f.answer {
			k.Answer, err = b.Ledger.Receive(ledger.Answer{Lookup: k.ID, Attempt: 1, Call: "submit", Vendor: k.Vendor, Status: 200, ReceivedAt: b.Now, Body: []byte("answered")})
			b.Must(err)
		}
		was[k.ID] = k.State
		b.Must(b.Ledger.Advance(ledger.Step{From: ledger.Planned, Next: next}))
	}
	_, err = retry.Retry(t.Context(), b.Ledger, b.Policy, b.Finish(run), ledger.Filter{})
	b.Must(err)
	for id, before := range was {
		k, err := b.Ledger.LookupByID(t.Context(), id)
		b.Must(err)
		if k.State != before {
			out.add(before, k.State)
		}
	}
}

// The table of charges names every way that a charge can go.
func TestStatesPageTellsTheCharges(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "states.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, money, _ := strings.Cut(string(page), "\n## ")
	said := ways{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z, ]+) \| ([a-z]+) \| [^w]`).FindAllStringSubmatch(money, -1) {
		for from := range strings.SplitSeq(m[1], ", ") {
			said[from+" "+m[2]] = true
		}
	}
	can := ways{}
	for _, s := range situations(t) {
		for _, before := range []ledger.Billed{ledger.Reserved, ledger.BilledYes, ledger.BilledNo, ledger.BilledUnknown} {
			w := workBefore(s.call, 100)
			if w.Attempt.Billed = before; s.call == vendors.Submit {
				w.Attempt.Billed = ledger.Reserved
			}
			after := stagetest.GoesTo(stagetest.TestPolicy(), w, s.call, lookup.Result{Outcome: s.out}, stagetest.Noon.Add(time.Hour)).Attempt.Billed
			if after != w.Attempt.Billed {
				can[string(w.Attempt.Billed)+" "+string(after)] = true
			}
		}
	}
	if !slices.Equal(said.sorted(), can.sorted()) {
		t.Errorf("the page says %v, the code does %v", said.sorted(), can.sorted())
	}
}
