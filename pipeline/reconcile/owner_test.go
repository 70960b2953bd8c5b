package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// wider is a ledger that knows tickets besides those of its charges.
type wider struct {
	kept
	more []ledger.TicketOwner
}

func (w wider) TicketOwners(ctx context.Context, tickets []string) ([]ledger.TicketOwner, error) {
	out, err := w.kept.TicketOwners(ctx, tickets)
	for _, o := range w.more {
		if slices.Contains(tickets, o.Ticket) {
			out = append(out, o)
		}
	}
	return out, err
}

// doubtOf is an order in doubt, n minutes after noon.
func doubtOf(id, n int) ledger.Charge {
	return ledger.Charge{Lookup: int64(id), N: 1, Last: true, Run: 1, RunID: "R", Row: int64(id), VIN: carNo(n), Dataset: record.DatasetMaintenance, Fen: 1700,
		IntentAt: noon.Add(time.Duration(n) * time.Minute), EndedAt: noon.Add(time.Duration(n) * time.Minute), State: ledger.InDoubt, Billed: ledger.BilledUnknown}
}

// sureOf is an order that was charged, with a ticket.
func sureOf(id, n int, ticket string) ledger.Charge {
	c := doubtOf(id, n)
	c.State, c.Billed, c.Ticket = ledger.Found, ledger.BilledYes, ticket
	return c
}

// lineOf is a line of a bill for a vehicle.
func lineOf(n int, ticket string) string {
	at := noon.Add(time.Duration(n) * time.Minute).In(record.China())
	return at.Format(time.DateTime) + "," + ticket + "," + carNo(n) + ",维保,17.00\n"
}

// A ticket that the ledger knows at another order is of that order alone.
func TestTicketsOfOtherOrdersAreNotTaken(t *testing.T) {
	t.Parallel()
	const hex, hex2 = "4978e04a42abced8b78e6334d630c71a", "40cf1ca2a431dd9b76aa60044b91a05c"
	for _, c := range []struct {
		name  string
		bill  string
		known []ledger.TicketOwner
		want  string // of the doubts of vehicles 1 and 2
	}{
		{"tickets that are new", lineOf(1, hex) + lineOf(2, hex2), nil, "ticket_found ticket_found"},
		{"one of another vendor", lineOf(1, hex) + lineOf(2, "N2"), []ledger.TicketOwner{{Ticket: hex, Vendor: "wapi", RunID: "Q", Row: 7}}, "ambiguous ticket_found"},
		{"one of an older order", lineOf(1, hex) + lineOf(2, "N2"), []ledger.TicketOwner{{Ticket: hex, Vendor: "tencent", RunID: "Q", Row: 7}}, "not_bought ticket_found"},
		{"one of both", lineOf(1, hex), []ledger.TicketOwner{{Ticket: hex, Vendor: "wapi", RunID: "Q", Row: 7}, {Ticket: hex, Vendor: "tencent", RunID: "Q", Row: 8}}, "not_bought not_bought"},
		{"one ticket for two vehicles", lineOf(1, hex) + lineOf(2, hex), nil, "ambiguous ambiguous"},
		{"one ticket for a vehicle that nobody asked about", lineOf(1, hex) + lineOf(3, hex), nil, "ambiguous not_bought"},
		{"more of another vendor", lineOf(1, hex) + lineOf(2, hex2), []ledger.TicketOwner{{Ticket: hex, Vendor: "wapi"}, {Ticket: hex2, Vendor: "wapi"}},
			"this looks like wapi's bill: of its 3 order numbers 2 are of orders at wapi, and 1 of orders at tencent: give --vendor wapi, and the lines of tencent in a file of their own"},
		{"a short one may be both vendors'", lineOf(1, "7") + lineOf(2, "8"), []ledger.TicketOwner{{Ticket: "7", Vendor: "wapi"}}, "ambiguous ticket_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := wider{kept{doubtOf(1, 1), doubtOf(2, 2), sureOf(3, 0, "S0")}, c.known}
			r, err := planAt(t, "时间,订单号,车架号,产品,金额\n"+lineOf(0, "S0")+c.bill, k)
			if err != nil {
				if err.Error() != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
				return
			}
			found := map[int64]string{}
			for i := range r.Findings {
				f := &r.Findings[i]
				if f.Charge != nil {
					found[f.Charge.Lookup] = string(f.Kind)
				}
				if f.Kind == OnlyOnBill && len(c.known) > 0 && !strings.HasPrefix(f.Why, "its ticket is of an order at ") {
					t.Errorf("of line %d it says %q", f.Line.No, f.Why)
				}
			}
			if got := found[1] + " " + found[2]; got != c.want {
				t.Errorf("found %s, want %s\n%s", got, c.want, told(r))
			}
		})
	}
}

// A bill is another vendor's where more of its tickets are, if they cannot be so by chance.
func TestBillOfAnotherVendor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		tickets string // of the bill; a, b … are wapi's, A, B … tencent's, others unknown
		refused bool
	}{
		{"of its own", "AB", false}, {"unknown", "12", false}, {"of the other one", "ab", true}, {"one of the other one", "a12345", true},
		{"more of the other one", "abA", true}, {"as many", "aA", false}, {"fewer", "aAB", false},
	} {
		lines := make([]Line, 0, len(c.tickets))
		o := &owners{vendor: "tencent", of: map[string]ledger.TicketOwner{}, own: map[string]bool{}}
		for _, x := range c.tickets {
			ticket := "order number " + string(x)
			lines = append(lines, Line{Ticket: ticket}, Line{Ticket: ticket}, Line{})
			if x >= 'A' {
				o.of[ticket] = ledger.TicketOwner{Ticket: ticket, Vendor: pick(x >= 'a', "wapi", "tencent")}
				o.own[ticket] = x < 'a'
			}
		}
		var other *OtherVendorError
		if err := o.check(lines); errors.As(err, &other) != c.refused || c.refused && (other.Other != "wapi" || other.All != len(c.tickets)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// planAt holds a bill against a ledger whose vendor is asked by tickets.
func planAt(t fataler, text string, k looker) (*Report, error) {
	table, err := Open(strings.NewReader(text), "bill.csv", "", Mapping{})
	if err != nil {
		t.Fatalf("open: %v\n%s", err, text)
	}
	b, err := Read(table, Mapping{})
	if err != nil {
		t.Fatalf("read: %v\n%s", err, text)
	}
	return plan(context.Background(), k, b, Options{Vendor: "tencent", Within: time.Hour, Now: noon.Add(48 * time.Hour), Since: noon.Add(-time.Hour), Until: noon.Add(24 * time.Hour),
		Polls: func(record.Dataset) bool { return true }})
}

// What the bill's own edges leave open is told from what it does not cover.
func TestDoubtsAtTheEdgeOfABill(t *testing.T) {
	t.Parallel()
	text := "时间,订单号,车架号,产品,金额\n" + lineOf(0, "S0") + lineOf(180, "S1")
	for _, c := range []struct {
		minute, edge, outside, notBought int
		until                            time.Time
	}{
		{minute: 30, edge: 1}, {minute: 90, notBought: 1}, {minute: 150, edge: 1}, {minute: 200, outside: 1}, {minute: -5, outside: 1},
		{minute: 150, edge: 0, until: noon.Add(24 * time.Hour), notBought: 1}, {minute: 1500, outside: 1, until: noon.Add(24 * time.Hour)},
	} {
		b, err := readBill(t, text, Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := plan(context.Background(), kept{sureOf(1, 0, "S0"), doubtOf(2, c.minute)}, b, Options{Vendor: "tencent", Within: time.Hour, Now: noon.Add(48 * time.Hour), Until: c.until,
			Polls: func(record.Dataset) bool { return true }})
		if err != nil {
			t.Fatal(err)
		}
		if r.AtEdge != c.edge || r.Outside != c.outside || r.Count(NotBought) != c.notBought {
			t.Errorf("%d minutes on: %d at the edge, %d outside, %d not bought", c.minute, r.AtEdge, r.Outside, r.Count(NotBought))
		}
	}
}
