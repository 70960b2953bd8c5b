package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// book is what the simulator has taken and charged.
type book struct {
	Orders []struct {
		Polls int `json:"polls"`
	} `json:"orders"`
	Entries []struct {
		Fen int64 `json:"fen"`
	} `json:"entries"`
	Requests map[string]int64 `json:"requests"`
	Doubles  []any            `json:"doubles"`
}

func readBook(ts *testscript.TestScript) book {
	res, err := http.Get(ts.Getenv("SIM") + "/_simulator/book")
	ts.Check(err)
	defer res.Body.Close() //nolint:errcheck // it was read
	var b book
	ts.Check(json.NewDecoder(res.Body).Decode(&b))
	return b
}

// count is one of the book's numbers.
func (b book) count(ts *testscript.TestScript, what string) int64 {
	var n int64
	switch what {
	case "orders":
		n = int64(len(b.Orders))
	case "polled": // orders that were asked for, so that their ticket is known
		for _, o := range b.Orders {
			n += int64(min(o.Polls, 1))
		}
	case "charges":
		n = int64(len(b.Entries))
	case "fen":
		for _, e := range b.Entries {
			n += e.Fen
		}
	case "doubles":
		n = int64(len(b.Doubles))
	case "requests":
		for _, r := range b.Requests {
			n += r
		}
	default:
		ts.Fatalf("the book does not count %q", what)
	}
	return n
}

// cmdBook looks into the simulator's book: `book charges 72` now, `book orders
// reach 5` as soon as it may be, `book fen atmost 10000`.
func cmdBook(ts *testscript.TestScript, neg bool, args []string) {
	what, how := argument(args, 0), argument(args, 1)
	number, err := strconv.ParseInt(args[len(args)-1], 10, 64)
	ts.Check(err)
	if how == "reach" {
		until(ts, strings.Join(args, " "), func() bool { return readBook(ts).count(ts, what) >= number })
		return
	}
	b := readBook(ts)
	if got := b.count(ts, what); got != number && (how != "atmost" || got > number) {
		ts.Fatalf("the book has %d %s, want %s; doubles: %v", got, what, strings.Join(args[1:], " "), b.Doubles)
	}
}

// cmdBill downloads a vendor's bill from the simulator: bill tencent bill.csv.
func cmdBill(ts *testscript.TestScript, neg bool, args []string) {
	res, err := http.Get(ts.Getenv("SIM") + "/_simulator/statement?vendor=" + argument(args, 0))
	ts.Check(err)
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(argument(args, 1)), text, 0o600))
}

// cmdJSON holds a value of a JSON file, or of stdout, against what is wanted:
// json stdout lookups.maintenance.found 24. The file must hold that one value
// and nothing else. A number in the path picks from a list, len is its length.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH WANT")
	}
	v := valueOf(ts, args[0], args[1])
	if got := fmt.Sprint(v); (got == args[2]) == neg {
		ts.Fatalf("%s of %s is %s", args[1], args[0], got)
	}
}

// cmdKeep puts a value of a JSON file, or of stdout, into a variable: keep RUN
// stdout run_id.
func cmdKeep(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(argument(args, 0), fmt.Sprint(valueOf(ts, argument(args, 1), argument(args, 2))))
}

func valueOf(ts *testscript.TestScript, file, path string) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		ts.Fatalf("%s goes on after its JSON value: %v", file, err)
	}
	for key := range strings.SplitSeq(path, ".") {
		v = member(ts, v, key)
	}
	return v
}

func member(ts *testscript.TestScript, v any, key string) any {
	switch t := v.(type) {
	case map[string]any:
		if key == "len" {
			return len(t)
		}
		return t[key]
	case []any:
		if key == "len" {
			return len(t)
		}
		n, err := strconv.Atoi(key)
		ts.Check(err)
		return t[n]
	}
	ts.Fatalf("there is nothing below %v", v)
	return nil
}

// incidental are the columns in which an interrupted run may differ from an
// undisturbed one: the moments of fetching, and the names that the simulator
// gave to the orders.
var incidental = []string{"run_id", "fetched_at", "first_at", "last_at", "ticket"}

// cmdSameTables compares the CSV tables of two run folders but for the incidental
// columns and those that are named: sametables calm/latest out/latest [COLUMN...].
func cmdSameTables(ts *testscript.TestScript, neg bool, args []string) {
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.csv"))
	ts.Check(err)
	if len(names) < 6 {
		ts.Fatalf("%s has %d tables", args[0], len(names))
	}
	skip := append(slices.Clone(incidental), args[2:]...)
	for _, name := range names {
		want, got := cutCSV(ts, name, skip), cutCSV(ts, filepath.Join(ts.MkAbs(args[1]), filepath.Base(name)), skip)
		if want != got {
			ts.Fatalf("%s differs:\n%s\nwant\n%s", filepath.Base(name), got, want)
		}
	}
}

// cutCSV returns a CSV file's text without some columns.
func cutCSV(ts *testscript.TestScript, name string, skip []string) string {
	text, err := os.ReadFile(name)
	ts.Check(err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	ts.Check(err)
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if !slices.Contains(skip, rows[0][i]) {
				fmt.Fprintf(&b, "%q,", cell)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// cmdFlip turns the bits of one byte of a file: flip out/ledger.db 62.
func cmdFlip(ts *testscript.TestScript, neg bool, args []string) {
	at, err := strconv.Atoi(argument(args, 1))
	ts.Check(err)
	name := ts.MkAbs(args[0])
	text, err := os.ReadFile(name)
	ts.Check(err)
	text[at] ^= 0xff
	ts.Check(os.WriteFile(name, text, 0o600))
}

// cmdRepeat writes a text, with Go's escapes, so many times over to the end of
// a file: repeat big.csv 1000000 'A\n'.
func cmdRepeat(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(argument(args, 1))
	ts.Check(err)
	text, err := strconv.Unquote(`"` + argument(args, 2) + `"`)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(strings.Repeat(text, n))
	ts.Check(errors.Join(err, f.Close()))
}
