package export

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

var update = flag.Bool("update", false, "write the golden files again")

// in is the printer of a language, which New always makes.
func in(l messages.Lang) *messages.Printer {
	p, err := messages.New(l)
	if err != nil {
		panic(err)
	}
	return p
}

func english() *messages.Printer { return in(messages.English) }

// What a user is told to do about each class of failure.
func TestNextSteps(t *testing.T) {
	t.Parallel()
	golden(t, "nextsteps.golden", nextSteps(english()))
	golden(t, "nextsteps-zh.golden", nextSteps(in(messages.Chinese)))
}

func nextSteps(said *messages.Printer) string {
	var out strings.Builder
	for _, class := range record.Classes() {
		for _, ticket := range []string{"", "T1"} {
			for _, billed := range []ledger.Billed{ledger.BilledNo, ledger.BilledYes} {
				a := &ledger.Asked{Lookup: ledger.Lookup{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Failed, Class: class, Code: "plate engine_no", Ticket: ticket},
					Last: ledger.Attempt{N: 1, Fen: 1700, Billed: billed}}
				fmt.Fprintf(&out, "%s, ticket %q, billed %s, retryable %v\n    %s\n", class, ticket, billed, retryable(&a.Lookup), nextStep(&ledger.Row{}, a, said))
			}
		}
	}
	held := &ledger.Asked{Lookup: ledger.Lookup{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.InDoubt, Class: record.DoubtfulOrder, Source: 7}}
	fmt.Fprintf(&out, "in_doubt for an earlier run's order\n    %s\n", nextStep(&ledger.Row{}, held, said))
	absent := &ledger.Asked{Lookup: ledger.Lookup{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Failed, Class: record.Unavailable, Code: ledger.NotOnBill},
		Last: ledger.Attempt{N: 1, Fen: 1700, Billed: ledger.BilledNo}}
	fmt.Fprintf(&out, "not on the vendor's bill\n    %s\n", nextStep(&ledger.Row{}, absent, said))
	for _, class := range record.Classes() {
		for _, billed := range []ledger.Billed{ledger.BilledNo, ledger.BilledYes} {
			a := &ledger.Asked{Lookup: ledger.Lookup{Dataset: record.DatasetMaintenance, Vendor: "acme", State: ledger.Failed, Class: class, Code: "plate engine_no"}, Last: ledger.Attempt{N: 1, Billed: billed}}
			fmt.Fprintf(&out, "%s of a purged run, billed %s\n    %s\n", class, billed, stepOfPurged(&ledger.Row{}, a, said))
		}
	}
	return out.String()
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
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

// The next step does not say that a vendor charged which refused without a charge, just because an
// earlier vendor of the route did.
func TestNextStepGoesByTheLastVendor(t *testing.T) {
	t.Parallel()
	a := &ledger.Asked{Lookup: ledger.Lookup{Vendor: "bolt", State: ledger.Failed, Class: record.Rejected}, Charged: 1700,
		Last: ledger.Attempt{N: 2, Fen: 3200, Billed: ledger.BilledNo}}
	if got := nextStep(&ledger.Row{}, a, english()); strings.Contains(got, "charged") {
		t.Errorf("bolt charged nothing, and the user is told: %s", got)
	}
}

func TestMoneyOfAFailure(t *testing.T) {
	t.Parallel()
	unknown := record.Opt[record.Fen]{}
	for _, c := range []struct {
		name   string
		asked  ledger.Asked
		billed string
		cost   record.Opt[record.Fen]
	}{
		{"never sent", ledger.Asked{Lookup: ledger.Lookup{State: ledger.Failed}}, "no", record.Some[record.Fen](0)},
		{"charged", ledger.Asked{Lookup: ledger.Lookup{State: ledger.Failed}, Charged: 1700}, "yes", record.Some[record.Fen](1700)},
		{"charged twice", ledger.Asked{Lookup: ledger.Lookup{State: ledger.Failed}, Charged: 4900}, "yes", record.Some[record.Fen](4900)},
		{"perhaps charged", ledger.Asked{Lookup: ledger.Lookup{State: ledger.Failed}, Unknown: 1700}, "unknown", unknown},
		{"charged once, and perhaps twice", ledger.Asked{Lookup: ledger.Lookup{State: ledger.Failed}, Charged: 1700, Unknown: 3200}, "unknown", unknown},
		{"in doubt", ledger.Asked{Lookup: ledger.Lookup{State: ledger.InDoubt}, Unknown: 1700}, "unknown", unknown},
		{"in doubt for an earlier run's order", ledger.Asked{Lookup: ledger.Lookup{State: ledger.InDoubt}}, "unknown", unknown},
		{"in doubt, but charged for certain", ledger.Asked{Lookup: ledger.Lookup{State: ledger.InDoubt}, Charged: 1700}, "yes", record.Some[record.Fen](1700)},
	} {
		if billed, cost := money(&c.asked); billed != c.billed || cost != c.cost {
			t.Errorf("%s: billed %s, cost %v, want %s, %v", c.name, billed, cost, c.billed, c.cost)
		}
	}
}
