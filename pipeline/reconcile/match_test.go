package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

// The vehicles of these tests, by a letter.
func vinOf(letter string) string { return "LSVAL41Z88210420" + letter }

// charge reads "A m 17.00 unknown 0 T1": vehicle, dataset, price, billed,
// minutes after noon, ticket.
func charge(t fataler, text string) ledger.Charge {
	w := append(strings.Fields(text), "")
	fen, err := record.ParseYuan(w[2])
	minutes, derr := time.ParseDuration(w[4] + "m")
	if err != nil || derr != nil {
		t.Fatalf("%s: %v %v", text, err, derr)
	}
	c := ledger.Charge{VIN: vinOf(w[0]), Dataset: datasets()[w[1]], Fen: fen, Billed: ledger.Billed(w[3]), IntentAt: noon.Add(minutes), Ticket: w[5], Last: true, State: ledger.Found}
	if w[0] == "粤B8J7L1" {
		c.VIN, c.Plate = "", w[0]
	}
	c.EndedAt = c.IntentAt.Add(2 * time.Second)
	return c
}

// line reads "A m 17.00 0 T1"; the vehicle and the dataset may be -.
func line(t fataler, text string) Line {
	w := append(strings.Fields(text), "")
	fen, err := record.ParseYuan(w[2])
	minutes, derr := time.ParseDuration(w[3] + "m")
	if err != nil || derr != nil {
		t.Fatalf("%s: %v %v", text, err, derr)
	}
	l := Line{VIN: vinOf(w[0]), Dataset: datasets()[w[1]], Fen: fen, From: noon.Add(minutes), Until: noon.Add(minutes + time.Second), Ticket: w[4]}
	switch {
	case w[0] == "-":
		l.VIN = ""
	case strings.Contains(w[0], "*"):
		l.VIN = w[0]
	case w[0] == "粤B8J7L1":
		l.VIN, l.Plate = "", w[0]
	}
	return l
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func datasets() map[string]record.Dataset {
	return map[string]record.Dataset{"m": record.DatasetMaintenance, "v": record.DatasetValuation, "o": record.DatasetViolations, "-": ""}
}

// matched tells which line each charge has: its number, - for none, ? when
// nobody can say, ~ when a line that is left may be its.
func matched(m *matcher) string {
	var out []string
	for i := range m.charges {
		switch {
		case m.lineOf[i] >= 0:
			out = append(out, fmt.Sprint(m.lineOf[i]+1))
		case m.unsure[i]:
			out = append(out, "?")
		case m.mayBeOnBill(&m.charges[i]):
			out = append(out, "~")
		default:
			out = append(out, "-")
		}
	}
	return strings.Join(out, " ")
}

func TestMatching(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		charges []string
		lines   []string
		want    string
	}{
		{"by ticket, whatever the time", []string{"A m 17.00 yes 0 T1", "B m 17.00 yes 0 T2"}, []string{"- - 17.00 900 T2", "- - 17.00 0 T1"}, "2 1"},
		{"a ticket charged twice", []string{"A m 17.00 yes 0 T1"}, []string{"- - 17.00 0 T1", "- - 17.00 1 T1"}, "1"},
		{"by VIN", []string{"A m 17.00 unknown 0", "B m 17.00 unknown 0"}, []string{"B m 17.00 1", "A m 17.00 0"}, "2 1"},
		{"by plate", []string{"粤B8J7L1 o 0.14 unknown 0"}, []string{"粤B8J7L1 o 0.14 0"}, "1"},
		{"another dataset", []string{"A m 17.00 unknown 0"}, []string{"A o 17.00 0"}, "-"},
		{"the dataset unsaid", []string{"A m 17.00 unknown 0"}, []string{"A - 17.00 0"}, "1"},
		{"the dataset unsaid, told by the price", []string{"A m 17.00 unknown 0", "A o 0.14 yes 0"}, []string{"A - 0.14 0"}, "- 1"},
		{"the dataset unsaid, and no price fits", []string{"A m 17.00 unknown 0", "A v 5.00 unknown 0"}, []string{"A - 6.00 0"}, "? ?"},
		{"too far in time, but the same car", []string{"A m 17.00 unknown 0"}, []string{"A m 17.00 90"}, "~"},
		{"two orders, one line", []string{"A m 17.00 unknown 0", "A m 17.00 unknown 5"}, []string{"A m 17.00 2"}, "? ?"},
		{"two orders, two lines", []string{"A m 17.00 unknown 0", "A m 17.00 unknown 5"}, []string{"A m 17.00 5", "A m 17.00 0"}, "2 1"},
		{"the vendor has admitted one", []string{"A m 17.00 unknown 0", "A m 17.00 yes 5"}, []string{"A m 17.00 5"}, "- 1"},
		{"the vendor has admitted one that is older than the bill", []string{"A m 17.00 unknown 5", "A m 17.00 yes -1"}, []string{"A m 17.00 5"}, "? ?"},
		{"admitted and doubtful, two lines", []string{"A m 17.00 unknown 0", "A m 17.00 yes 5"}, []string{"A m 17.00 0", "A m 17.00 5"}, "1 2"},
		{"admitted twice, one line", []string{"A m 17.00 yes 0", "A m 17.00 yes 5"}, []string{"A m 17.00 0"}, "? ?"},
		{"one of two doubts besides", []string{"A m 17.00 unknown 0", "A m 17.00 unknown 3", "A m 17.00 yes 5"}, []string{"A m 17.00 0", "A m 17.00 5"}, "? ? ?"},
		{"charged more often than ordered", []string{"A m 17.00 unknown 5"}, []string{"A m 17.00 0", "A m 17.00 5"}, "2"},
		{"refused, then taken", []string{"A m 17.00 no 0", "A m 17.00 unknown 1"}, []string{"A m 17.00 1"}, "- 1"},
		{"refused, and charged all the same", []string{"A m 17.00 no 0"}, []string{"A m 17.00 0"}, "1"},
		{"another order of the same car", []string{"A m 17.00 yes 0 T1", "A m 17.00 unknown 5"}, []string{"A m 17.00 0 T1", "A m 17.00 5 T2"}, "1 2"},
		{"a ticket that is another order's", []string{"A m 17.00 yes 0 T1", "B m 17.00 yes 0 T2"}, []string{"A m 17.00 0 T9", "B m 17.00 0 T2"}, "~ 2"},
		{"numbers that are no tickets", []string{"A m 17.00 yes 0 T1", "B m 17.00 yes 0 T2"}, []string{"A m 17.00 0 X1", "B m 17.00 0 X2"}, "1 2"},
		{"a masked VIN might be any", []string{"A m 17.00 unknown 0", "B m 17.00 unknown 200"}, []string{"LSV***********20A m 17.00 0"}, "~ -"},
		{"no vehicle at all", []string{"A m 17.00 unknown 0", "B o 0.14 unknown 0"}, []string{"- m 17.00 0 T7"}, "~ -"},
		{"nothing named, as many lines as orders", []string{"A v 5.00 yes 0", "B v 5.00 yes 1"}, []string{"- v 5.00 1", "- v 5.00 0"}, "2 1"},
		{"nothing named, at two prices", []string{"A v 5.00 yes 0", "B v 6.00 yes 1"}, []string{"- v 6.00 0", "- v 5.00 1"}, "2 1"},
		{"nothing named, fewer lines than orders", []string{"A v 5.00 yes 0", "B v 5.00 yes 1"}, []string{"- v 5.00 0"}, "? ?"},
		{"nothing named, more lines than orders", []string{"A v 5.00 yes 0"}, []string{"- v 5.00 0", "- v 5.00 1"}, "?"},
		{"nothing named, as many as the vendor has admitted", []string{"A v 5.00 yes 0", "B v 5.00 unknown 1"}, []string{"- v 5.00 0"}, "1 ?"},
		{"nothing named, admitted and doubtful", []string{"A v 5.00 yes 0", "B v 5.00 unknown 1"}, []string{"- v 5.00 0", "- v 5.00 1"}, "1 2"},
		{"nothing named, and a doubt older than the bill", []string{"A v 5.00 unknown -5", "B v 5.00 yes 1"}, []string{"- v 5.00 0", "- v 5.00 1"}, "? ?"},
		{"nothing named, and one was refused", []string{"A v 5.00 unknown 0", "B v 5.00 no 1"}, []string{"- v 5.00 0"}, "? ~"},
		{"nothing named, and one is paid back", []string{"A v 5.00 yes 0"}, []string{"- v 5.00 0", "- v -5.00 9"}, "?"},
		{"nothing named, at another time", []string{"A v 5.00 yes 0"}, []string{"- v 5.00 300"}, "-"},
		{"nothing named, the crowds of two hours", []string{"A v 5.00 yes 0", "B v 5.00 yes 300", "A v 5.00 yes 301"}, []string{"- v 5.00 0", "- v 5.00 300"}, "1 ? ?"},
		{"nothing named but the price", []string{"A v 5.00 yes 0", "B o 0.14 yes 0"}, []string{"- - 5.00 0"}, "1 -"},
		{"nothing named, a price of two datasets", []string{"A v 5.00 yes 0", "B o 5.00 yes 0"}, []string{"- - 5.00 0"}, "? ?"},
		{"nothing named beside lines with vehicles", []string{"A v 5.00 yes 0", "B v 5.00 yes 0"}, []string{"- v 5.00 0", "B v 5.00 0"}, "1 2"},
		{"taken for nothing", []string{"A m 17.00 unknown 0"}, []string{"A m 0.00 0"}, "1"},
		{"polls listed for nothing", []string{"A m 17.00 yes 0 T1", "B m 17.00 unknown 0"}, []string{"A m 0.00 0 T1", "A m 17.00 0 T1", "B m 17.00 0", "B m 0.00 1"}, "2 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := matcherOf(t, c.charges, c.lines)
			if got := matched(m); got != c.want {
				t.Errorf("matched %s, want %s", got, c.want)
			}
		})
	}
}

// settledOf tells which charges have a line, and which nobody can tell.
func settledOf(m *matcher) string {
	out := ""
	for c, l := range m.lineOf {
		out += fmt.Sprint(l >= 0, m.unsure[c], " ")
	}
	return out
}

func matcherOf(t fataler, charges, lines []string) *matcher {
	var cs []ledger.Charge
	for _, text := range charges {
		cs = append(cs, charge(t, text))
	}
	var ls []Line
	for _, text := range lines {
		ls = append(ls, line(t, text))
	}
	m := newMatcher(ls, nil, cs, Options{Within: time.Hour, Now: noon, Since: noon, Until: noon.Add(24 * time.Hour)})
	m.match()
	return m
}

// Whatever comes in: a line has one charge and a charge one line, they are of
// the same vehicle and dataset, and the order of the lines does not matter.
func TestMatchingNeverSharesALine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		vehicle, dataset := rapid.SampledFrom([]string{"A", "B"}), rapid.SampledFrom([]string{"m", "o"})
		minute, ticket := rapid.IntRange(0, 150), rapid.SampledFrom([]string{"", "", "T1", "T2"})
		var charges, lines []string
		tickets := map[string]bool{}
		for range rapid.IntRange(0, 5).Draw(t, "charges") {
			of := ticket.Draw(t, "ticket")
			if tickets[of] {
				of = ""
			}
			tickets[of] = true
			charges = append(charges, fmt.Sprintf("%s %s 17.00 %s %d %s", vehicle.Draw(t, "car"), dataset.Draw(t, "dataset"),
				rapid.SampledFrom([]string{"yes", "no", "unknown"}).Draw(t, "billed"), minute.Draw(t, "minute"), of))
		}
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			lines = append(lines, fmt.Sprintf("%s %s %s %d %s", rapid.SampledFrom([]string{"A", "B", "-"}).Draw(t, "car"), dataset.Draw(t, "dataset"),
				rapid.SampledFrom([]string{"17.00", "0.00"}).Draw(t, "amount"), minute.Draw(t, "minute"), ticket.Draw(t, "ticket")))
		}
		m := matcherOf(t, charges, lines)
		slices.Reverse(lines)
		if again := matcherOf(t, charges, lines); settledOf(again) != settledOf(m) {
			t.Fatalf("%q and %q: %s, the other way round %s", charges, lines, settledOf(again), settledOf(m))
		}
		slices.Reverse(lines)
		for c, l := range m.lineOf {
			if l < 0 {
				continue
			}
			same := (m.lines[l].VIN == "" || m.lines[l].VIN == m.charges[c].VIN) && m.lines[l].Dataset == m.charges[c].Dataset
			byTicket := m.lines[l].Ticket != "" && m.lines[l].Ticket == m.charges[c].Ticket
			if m.chargeOf[l] != c || m.vague[l] || !same && !byTicket {
				t.Fatalf("%q and %q: charge %d has line %d, which has charge %d", charges, lines, c+1, l+1, m.chargeOf[l]+1)
			}
		}
	})
}
