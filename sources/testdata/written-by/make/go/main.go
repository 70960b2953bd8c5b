// Writes files with the libraries that Go has. OUT is the folder, TRUTH the
// truth.
package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

var (
	out   = os.Getenv("OUT")
	truth [][]string
	names []string
)

func main() {
	f, err := os.Open(os.Getenv("TRUTH"))
	must(err)
	truth, err = csv.NewReader(f).ReadAll()
	must(err)
	names, truth = truth[0], truth[1:]
	arrow18()
	parquetGo()
	xitongsys()
	workbooks()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func create(name string) *os.File {
	f, err := os.Create(filepath.Join(out, name))
	must(err)
	return f
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	must(err)
	return t
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	must(err)
	return n
}

func days(s string) int32 { return int32(day(s).Unix() / 86400) }

// ptr is nil for "".
func ptr[T any](s string, of func(string) T) *T {
	if s == "" {
		return nil
	}
	v := of(s)
	return &v
}

func same(s string) string { return s }

func say(name string) { fmt.Println(name) }
