package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// textColumns are the columns of texts of all tables, lists apart.
func textColumns(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, row := range table(document(t, "docs/tables.md"), "column") {
		if row[1] == "string" {
			out[strings.Trim(row[0], "`")] = true
		}
	}
	return out
}

// What pandas would take for numbers is read as text: the page on outputs names every
// column of texts but for those of words, which begin with a letter.
func TestPagesNameTheColumnsThatAreTexts(t *testing.T) {
	t.Parallel()
	inWords := strings.Fields(`run_id vehicle_id compared_with vendor compared_vendor dataset stage class message next_step billed status change what note
		maintenance valuation violations first_registered brand model model_name series manufacturer transmission emission_standard body_type production_area
		accident_reason service_type content materials payment_type city address action organ`)
	for _, name := range inBoth(t, "docs/outputs.md") {
		named := regexp.MustCompile(`"([a-z_]+)"`).FindAllStringSubmatch(regexp.MustCompile(`(?s)dict\.fromkeys\(\[(.*?)\], str\)`).FindString(document(t, name)), -1)
		left := textColumns(t)
		for _, m := range named {
			if !left[m[1]] || slices.Contains(inWords, m[1]) {
				t.Errorf("%s: %s is no column of numbers that are texts", name, m[1])
			}
			delete(left, m[1])
		}
		for _, word := range inWords {
			if !left[word] {
				t.Errorf("%s is no column of texts", word)
			}
			delete(left, word)
		}
		if len(left) > 0 || len(named) < 10 {
			t.Errorf("%s does not read as text: %v", name, left)
		}
	}
}

// Every command takes --lang. The page on commands says which of them print in English all the same.
func TestPagesNameTheCommandsWithLanguages(t *testing.T) {
	t.Parallel()
	want := []string{"`completion`", "`init`", "`reconcile`", "`simulate`", "`vendors`", "`version`"}
	for _, c := range newApp(environment{}).Commands {
		if !slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return f.Names()[0] == langName }) {
			t.Errorf("batch %s does not take --lang", c.Name)
		}
	}
	for name, sentence := range map[string]string{"docs/commands.md": `The tables and lines of [^.]*`, "docs/zh/commands.md": `[^。]*的表格和文字仍为英文`} {
		got := spanned.FindAllString(regexp.MustCompile(sentence).FindString(document(t, name)), -1)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v print in English, want %v", name, got, want)
		}
	}
}
