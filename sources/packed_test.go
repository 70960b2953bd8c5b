package sources_test

import (
	"strings"
	"testing"

	"vehiclebatch/sources"
)

func TestNamesInOneCell(t *testing.T) {
	t.Parallel()
	const packed, below, other = "no separator that is read stands between the names: comma, semicolon, tab or bar", "the names stand below each other; turn the table", "name one vin"
	for _, c := range []struct{ text, hint string }{
		{"vin^plate^engine_no\nA^B^C\n", packed},
		{"vin\x1fplate\x1fengine_no\x1eA\x1fB\x1fC\x1e", packed},
		{"vin\x01plate\x01engine_no\nA\x01B\x01C\n", packed},
		{"VIN码       车牌号       发动机号      首次登记时间\nLSVAA41850 沪A1B234   00123     1/31/22\n", packed},
		{"vin plate engine_no\nLSVAL41Z882104202 沪A1B234 00123\n", packed},
		{"     vin     plate\n0    LSVAL41Z882104202  沪A1B234\n", packed},
		{"┌─────┬───────┐\n│ vin │ plate │\n├─────┼───────┤\n│ A │ B │\n", packed},
		{"║ 车架号 ║ 车牌号 ║\n", packed},
		{"车架号，车牌号，发动机号\nLSVAL41Z882104202，沪A1B234，00123\n", packed},
		{"车架号、车牌号、发动机号\n甲、乙、丙\n", packed},
		{"vin~plate~color\na~b~c\n", packed},
		{"vin:plate:color\na:b:c\n", packed},
		{"车辆清单\nvin^plate\nA^B\n", packed},
		{"vin              LSVAL41Z882104202\nplate            沪A1B234\nengine_no        00123\n", below},
		{"   vin = LSVAL41Z882104202\n plate = 沪A1B234\nengine_no = 00123\n", below},
		{"vin:LSVAL41Z882104202\nplate:沪A1B234\ncolor:1\n", below},
		{"代码,归属\nA,B\n", other},
		{"请填写车架号、车牌号或发动机号,x\nA,B\n", other},
		{"车架号/车牌号,x\nA,B\n", other},
	} {
		_, err := sources.OpenCSV(strings.NewReader(c.text), "fleet.csv")
		if err == nil || !strings.Contains(err.Error(), c.hint) || strings.Contains(err.Error(), other) != (c.hint == other) {
			t.Errorf("%q: %v, want %q", c.text, err, c.hint)
		}
	}
}

func TestKindsOfLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"vin\"\r\nE\r\n", "this is a SYLK file (slk), not CSV"},
		{"ID;PCALCOOO32\nB;Y2;X2\n", "a SYLK file"},
		{"\ufeffID;P\nO;L\n", "a SYLK file"},
		{"TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,2\r\n", "this is a DIF file, not CSV"},
		{"TABLE\n0,1\n\"\"\n", "a DIF file"},
		{"<table><tr><td>vin</td></tr></table>", "with the columns of VIN, plate and engine number set to text"},
		{"MIME-Version: 1.0\n", "set to text"},
	} {
		if _, err := sources.OpenCSV(strings.NewReader(c.text), "fleet.csv"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	for _, text := range []string{"ID;Plate\n1;沪A1B234\n", "ID;PLATE;VIN\nP1;沪A1B234;\n", "TABLE,vin\n0,LSVAL41Z882104202\n"} {
		if got, _ := mustRead(t, text); len(got) != 1 {
			t.Errorf("%q: %d rows", text, len(got))
		}
	}
}
