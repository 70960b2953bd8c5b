package sources_test

import (
	"strings"
	"testing"

	"vehiclebatch/sources"
)

func TestTextsThatWereDestroyed(t *testing.T) {
	t.Parallel()
	const said = "the Chinese characters were destroyed when the file was saved"
	for _, text := range []string{
		"???,???,????\n" + goodVIN + ",?A1B234,00123\n",
		"???;???\nLSV;?A1B234\n",
		"??(??),??/??\nLSV,?A1B234\n",
		"\ufffd\ufffd\ufffd,\ufffd\ufffd\nLSV,A1B234\n",
	} {
		if _, err := sources.OpenCSV(strings.NewReader(text), "fleet.csv"); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%q: %v", text, err)
		}
	}
	_, info := mustRead(t, "VIN?,???,????\n"+goodVIN+",x,00123\n")
	if notes := strings.Join(info.Notes, "\n"); !strings.Contains(notes, "names of 2 columns: "+said) {
		t.Error(notes)
	}
	for _, plate := range []string{"?A1B234", "??A12345", "?AD12345", "？A1B234", "?A1234?"} {
		if v := tab(t, "vin,plate", goodVIN+","+plate); !strings.Contains(findings(v), "fault plate: a question mark stands for the first character of the plate: "+said) {
			t.Errorf("%s: %s", plate, findings(v))
		}
	}
	for _, plate := range []string{"?粤B12345", "粤B?2345", "?", "粤B12345?"} { // a doubt, or one character
		if v := tab(t, "vin,plate", goodVIN+","+plate); strings.Contains(findings(v), said) {
			t.Errorf("%s: %s", plate, findings(v))
		}
	}
	if _, info := mustRead(t, "vin,?,备注?\n"+goodVIN+",x,y\n"); strings.Contains(strings.Join(info.Notes, "\n"), said) {
		t.Error(info.Notes)
	}
}

func TestRulesAreNoUnknownWords(t *testing.T) {
	t.Parallel()
	row := goodVIN + "|沪A1B234|36200|\n"
	for _, c := range []struct{ text, said string }{
		{"|vin|plate|mileage_km|\n|-----|-----|-----|\n|" + row, `line 2 (a rule, "-----")`},
		{"|vin|plate|mileage_km|\n|:---|:---:|---:|\n|" + row, `line 2 (a rule, ":---")`},
		{"+-----+-----+-----+\n|vin|plate|mileage_km|\n+-----+-----+-----+\n|" + row + "+-----+-----+-----+\n", `line 3 (a rule, "+-----+-----+-----+"), line 5 (a rule,`},
		{"vin|plate|mileage_km\n合计|-|36200\n" + row, "line 2 (a sum"},
	} {
		got, info := mustRead(t, c.text)
		if notes := strings.Join(info.Notes, "\n"); len(got) != 1 || len(info.Unknown) > 0 || !strings.Contains(notes, c.said) {
			t.Errorf("%q: %d rows, %v, %s", c.text, len(got), info.Unknown, notes)
		}
	}
	_, info := mustRead(t, "vin|plate|mileage_km\n合计|-|36200\n"+goodVIN+"|-|36200\n")
	if len(info.Unknown) != 1 || info.Unknown[0].Count != 1 {
		t.Errorf("%+v", info.Unknown)
	}
}

// A file that was put together of several has the mark in its middle.
func TestNamesAreShownWithoutMarks(t *testing.T) {
	t.Parallel()
	_, info := mustRead(t, "\ufeffvin,plate\n"+goodVIN+",沪A1B234\n\ufeffvin,plate\n"+otherVIN+",沪A1B235\n")
	notes := strings.Join(info.Notes, "\n")
	if strings.Contains(notes, "feff") || !strings.Contains(notes, `line 3 (the header again, "vin")`) {
		t.Error(notes)
	}
	if _, err := sources.OpenCSV(strings.NewReader("\ufeff\ufeffvim,\u200bplat\n1,2\n"), "fleet.csv"); err == nil || !strings.Contains(err.Error(), `found "vim", "plat"`) {
		t.Error(err)
	}
}
