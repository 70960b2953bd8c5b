package sources_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "docs", "inputs.md")
	if *update {
		if err := os.WriteFile(path, sources.Page(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, sources.Page()) {
		t.Errorf("%s is not current (%v): `go generate ./sources` writes it again", path, err)
	}
}

// What the page says of words and names holds when a file is read.
func TestPageTellsTheTruth(t *testing.T) {
	t.Parallel()
	section := ""
	for line := range strings.Lines(string(sources.Page())) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(name)
		}
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 2 || strings.HasPrefix(cells[0], "| ---") {
			continue
		}
		column := strings.Trim(cells[0], "|` ")
		words := strings.Split(strings.Trim(strings.Join(cells[1:], " | "), "|` "), "`, `")
		for _, word := range words {
			switch {
			case section == "Columns" && column != "column":
				text := "vin,plate," + word + "\n" + goodVIN + ",粤B12345,\n"
				if column == record.ColVIN || column == record.ColPlate {
					text = word + ",note\n" + goodVIN + ",1\n"
				}
				_, info := mustRead(t, text)
				if !slices.Contains(columnsOf(info), column) {
					t.Errorf("%s is not read as %s: %+v", word, column, info.Columns)
				}
			case section == "Unknown values" && column != "column":
				if column == "all" {
					column = record.ColEngineNo
				}
				if v := tab(t, "vin\t"+column, goodVIN+"\t"+word); v.Value(column) != "" || len(v.Faults) > 0 {
					t.Errorf("%s %q is %q: %s", column, word, v.Value(column), findings(v))
				}
			}
		}
	}
}

func columnsOf(info sources.Info) []string {
	var out []string
	for _, c := range info.Columns {
		out = append(out, c.Name)
	}
	return out
}
