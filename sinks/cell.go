package sinks

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// kind is the type of a column. A cell of the kind keeps its value in cell.s,
// cell.n or cell.list, as the comment says.
type kind uint8

const (
	kindText    kind = iota // s; "" is unknown
	kindInt                 // n
	kindBool                // n: 0 or 1
	kindDecimal             // n: hundredths, of decimal(14,2)
	kindDay                 // n: days since 1970-01-01
	kindMoment              // n: microseconds since 1970-01-01 UTC
	kindList                // list; never unknown, may be empty
	kindNumbers             // list, of whole numbers as texts; may be empty
)

// cell is one value on its way from a row to a file, or back.
type cell struct {
	ok   bool // false is unknown
	n    int64
	s    string
	list []string
}

const (
	decimalPrecision = 14
	decimalScale     = 2
	decimalLimit     = 100_000_000_000_000 // hundredths: the first value with 15 digits
)

// listSeparator joins the parts of a list in CSV and in workbooks. A part that
// holds it gets innerSeparator instead, with a no-break space: it looks the same, and
// the list is still split in the right places.
const (
	listSeparator  = "; "
	innerSeparator = ";\u00A0"
)

func joinList(parts []string) string {
	if !slices.ContainsFunc(parts, func(s string) bool { return strings.Contains(s, listSeparator) }) {
		return strings.Join(parts, listSeparator)
	}
	inner := make([]string, len(parts))
	for i, part := range parts {
		inner[i] = strings.ReplaceAll(part, listSeparator, innerSeparator)
	}
	return strings.Join(inner, listSeparator)
}

// textCell is a text; broken characters become U+FFFD, since a Parquet string
// must be UTF-8.
func textCell(s string) cell {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return cell{ok: s != "", s: s}
}

func intCell(v record.Opt[int64]) cell { return cell{ok: v.OK, n: known(v)} }

func boolCell(v record.Flag) cell {
	if v.OK && v.V {
		return cell{ok: true, n: 1}
	}
	return cell{ok: v.OK}
}

func moneyCell(v record.Opt[record.Fen]) cell { return cell{ok: v.OK, n: int64(known(v))} }

func dayCell(v record.Opt[record.Date]) cell { return cell{ok: v.OK, n: int64(known(v))} }

func momentCell(v record.Opt[time.Time]) cell {
	if !v.OK || v.V.IsZero() {
		return cell{}
	}
	return cell{ok: true, n: v.V.UnixMicro()}
}

func listCell(parts []string) cell {
	broken := func(s string) bool { return !utf8.ValidString(s) }
	if !slices.ContainsFunc(parts, broken) {
		return cell{ok: true, list: parts}
	}
	clean := make([]string, len(parts))
	for i, part := range parts {
		clean[i] = strings.ToValidUTF8(part, "\uFFFD")
	}
	return cell{ok: true, list: clean}
}

func numbersCell(v record.Opt[[]int64]) cell {
	if !v.OK {
		return cell{}
	}
	parts := make([]string, len(v.V))
	for i, n := range v.V {
		parts[i] = strconv.FormatInt(n, 10)
	}
	return cell{ok: true, list: parts}
}

func known[T any](v record.Opt[T]) T {
	if v.OK {
		return v.V
	}
	var zero T
	return zero
}

// same tells whether two cells of one kind hold the same value.
func (c cell) same(o cell) bool {
	if !c.ok || !o.ok {
		return c.ok == o.ok
	}
	return c.n == o.n && c.s == o.s && slices.Equal(c.list, o.list)
}

// text renders a cell as CSV and messages show it; unknown is "".
func (c cell) text(k kind) string {
	if !c.ok {
		return ""
	}
	switch k {
	case kindInt:
		return strconv.FormatInt(c.n, 10)
	case kindBool:
		return strconv.FormatBool(c.n == 1)
	case kindDecimal:
		return record.Fen(c.n).String()
	case kindDay:
		return record.Date(c.n).String()
	case kindMoment:
		return record.At(time.UnixMicro(c.n)).String()
	case kindList, kindNumbers:
		return joinList(c.list)
	}
	return c.s
}
