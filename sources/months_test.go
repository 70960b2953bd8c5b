package sources

import "testing"

// 2018.1 is what programs make of 2018.10, and what people write for January: the other months of its column tell which.
func TestMonthsWithoutTheirZero(t *testing.T) {
	t.Parallel()
	list := func(months ...string) string {
		out := "车架号,上牌日期\n"
		for _, m := range months {
			out += vinA + "," + m + "\n"
		}
		return out
	}
	row := func(line, month string) string { return line + " " + vinA + " " + month }
	checkFleets(t, map[string]fleetCase{
		"with zeros":            {file: list("2018.09", "2018.1", "2018.12"), want: []string{row("2", "2018-09"), row("3", "!first_registered"), row("4", "2018-12")}},
		"alone":                 {file: list("2018.1"), want: []string{row("2", "!first_registered")}},
		"beside two digits":     {file: list("2018.1", "2018.11"), want: []string{row("2", "!first_registered"), row("3", "2018-11")}},
		"by hand":               {file: list("2018.1", "2018.9"), want: []string{row("2", "2018-01"), row("3", "2018-09")}},
		"by hand, October":      {file: list("2018.1", "2018.10"), want: []string{row("2", "2018-01"), row("3", "2018-10")}},
		"both":                  {file: list("2018.1", "2018.9", "2018.09"), want: []string{row("2", "!first_registered"), row("3", "2018-09"), row("4", "2018-09")}},
		"with a day":            {file: list("2018.1.15", "2018.09"), want: []string{row("2", "2018-01"), row("3", "2018-09")}},
		"with another mark":     {file: list("2018/1", "2018-1", "2018年1月"), want: []string{row("2", "2018-01"), row("3", "2018-01"), row("4", "2018-01")}},
		"full width":            {file: list("２０１８．１", "2018.09"), want: []string{row("2", "!first_registered"), row("3", "2018-09")}},
		"a second header below": {file: list("2018.9") + "上牌日期,车架号\n2018.1," + vinA + "\n", want: []string{row("2", "2018-09"), row("4", "2018-01")}},
	})
	checkSheets(t, map[string]fleetCase{
		"texts of a sheet": {file: "车架号|上牌日期\n" + vinA + "|2018.1\n" + vinA + "|2018.09", want: []string{row("2", "!first_registered"), row("3", "2018-09")}},
	})
	plates := []string{"粤B12345", "粤B12346"}
	got, _ := readAll(t, columnsOf(t, []string{"plate", "first_registered"}, plates, []string{"2018.1", "2018.09"}), Options{})
	if len(got) != 2 || len(got[0].Faults) != 1 || got[1].FirstRegistered != "2018-09" {
		t.Errorf("%+v", got)
	}
}
