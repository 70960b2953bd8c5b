package sources

import "testing"

// Lists that are no tables with a row for each vehicle say so.
func TestHintInHeader(t *testing.T) {
	t.Parallel()
	a, b := vinA+",", vinB+"\n"
	const transposed, several = "the list is transposed, with a column for each vehicle: ", "each vehicle takes several rows, with a name before each value: "
	checkFleets(t, map[string]fleetCase{
		"transposed":        {file: "车架号," + a + b + "车牌号,沪A12345,沪A12346\n里程,1000,2000\n", err: transposed},
		"with numbers":      {file: "字段,1,2\n序号,1,2\n车架号," + a + b + "车牌号,沪A12345,沪A12346\n", err: transposed},
		"names in column B": {file: ",项目,车1,车2\n1,车牌号,沪A12345,沪A12346\n2,车架号," + a + b, err: transposed},
		"cards":             {file: "车牌号,沪A12345,车架号," + vinA + "\n里程,1000,,\n车牌号,沪A12346,车架号," + b + "里程,2000,,\n", err: several},
		"names and values":  {file: "id,属性,值\n1,车牌号,沪A12345\n1,里程,1000\n2,车牌号,沪A12346\n2,里程,2000\n", err: several},
		"neither":           {file: "vin," + b + "x,y\n", err: "put a line with the names of the columns above"},
	})
}

// A header that comes again may be wider or narrower: its rows are read by it.
func TestHeaderAgainOfAnotherWidth(t *testing.T) {
	t.Parallel()
	a, b, c := vinA+",沪A12345", vinB+",沪A12346", vinC+",沪A12347"
	want := func(lines ...string) []string {
		return []string{lines[0] + " " + vinA + " 沪A12345", lines[1] + " " + vinB + " 沪A12346", lines[2] + " " + vinC + " 沪A12347"}
	}
	checkFleets(t, map[string]fleetCase{
		"columns more":         {file: "vin,plate\n" + a + "\nvin,plate,备注,电话\n" + b + ",x,y\n" + c + ",x,y\n", want: want("2", "4", "5"), said: "line 3 (the header again"},
		"columns fewer":        {file: "vin,plate,备注,电话\n" + a + ",x,y\nvin,plate\n" + b + "\n" + c + "\n", want: want("2", "4", "5"), said: "line 3 (the header again"},
		"without its commas":   {file: "vin,plate,,\n" + a + ",,\nvin,plate\n" + b + "\n" + c + "\n", want: want("2", "4", "5"), said: "line 3 (the header again"},
		"other columns":        {file: "vin,plate\n" + a + "\n序号,里程,plate,vin\n1,1000,沪A12346," + vinB + "\n2,,沪A12347," + vinC + "\n", want: []string{"2 " + vinA + " 沪A12345", "4 " + vinB + " 沪A12346 1000", "5 " + vinC + " 沪A12347"}, said: "another header"},
		"rows that do not fit": {file: "vin,plate\n" + a + "\nvin,plate,备注\n" + b + "\n", want: []string{"2 " + vinA + " 沪A12345", "4 " + vinB + " 沪A12346 !"}},
	})
}

// A backslash before a delimiter moves the values behind it: where empty fields at the end hide that, too, the row is refused.
func TestEscapedDelimiters(t *testing.T) {
	t.Parallel()
	checkFleets(t, map[string]fleetCase{
		"Markdown": {file: "| vin | plate | 备注 | engine_no | 电话 | 里程 |\n|---|---|---|---|---|---|\n| " + vinA + ` | 沪A12345 | a\|b | E123 | 5000 | 700 |` + "\n",
			want: []string{"3 " + vinA + " 沪A12345 B !"}},
		"Markdown, bare": {file: "| vin | 备注 | engine_no | 里程 |\n|---|---|---|---|\n| " + vinA + " | a|b | E123 | 700 |\n| " + vinB + " | a | E123 | 700 |\n",
			want: []string{"3 " + vinA + " B !", "4 " + vinB + " E123 700"}},
		"marks of Markdown": {file: "| vin | engine_no |\n|---|---|\n| " + vinA + " | **E1** |\n| " + vinB + " | `E1` |\n| " + vinC + " | *E1* |\n",
			want: []string{"3 " + vinA + " **E1** !engine_no", "4 " + vinB + " `E1` !engine_no", "5 " + vinC + " E1"}},
		"an SQL script":     {file: "-- dump\n\nINSERT INTO \"t\"(vin,plate,engine_no) VALUES('" + vinA + "','沪A12345','E1');\n", err: "this is an SQL script, not CSV: run it in the database"},
		"commas":            {file: "vin,备注,engine_no,color\n" + vinA + `,a\,b,E1,` + "\n", want: []string{"2 " + vinA + " B !"}},
		"tabs":              {file: "vin\t备注\tengine_no\tcolor\n" + vinA + "\ta\\\tb\tE1\t\n", want: []string{"2 " + vinA + " B !"}},
		"of a folder":       {file: "vin,图片,engine_no\n" + vinA + `,C:\车辆\,E1` + "\n", want: []string{"2 " + vinA + " E1"}, said: "-"},
		"heading of a part": {file: "vin,plate\n第二车队,\n" + vinA + ",沪A12345\n", want: []string{"3 " + vinA + " 沪A12345"}, said: `line 2 (a heading, "第二车队")`},
	})
}
