package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/sources"
)

// A bill may have several numbers in a line: the vendor's order, the payment's, the merchant's. Which
// of them is the ticket, the ledger knows: it is read with each, and the one with known tickets wins.

// perhapsTickets are names of columns that may hold the tickets, the likeliest first, as usualNames.
var perhapsTickets = []string{"商户单号", "商户订单号", "商家订单号", "商家单号", "业务单号", "业务订单号", "业务流水号", "业务编号", "外部订单号", "外部单号", "外部流水号",
	"请求单号", "请求编号", "请求流水号", "查询编号", "查询订单号", "查询id", "服务单号", "任务单号", "任务号", "任务id", "报告编号", "报告单号", "报告id", "受理单号", "受理编号",
	"平台订单号", "平台单号", "系统订单号", "子订单号", "订单流水号", "单号", "单据号", "单据编号", "扣费单号", "扣费流水号", "计费单号", "消费单号", "账单号", "流水号", "流水单号",
	"交易单号", "交易订单号", "交易流水号", "交易编号", "交易号", "支付单号", "支付订单号", "outtradeno", "outorderno", "merchantorderno", "merchantorderid", "externalid",
	"externalorderid", "externalorderno", "bizno", "bizid", "bizorderno", "taskid", "jobid", "reportid", "reference", "referenceno", "serialno", "tradeno", "transactionid", "transactionno", "traceid"}

// ticketColumn is the place of the column of tickets: as it is preferred, or named usually.
func (m *Mapping) ticketColumn(headers, bare []string) int {
	switch {
	case m.prefer == nil:
		return firstOf(bare, slices.Concat(usualNames[colTicket], perhapsTickets))
	case *m.prefer == "":
		return firstOf(bare, usualNames[colTicket])
	}
	if i := slices.Index(headers, *m.prefer); i >= 0 {
		return i
	}
	return m.other().ticketColumn(headers, bare) // of another table
}

func (m *Mapping) other() *Mapping {
	o := *m
	o.prefer = nil
	return &o
}

// rest reads the records of a table to its end.
func rest(t *sources.Table) ([]sources.Record, error) {
	var out []sources.Record
	for {
		rec, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
}

// numbers are the columns of a bill that may hold its tickets.
type numbers struct {
	named  []string // by their names, the likeliest first
	sure   bool     // the first of them is called so by vendors
	shaped []string // by their values alone
}

// numbersOf finds the columns that may hold the tickets.
func numbersOf(t *sources.Table, recs []sources.Record, c *columns) numbers {
	var n numbers
	bare := bareHeaders(t.Headers)
	for k, name := range slices.Concat(usualNames[colTicket], perhapsTickets) {
		i := slices.Index(bare, name)
		usual := k < len(usualNames[colTicket])
		if i < 0 || !usual && !holdsNumbers(recs, i, isOrderNumber) {
			continue
		}
		n.sure = n.sure || usual && len(n.named) == 0
		n.named = append(n.named, t.Headers[i])
	}
	for i, h := range t.Headers {
		if h != "" && !slices.Contains(n.named, h) && (c.at[colTicket] == i || !slices.Contains(c.at[:], i)) && holdsNumbers(recs, i, isID) {
			n.shaped = append(n.shaped, h)
		}
	}
	return n
}

// holdsNumbers tells whether most values of a column are numbers of orders, and differ.
func holdsNumbers(recs []sources.Record, at int, is func(string) bool) bool {
	filled, numbers, seen := 0, 0, map[string]bool{}
	for _, rec := range recs {
		s := norm.NFKC.String(known(cell(rec.Cells, at)))
		if s == "" {
			continue
		}
		filled++
		if is(s) {
			numbers++
			seen[s] = true
		}
	}
	return 2*numbers > filled && 2*len(seen) > numbers
}

// isOrderNumber tells whether a value may be the number of an order, and not its place in the list.
func isOrderNumber(s string) bool {
	lost := sources.CheckExcel(sources.CleanIdentifier(s)) != nil
	return lost || len(s) >= 6 && strings.ContainsAny(s, "0123456789") && isNumber(s)
}

const (
	leastID     = 10 // of a number with letters
	leastDigits = 12 // of digits alone: longer than a telephone number
)

var plainID = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// isID tells whether a value looks like the number of an order and like nothing else.
func isID(s string) bool {
	plain := strings.NewReplacer("-", "", "_", "").Replace(s)
	digits := strings.Trim(plain, "0123456789") == ""
	if len(plain) < leastID || digits && len(plain) < leastDigits {
		return false
	}
	_, _, err := readTime(s)
	return err != nil && plainID.MatchString(plain) && strings.ContainsAny(plain, "0123456789") && sources.CheckVIN(sources.CleanIdentifier(s)) != nil
}

// readEach reads a bill with each column that may hold its tickets. The first is the likeliest one.
func readEach(t *sources.Table, recs []sources.Record, m *Mapping, c *columns) (*Bill, error) {
	n := numbersOf(t, recs, c)
	if nameless := len(n.named) == 0 && c.at[colVIN] < 0 && c.at[colPlate] < 0; m.Ticket != "" || nameless {
		return read(t, recs, m)
	}
	with := func(column string) (*Bill, error) {
		of := *m
		of.prefer = &column
		b, err := read(t, recs, &of)
		if err == nil {
			b.ticketColumn = column
		}
		return b, err
	}
	first, others := "", slices.Concat(n.named, n.shaped)
	if len(n.named) > 0 {
		first, others = others[0], others[1:]
	}
	b, err := with(first)
	if err != nil {
		return nil, err
	}
	for _, column := range others {
		if o, err := with(column); err == nil {
			b.others = append(b.others, o)
		}
	}
	if len(n.named) == 0 {
		b.Unused = n.shaped
	}
	b.several, b.mapping = !n.sure && len(n.named) > 1, m
	return b, nil
}

// choose takes the reading of a bill whose tickets the ledger knows best, those of the vendor first.
func (b *Bill) choose(ctx context.Context, l looker, vendor string) (*Bill, *owners, error) {
	all := append([]*Bill{b}, b.others...)
	var lines []Line
	for _, one := range all {
		lines = append(lines, one.Lines...)
	}
	of, err := ownersOf(ctx, l, lines, vendor)
	if err != nil {
		return nil, nil, err
	}
	score := func(one *Bill) (own, known int) {
		for _, t := range ticketsOf(one.Lines) {
			if _, there := of.of[t]; there {
				known++
			}
			if of.own[t] {
				own++
			}
		}
		return own, known
	}
	best := slices.MaxFunc(all, func(x, y *Bill) int {
		ownX, knownX := score(x)
		ownY, knownY := score(y)
		return cmp.Or(cmp.Compare(ownX, ownY), cmp.Compare(knownX, knownY))
	})
	return best.say(b, of), of, nil
}

// say adds what there is to say of the choice of a reading.
func (b *Bill) say(first *Bill, of *owners) *Bill {
	chosen := *b
	chosen.Notes = slices.Clone(b.Notes)
	known := 0
	for _, t := range ticketsOf(b.Lines) {
		if _, there := of.of[t]; there {
			known++
		}
	}
	switch {
	case b != first:
		chosen.note("its order numbers are read from the column %q: the ledger knows %d of them", b.ticketColumn, known)
	case known > 0:
		chosen.Unused = nil
	case first.several:
		var names []string
		for _, o := range first.others {
			names = append(names, fmt.Sprintf("%q", o.ticketColumn))
		}
		chosen.note("its order numbers are read from the column %q, and the ledger knows none of them; %s may hold them as well. Name the right one: %s",
			b.ticketColumn, strings.Join(names, ", "), first.mapping.say("ticket: COLUMN"))
	}
	for _, name := range chosen.Unused {
		chosen.note("the column %q is not used, and holds numbers as of orders. If it is the ticket, name it: %s", name, first.mapping.say("ticket: "+name))
	}
	return &chosen
}
