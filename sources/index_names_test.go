package sources_test

import (
	"strings"
	"testing"
)

func TestNamesOfAnIndex(t *testing.T) {
	t.Parallel()
	row := ",1,LSVAL41Z882104202,沪A1B234,36200\n"
	for _, c := range []struct {
		text    string
		rows    int
		skipped int64
	}{
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,n,,,\n分公司" + row, 1, 1},
		{",,车架号,车牌号,里程(公里)\n公司,n,,,\n分公司" + row, 1, 1},
		{"组,组,车辆,,估值\n公司,n,车架号,车牌号,里程(公里)\nlevel_0,level_1,,,\n分公司" + row, 1, 1},
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,,,,\n分公司" + row, 1, 1},
		{"公司,n,车架号,车牌号,里程(公里)\n分公司,x,,,\n分公司" + row, 2, 0},                                  // a vehicle of which nothing is known
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,n,,,500\n分公司" + row, 2, 0},                         // with a value
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,7,,,\n分公司" + row, 2, 0},                            // with a number
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n分公司" + row + "公司,n,,,\n", 2, 0},                       // not under the header
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,n,LSVAL41Z88210420,,\n分公司" + row, 2, 0},            // something like a VIN
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,LSVAL41Z882104202,,,\n分公司" + row, 2, 0},            // a VIN that has slipped
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n公司,n,,沪A1B23,\n分公司" + row, 2, 0},                      // a plate
		{",,车辆,,估值\n,,车架号,车牌号,里程(公里)\n分公司" + row + "分公司2,2,LSVFF66R2J2205718,,100\n", 2, 0}, // vehicles alone
	} {
		got, info := mustRead(t, c.text)
		if len(got) != c.rows || info.Skipped != c.skipped || c.skipped > 0 && !strings.Contains(strings.Join(info.Notes, "\n"), "names of columns that are not used") && !strings.Contains(strings.Join(info.Notes, "\n"), "a note") {
			t.Errorf("%q: %d rows, %d skipped: %v", c.text, len(got), info.Skipped, info.Notes)
		}
	}
}
