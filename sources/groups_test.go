package sources

import "testing"

// A name over several columns is that of the one whose word says so; the file is refused where none does, or more than one.
func TestNamesOverSeveralColumns(t *testing.T) {
	t.Parallel()
	rows := func(second, below string) string {
		return second + "\n" + vinA + "," + below + "\n" + vinB + "," + below + "\n"
	}
	want := func(told string) []string { return []string{"3 " + vinA + " " + told, "4 " + vinB + " " + told} }
	const not = "several columns stand under "
	checkFleets(t, map[string]fleetCase{
		"three distances":      {file: "车架号,里程（公里）,,\n" + rows(",上次保养,当前,下次保养", "31200,36200,41200"), want: want("36200"), said: `"当前" is read as mileage_km, and not: "上次保养", "下次保养"`},
		"of the month":         {file: "车架号,行驶里程,,\n" + rows(",上月末,本月末,本月行驶", "36150,36200,50"), want: want("36200")},
		"there and back":       {file: "车架号,里程,,备注\n" + rows(",出车,回场,", "36123,36200,x"), want: want("36200")},
		"with a known name":    {file: "车架号,里程,\n" + rows(",购入时,当前里程", "5,36200"), want: want("36200")},
		"with units":           {file: "车架号,里程,\n" + rows(",购入时(万公里),现在(万公里)", "0.1,3.6"), want: want("36000"), said: "read in 万公里"},
		"unit without a mark":  {file: "车架号,里程,\n" + rows(",购入时,当前万公里", "0.1,3.6"), want: want("36000")},
		"unit of all":          {file: "车架号,里程(万公里),\n" + rows(",上次,本次", "3.5,3.6"), want: want("36000")},
		"two units":            {file: "车架号,里程(公里),\n" + rows(",上次,本次(万公里)", "3.5,3.6"), err: "two units at once"},
		"in English":           {file: "vin,mileage,\n" + rows(",at purchase,now", "5,36200"), want: want("36200")},
		"the first is right":   {file: "车架号,里程,\n" + rows(",当前,上次", "36200,31200"), want: want("36200")},
		"with a remark":        {file: "车架号,里程,\n" + rows(",当前,备注二", "36200,x"), want: want("36200")},
		"another may be":       {file: "车架号,里程,\n" + rows(",当前,二保", "36200,31200"), err: not + `"里程"|"当前", "二保": put mileage_km over`},
		"none is":              {file: "车架号,里程（万公里）,\n" + rows(",2024年,2025年", "3.5,3.6"), err: not + "|put 行驶里程(万公里) over the right one"},
		"two are":              {file: "车架号,里程,\n" + rows(",当前,表显", "36200,36201"), err: not},
		"engine, old and new":  {file: "车架号,发动机号,\n" + rows(",更换前,更换后", "OLD1,E123"), want: want("E123")},
		"engine, type and no":  {file: "车架号,发动机号,\n" + rows(",型号,号码", "CUF,E123"), want: want("E123")},
		"name in two pieces":   {file: "车架号,发动机,\n" + rows(",型号,号码", "CUF,E123"), want: want("E123")},
		"pieces the other way": {file: "车架号,日期,\n" + rows(",注册,年检", "2019-03-15,2026-12-31"), want: want("2019-03")},
		"engine in English":    {file: "vin,Engine,\n" + rows(",Model,No.", "CUF,E123"), want: want("E123")},
		"plate and its colour": {file: "车架号,车牌,\n" + rows(",号码,颜色", "沪A12345,蓝"), want: want("沪A12345"), said: `"号码" is read as plate, and not: "颜色"`},
		"plates, old and new":  {file: "车架号,车牌号,\n" + rows(",原,现", "沪A12345,沪A12346"), want: want("沪A12346")},
		"two vehicles":         {file: "车架号,车牌号,\n" + rows(",挂车,主车", "沪A1234挂,沪A12346"), err: not + `"车牌号", and which of them is the plate is not clear|give each a row of its own`},
		"a date in parts":      {file: "车架号,注册日期,,\n" + rows(",年,月,日", "2019,3,15"), err: `a date stands in several columns under "注册日期": "年", "月", "日": put it into one column, such as 2019-03`},
		"perhaps the date":     {file: "车架号,登记日期,,\n" + rows(",年,月,日", "2019,3,15"), err: "if it is the first registration"},
		"another date":         {file: "车架号,保险到期,,\n" + rows(",年,月,日", "2019,3,15"), want: []string{"3 " + vinA, "4 " + vinB}, said: "lines 1 to 2 are read as one header"},
		"a group of distances": {file: "车架号,里程情况,,\n" + rows(",上次,本次,差额", "5,36200,1"), want: want("36200"), said: `"本次" is read as mileage_km, and not: "上次", "差额"`},
		"a group of the plate": {file: "车架号,上牌信息,\n" + rows(",日期,城市", "2019-03-15,上海"), want: want("2019-03")},
		"a group not known":    {file: "车架号,检测项目,\n" + rows(",外观甲,外观乙", "好,坏"), want: []string{"3 " + vinA, "4 " + vinB}, said: "line 2 (names of columns that are not used"},
		"names above":          {file: ",里程,,\n" + rows("车架号,购入时,现在,备注", "5,36200,x"), want: want("36200"), said: "lines 1 to 2 are read as one header"},
		"names above, unclear": {file: ",里程,\n" + rows("车架号,甲,乙", "5,36200"), err: not},
		"named below as well":  {file: ",里程,,,\n" + rows("车架号,购入时,甲,颜色,当前里程", "5,6,1,36200"), want: want("36200 1"), said: `line 1 ("里程")`},
		"explained beside":     {file: "车架号,里程,\n" + rows("(大写),上次,本次", "5,36200"), want: want("36200")},
		"one word, the next":   {file: "车架号,里程,,\n" + rows(",,本次,颜色", "5,36200,1"), err: not + `"里程"`},
		"only the next":        {file: "车架号,里程,,\n" + rows(",,本次,颜色", ",36200,1"), want: want("36200 1")},
		"in the middle":        {file: "车架号,里程\n" + vinC + ",1\n里程,,车架号\n上次,本次,\n5,36200," + vinA + "\n", err: "fleet:4: another header stands above, with a name over several columns"},
		"in the middle, again": {file: "车架号,里程,\n,上次,本次\n" + vinA + ",5,36200\n车架号,里程,\n,上次,本次\n" + vinB + ",5,36200\n", want: []string{"3 " + vinA + " 36200", "6 " + vinB + " 36200"}},
		"a row with no name":   {file: "车架号,里程,\n,36200公里,李四\n" + vinA + ",5000,\n", want: []string{"2 36200 !", "3 " + vinA + " 5000"}},
		"a row with nothing":   {file: "车架号,里程,\n,不详,李四\n" + vinA + ",5000,\n", want: []string{"2 !", "3 " + vinA + " 5000"}},
	})
}

// A name that is merged over columns without names is refused where more than one of them holds values.
func TestMergedNames(t *testing.T) {
	t.Parallel()
	const merged = `the name "里程" is merged over several columns, B1:C1, and more than one of them holds values: put mileage_km over`
	checkSheets(t, map[string]fleetCase{
		"two hold values":       {file: "车架号|里程||备注\n" + vinA + "|=5|=36200|x\nmerge B1:C1", err: merged},
		"over two rows":         {file: "车架号|里程||备注\n\n" + vinA + "|=5|=36200|x\nmerge B1:C2 A1:A2", err: "B1:C2, and more than one"},
		"one holds values":      {file: "车架号|里程||备注\n" + vinA + "|=5||x\nmerge B1:C1", want: []string{"2 " + vinA + " 5"}},
		"not merged":            {file: "车架号|里程||备注\n" + vinA + "|=5|=36200|x", want: []string{"2 " + vinA + " 5"}},
		"told apart":            {file: "车架号|里程|\n|上次|本次\n" + vinA + "|=5|=36200\nmerge B1:C1 A1:A2", want: []string{"3 " + vinA + " 36200"}},
		"the first has no word": {file: "车架号|里程||颜色\n||本次|\n" + vinA + "|=5|=36200|=1\nmerge B1:C1 A1:A2", err: `several columns stand under "里程"`},
		"names of their own":    {file: "车架号|车牌|\n|号牌号码|号牌种类\n" + vinA + "|沪A12345|02\nmerge B1:C1 A1:A2", want: []string{"3 " + vinA + " 沪A12345"}},
		"a group":               {file: "车架号|登记|\n|初次登记|地点\n" + vinA + "|2019-03|沪\nmerge B1:C1 A1:A2", want: []string{"3 " + vinA + " 2019-03"}},
		"name in two pieces":    {file: "车架号|日期|\n|注册|年检\n" + vinA + "|2019-03|2026-01\nmerge B1:C1 A1:A2", want: []string{"3 " + vinA + " 2019-03"}},
	})
}
