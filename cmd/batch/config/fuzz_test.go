package config_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// FuzzParse: no text makes Parse panic, the same text gives the same result,
// and no message holds what the environment holds.
func FuzzParse(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/mistakes.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(archive.Files); i += 2 {
		f.Add(strings.ReplaceAll(string(archive.Files[i].Data), "$VENDORS\n", soundVendors))
	}
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, src := range []string{string(full), smallest, everyVendor} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, err := parse(src)
		again, errAgain := parse(src)
		if fmt.Sprint(c, err) != fmt.Sprint(again, errAgain) {
			t.Errorf("%v\n%v", err, errAgain)
		}
		if err == nil {
			equal(t, "datasets", again.Datasets, c.Datasets)
			return
		}
		if c != nil {
			t.Error("a configuration beside an error")
		}
		checkTyped(t, err)
		if !strings.Contains(src, "hush") {
			checkHushed(t, err.Error())
		}
	})
}

func TestAmountsAndDurationsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		fen := record.Fen(rapid.Int64Range(0, 999_999_999_999_999).Draw(r, "fen"))
		days := rapid.IntRange(0, 36500).Draw(r, "days")
		rest := time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(r, "rest"))
		quote := rapid.SampledFrom([]string{"", "'", `"`}).Draw(r, "quote")
		c, err := parse(fmt.Sprintf("%sbudget: {max_spend: %s%v%s}\ndatasets: {maintenance: {max_age: %dd%v}}\n",
			smallest, quote, fen, quote, days, rest))
		if err != nil {
			r.Fatal(err)
		}
		want := time.Duration(days)*24*time.Hour + rest
		if got := c.Datasets[maintenance].MaxAge; got != want || !reflect.DeepEqual(c.Budget.MaxSpend, record.Some(fen)) {
			r.Fatalf("%v, %v", c.Budget.MaxSpend, got)
		}
	})
}
