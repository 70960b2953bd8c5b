package sources_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSingleQuotesAroundEveryValue(t *testing.T) {
	t.Parallel()
	plain, _ := mustRead(t, "vin,plate,engine_no,first_registered,mileage_km,color,model_id\n"+
		goodVIN+",沪A1B234,00123,2022-01-31,36200,1,10400\n")
	for _, text := range []string{
		"'vin','plate','engine_no','first_registered','mileage_km','color','model_id'\n'" + goodVIN + "','沪A1B234','00123','2022-01-31',36200,'1','10400'\n",
		"'vin';'plate';'engine_no';'first_registered';'mileage_km';'color';'model_id'\n'" + goodVIN + "';'沪A1B234';'00123';'2022-01-31';'36200';'1';'10400'\n",
		"‘vin’,‘plate’,‘engine_no’,‘first_registered’,‘mileage_km’,‘color’,‘model_id’\n‘" + goodVIN + "’,‘沪A1B234’,‘00123’,‘2022-01-31’,‘36200’,‘1’,‘10400’\n",
		"＇vin＇,plate,engine_no,first_registered,mileage_km,color,model_id\n＇" + goodVIN + "＇,＇沪A1B234＇,＇00123＇,＇2022-01-31＇,＇36200＇,＇1＇,＇10400＇\n",
		"vin,plate,engine_no,first_registered,mileage_km,color,model_id\n'" + goodVIN + "','沪A1B234','''00123','2022-01-31',' 36200 ','1','10400'\n",
		"vin,plate,engine_no,first_registered,mileage_km,color,model_id\n'" + goodVIN + ",'沪A1B234,'00123,'2022-01-31,'36200,'1,'10400\n", // the mark of a spreadsheet
	} {
		got, _ := mustRead(t, text)
		if len(got) != 1 || findings(got[0]) != "" {
			t.Fatalf("%q: %d rows, %s", text, len(got), findings(got[0]))
		}
		got[0].Line = plain[0].Line
		if a, b := got[0], plain[0]; a.VIN != b.VIN || a.Plate != b.Plate || a.EngineNo != b.EngineNo || a.FirstRegistered != b.FirstRegistered ||
			a.MileageKM != b.MileageKM || a.Condition != b.Condition || a.ModelID != b.ModelID {
			t.Errorf("%q: %+v, want %+v", text, a, b)
		}
	}
}

func TestQuotesOfEngineNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, fault string }{
		{"'00123'", "00123", ""},
		{"'EA''7'", "EA'7", ""},
		{"'NULL'", "", ""},
		{"''", "", ""},
		{"'00123", "00123", ""},
		{"00123'", "", "with a quote (') at one end"},
		{"00123`", "", "with a quote"},
		{"“00123”", "", "with a quote (“) at one end"},
		{"00123’", "", "with a quote"},
		{"'A' or 'B'", "", "with a quote"},
		{"'A'''", "", "with a quote"},
		{"=1+1", "", `the engine number is "=1+1", which is a formula and not its value`},
		{"=VLOOKUP(A2;B:C;2;0)", "", "a formula"},
		{`=A2&"1"`, "", "a formula"},
		{`="E"&"1"`, "", "a formula"},
		{"＝B2", "", "a formula"},
		{"@SUM(1)", "", "a formula"},
		{"-1+1", "", "a formula"},
		{"-E1", "", "with a mark before it"},
		{`="00123"`, "00123", ""},
		{`="00123`, "00123", ""},
		{`EA\-113\_5`, "", "with a backslash as Markdown writes it"},
	} {
		v := tab(t, "vin,engine_no", goodVIN+","+c.in)
		switch found := findings(v); {
		case c.fault == "" && (found != "" || v.EngineNo != c.want):
			t.Errorf("%s: %q, %s", c.in, v.EngineNo, found)
		case c.fault != "" && !strings.Contains(found, "fault engine_no: ") || !strings.Contains(found, c.fault):
			t.Errorf("%s: %q, %s", c.in, v.EngineNo, found)
		}
	}
}

// What a program has quoted reads as it did before.
func TestQuotedIsAsPlain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringMatching(`[A-Z0-9][A-Z0-9' .-]{0,12}[A-Z0-9]`).Draw(rt, "engine number")
		plain := tab(t, "vin,engine_no", goodVIN+","+s)
		quoted := tab(t, "vin,engine_no", goodVIN+",'"+strings.ReplaceAll(s, "'", "''")+"'")
		if plain.EngineNo != quoted.EngineNo || findings(plain) != findings(quoted) {
			rt.Errorf("%q: %q %s, quoted %q %s", s, plain.EngineNo, findings(plain), quoted.EngineNo, findings(quoted))
		}
	})
}

func TestQuotedSumsAreSkipped(t *testing.T) {
	t.Parallel()
	got, info := mustRead(t, "'vin','plate','mileage_km'\n'"+goodVIN+"','沪A1B234',36200\n'合计','',36200\n")
	if len(got) != 1 || info.Skipped != 1 {
		t.Errorf("%d rows, %d skipped: %v", len(got), info.Skipped, info.Notes)
	}
}
