package sources

import (
	"strings"
	"testing"
)

// Databases write a backslash before marks, or for them. Such a value is never taken as it stands without a word.
func TestBackslashes(t *testing.T) {
	t.Parallel()
	const head = "vin,plate,engine_no,mileage_km\n"
	a, b, c := "2 "+vinA+" 沪A12345", vinB+",沪A12346,E2,6000\n", "3 "+vinB+" 沪A12346 E2 6000"
	quoted := `"` + vinA + `","沪A12345",`
	two := `"` + vinB + `","沪A12346","E2",6000` + "\n"
	checkFleets(t, map[string]fleetCase{
		"doubled":               {file: head + vinA + `,沪A12345,B\\1,5000` + "\n" + b, want: []string{a + ` B\\1 5000 !engine_no`, c}},
		"a tab":                 {file: strings.ReplaceAll(head+vinA+`,沪A12345,B\t1,5000`+"\n"+b, ",", "\t"), want: []string{a + ` B\T1 5000 !engine_no`, c}},
		"unknown":               {file: head + vinA + `,沪A12345,\N,\N` + "\n" + b, want: []string{a, c}},
		"at the end":            {file: head + vinA + `,沪A12345,"B1\",5000` + "\n" + b, want: []string{a + ` B1\ 5000 !engine_no`, c}},
		"single":                {file: head + vinA + `,沪A12345,B\1,5000` + "\n" + b, want: []string{a + ` B\1 5000`, c}},
		"a quote in the middle": {file: head + quoted + `"B\"1",5000` + "\n" + two, want: []string{a + ` B\1" 5000 !engine_no`, c}},
		"two quotes":            {file: head + quoted + `"B\"1\"2",5000` + "\n" + two, want: []string{a + ` B\1\"2" 5000 !engine_no`, c}},
		"a quote at the end":    {file: head + quoted + `"B1\"",5000` + "\n" + two, err: `fleet:2: a quote behind a backslash is taken for one that opens, and the record runs up to line 3, with another vehicle in it: a backslash stands`},
		"unquoted behind":       {file: head + quoted + `"B1\"",5000` + "\n" + b + two, err: `fleet:2: a quote behind a backslash|up to line 4`},
		"numbered":              {file: "no," + head + `"1",` + quoted + `"B1\"",5000` + "\n" + `"2",` + two, err: `fleet:2: a quote behind a backslash`},
		"in the last field":     {file: "vin,plate,mileage_km,engine_no\n" + vinB + ",沪A12346,6000,E2\n" + quoted + `5000,"B1\""` + "\n", err: `fleet:3: a quote (") is opened here and not closed|a backslash stands in it before a mark`},
		"within one line":       {file: head + `"` + vinA + `","沪A1\"","B1",5000` + "\n" + b, want: []string{"2 " + vinA + ` 沪A1\",B1" 5000 !`, c}},
		"a remark in two lines": {file: "vin,备注\n" + vinA + `,"{""a"":""x\""y` + "\n" + `z""}"` + "\n", want: []string{"2 " + vinA}, said: "-"},
	})
	for text, want := range map[string]string{
		head + vinA + `,沪A12345,B\1,5000` + "\n":                                `the engine number is "B\\1", with a backslash: is it another mark?`,
		head + vinA + `,沪A12345,B\\1,5000` + "\n":                               `with a backslash as MySQL and MariaDB write it`,
		"vin,license_image_url\n" + vinA + `,https://x.cn/a\/b.jpg` + "\n":      `with a backslash, which no address has`,
		"vin,plate,engine_no\n" + vinA + ",沪A12345,B1\\\n" + "2,3,4\n":          `with a backslash as MySQL`,
		"vin,plate,engine_no,备注\n" + vinA + ",沪A12345,B1\\\nx,y\n" + vinB + ",": `the row has 3 fields, the header has 4; a backslash stands in it before a mark`,
	} {
		all, _ := readAll(t, []byte(text), Options{})
		if said := strings.Join(all[0].Problems, "\n"); !strings.Contains(said, want) && (len(all[0].Faults) == 0 || !strings.Contains(all[0].Faults[0].Reason, want)) {
			t.Errorf("%q: %q, %+v", text, said, all[0].Faults)
		}
	}
}
