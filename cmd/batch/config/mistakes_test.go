package config_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"vehiclebatch/cmd/batch/config"
)

var update = flag.Bool("update", false, "write the golden files again")

// TestMistakes holds each NAME.yaml of the archive against NAME.want: every
// message, to the letter. $VENDORS stands for two vendors without a mistake.
func TestMistakes(t *testing.T) {
	const golden = "testdata/mistakes.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		file, want := archive.Files[i], &archive.Files[i+1]
		name, isYAML := strings.CutSuffix(file.Name, ".yaml")
		if !isYAML || want.Name != name+".want" {
			t.Fatalf("%s: %s and %s are no pair", golden, file.Name, want.Name)
		}
		got := mistakes(t, name, string(file.Data))
		checkHushed(t, got)
		if *update {
			want.Data = []byte(got)
		} else if string(want.Data) != got {
			t.Errorf("%s:\n got %swant %s", name, got, want.Data)
		}
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const soundVendors = `vendors:
  wapi: {base_url: 'https://${WAPI_HOST}', app_id: 1, secret: '${WAPI_SECRET}', valuation: {}, violations: {}}
  tencent: {secret_id: '${TENCENT_SECRET_ID}', secret_key: '${TENCENT_SECRET_KEY}'}
`

func mistakes(t *testing.T, name, src string) string {
	t.Helper()
	src = strings.ReplaceAll(src, "$VENDORS\n", soundVendors)
	src = strings.NewReplacer("<TAB>", "\t", "<BAD>", "\xff").Replace(strings.TrimSuffix(src, "<EOF>\n"))
	_, err := parse(src)
	if err == nil {
		t.Errorf("%s: no mistake was found", name)
		return "\n"
	}
	checkTyped(t, err)
	return err.Error() + "\n"
}

// checkTyped makes sure that every mistake can be read by a program, in the
// order of the file.
func checkTyped(t *testing.T, err error) {
	t.Helper()
	last := 0
	for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
		var e *config.Error
		if !errors.As(one, &e) || e.File == "" || e.Problem == "" || e.Line < last {
			t.Errorf("%#v after line %d", one, last)
			continue
		}
		last = e.Line
	}
}

func TestHopelessFilesAreReportedInShort(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		strings.Repeat("k: 1\n", 2000):                  "testdata/batch.yaml:51:1: 1950 more mistakes from here on",
		"a: " + strings.Repeat("x", 70_000):             "testdata/batch.yaml: the file has 70003 bytes: too many for a configuration",
		"vendors:\n" + strings.Repeat("- ", 3000) + "x": "testdata/batch.yaml:2:257: nested more than 32 levels deep",
	} {
		_, err := parse(src)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%.300v\nwant %s", err, want)
		}
	}
}
