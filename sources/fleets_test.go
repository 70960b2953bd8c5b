package sources

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/traditionalchinese"

	"vehiclebatch/pipeline/record"
)

const (
	vinA = "LSVAM4187C2184841"
	vinB = "LSVAM4187C2184842"
	vinC = "LSVFF66R1J2205718"
)

// told is a vehicle in one line: its line, what is asked with, and its faults.
func told(v *record.Vehicle) string {
	out := fmt.Sprint(v.Line)
	for _, c := range []string{record.ColVIN, record.ColPlate, record.ColEngineNo, record.ColFirstRegistered, record.ColMileageKM, record.ColColor} {
		if text := v.Value(c); text != "" {
			out += " " + text
		}
	}
	for _, f := range v.Faults {
		out += " !" + f.Column
	}
	return out
}

// readTold reads a file to its end: its vehicles, and what was said.
func readTold(b []byte, name string) (vehicles []string, notes string, err error) {
	s, err := Open(bytes.NewReader(b), int64(len(b)), name, Options{})
	if err != nil {
		return nil, "", err
	}
	for {
		v, err := s.Next()
		if errors.Is(err, io.EOF) {
			return vehicles, strings.Join(s.Info().Notes, "\n"), nil
		}
		if err != nil {
			return vehicles, "", err
		}
		vehicles = append(vehicles, told(&v))
		if v.Row != int64(len(vehicles)) {
			return vehicles, "", fmt.Errorf("row %d is numbered %d", len(vehicles), v.Row)
		}
	}
}

// fleetCase is a file and what it says.
type fleetCase struct {
	file string   // CSV, or the rows of a sheet
	want []string // its vehicles
	said string   // parts of the notes, by bars; "-" when nothing is said
	err  string   // else why it is refused
}

func (c *fleetCase) check(t *testing.T, b []byte) {
	t.Helper()
	got, notes, err := readTold(b, "fleet")
	if c.err != "" {
		if err == nil {
			t.Fatalf("read as %q, want an error with %q", got, c.err)
		}
		for _, part := range strings.Split(c.err, "|") {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("error %v, want one with %q", err, part)
			}
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(c.want)
	for i, w := range want { // "# …" stands in the line after the one before it
		if rest, ok := strings.CutPrefix(w, "#"); ok && strings.HasPrefix(rest, " ") {
			want[i] = fmt.Sprint(i+2) + rest
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s\nnotes %s", strings.Join(got, "\n"), strings.Join(c.want, "\n"), notes)
	}
	if c.said == "-" && notes != "" {
		t.Errorf("said %q, want nothing", notes)
	}
	for _, part := range strings.Split(strings.Trim(c.said, "-"), "|") {
		if !strings.Contains(notes, part) {
			t.Errorf("said %q, want %q in it", notes, part)
		}
	}
}

func checkFleets(t *testing.T, cases map[string]fleetCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, []byte(c.file))
		})
	}
}

// The header of a CSV file, wherever it stands and however it is split.
func TestHeaderOfCSV(t *testing.T) {
	t.Parallel()
	a, b := "4 "+vinA+" 沪A12345", "5 "+vinB+" 沪A12346"
	checkFleets(t, map[string]fleetCase{
		"title and note": {file: "\ufeff车辆信息导出清单,,,\n导出时间：2026-11-29 08:00:00,,,\n\n车架号,车牌号,发动机号,备注\n" + vinA + ",沪A12345,EA888001,\n",
			want: []string{"5 " + vinA + " 沪A12345 EA888001"}, said: `2 lines are skipped: line 1 ("车辆信息导出清单"), line 2`},
		"title, semicolons": {file: "清单, Stand 2026, alle\n\nvin;plate\n" + vinA + ";沪A12345\n" + vinB + ";沪A12346\n", want: []string{a, b}, said: "1 line is skipped"},
		"title, tabs":       {file: "清单,a,b,c,d\n\nvin\tplate\n" + vinA + "\t沪A12345\n" + vinB + "\t沪A12346\n", want: []string{a, b}},
		"title, bars":       {file: "清单,a,b,c,d\n\nvin|plate\n" + vinA + "|沪A12345\n" + vinB + "|沪A12346\n", want: []string{a, b}},
		"title of one name": {file: "车牌\n\n车架号,车牌\n" + vinA + ",沪A12345\n" + vinB + ",沪A12346\n", want: []string{a, b}, said: `line 1 ("车牌")`},
		"comments above":    {file: "# columns: vin,plate\n# by x\nvin,plate\n" + vinA + ",沪A12345\n" + vinB + ",沪A12346\n", want: []string{a, b}, said: "2 lines are skipped"},
		"comment is header": {file: "# vin,plate\n" + vinA + ",沪A12345\n", want: []string{"2 " + vinA + " 沪A12345"}, said: "-"},
		"comments between": {file: "vin,plate\n" + vinA + ",沪A12345\n# 二部, a\n#\n" + vinB + ",沪A12346\n", want: []string{"2 " + vinA + " 沪A12345", "5 " + vinB + " 沪A12346"},
			said: `2 lines are skipped, which name no vehicle: line 3 (a comment, "# 二部")`},
		"comment with a VIN":     {file: "vin,plate\n#" + vinA + ",沪A12345\n", want: []string{"2 #" + vinA + " 沪A12345 !vin"}, said: "-"},
		"ruined is no comment":   {file: "vin,plate,color\n" + vinA + ",沪A12345,1\n#####,#N/A,1\n", want: []string{"2 " + vinA + " 沪A12345 1", "3 ##### #N/A 1 !vin !plate"}, said: "-"},
		"two rows":               {file: "车架号,车牌号,评估信息,,\n,,上牌日期,行驶里程,颜色\n" + vinA + ",沪A12345,2021-05,36200,黑色\n", want: []string{"3 " + vinA + " 沪A12345 2021-05 36200 8"}, said: "lines 1 to 2 are read as one header"},
		"two rows, title":        {file: "清单,,,\n车架号,车牌号,评估信息,\n,,上牌日期,行驶里程\n" + vinA + ",沪A12345,2021-05,36200\n", want: []string{a + " 2021-05 36200"}, said: "lines 2 to 3 are read|1 line is skipped"},
		"unit under name":        {file: "车架号,车牌号,里程\n,,万公里\n" + vinA + ",沪A12345,3.6\n", want: []string{"3 " + vinA + " 沪A12345 36000"}, said: "lines 1 to 2|read in 万公里"},
		"three rows":             {file: "车架号,车牌号,评估,\n,,登记,使用\n,,上牌日期,行驶里程(km)\n" + vinA + ",沪A12345,2021-05,36200\n", want: []string{a + " 2021-05 36200"}, said: "lines 1 to 3 are read"},
		"a name in two rows":     {file: "车架号,初次,行驶\n,登记日期,里程\n" + vinA + ",2021-05,36200\n", want: []string{"3 " + vinA + " 2021-05 36200"}, said: "lines 1 to 2 are read as one header"},
		"split, the VIN below":   {file: "清单,,\n,初次,车身\n车架号,登记日期,颜色\n" + vinA + ",2021-05,黑色\n", want: []string{"4 " + vinA + " 2021-05 8"}, said: "lines 2 to 3 are read as one header"},
		"split, the VIN too":     {file: "清单,,\n车辆识别,发动,初次\n代号,机号,登记日期\n" + vinA + ",E1,2021-05\n", want: []string{"4 " + vinA + " E1 2021-05"}, said: "lines 2 to 3 are read as one header"},
		"what was before":        {file: "车架号,原,现\n,车牌号,车牌号\n" + vinA + ",沪A12345,沪A12346\n", want: []string{"3 " + vinA + " 沪A12346"}, said: "lines 1 to 2 are read as one header"},
		"before, above the VIN":  {file: "变更前,变更后,\n车牌号,车牌号,车架号\n沪A12345,沪A12346," + vinA + "\n", want: []string{"3 " + vinA + " 沪A12346"}},
		"only what was before":   {file: "车架号,原\n,车牌号\n" + vinA + ",沪A12345\n", err: `the column "原车牌号" holds what looks like plates, but its name is not known`},
		"names in the row above": {file: "发动机号,车辆,,备注\n,车架号,车牌号,\n,,,\nEA1," + vinA + ",沪A12345,x\n", want: []string{"4 " + vinA + " 沪A12345 EA1"}, said: "lines 1 to 2 are read"},
		"groups above all":       {file: "车辆,,评估,\n\n车架号,车牌号,上牌日期,行驶里程\n" + vinA + ",沪A12345,2021-05,36200\n", want: []string{a + " 2021-05 36200"}, said: "1 line is skipped"},
		"first row is no header": {file: "车架号,车牌号,颜色\n,,黑色\n" + vinA + ",沪A12345,\n", want: []string{"2 8 !", "3 " + vinA + " 沪A12345"}, said: "-"},
		"two languages":          {file: "vin,plate\n车架号,车牌号\n\n" + vinA + ",沪A12345\n", want: []string{a}, said: "line 2 (the header again"},
		"required under names":   {file: "车架号,车牌号,颜色\n必填,选填,选填\n\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}, said: "line 2 (an explanation of the columns"},
		"kinds under names":      {file: "车架号,车牌号,里程\n文本,文本,数值\n(1),(2),(3)\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}, said: "line 2 (an explanation of the columns|line 3 (an explanation"},
		"letters under names":    {file: "车架号,车牌号,里程\nA,B,C\nvarchar(17),varchar(10),int\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}},
		"hints under names":      {file: "车架号,车牌号,里程\n17位字符,例：京A12345,单位：公里\n必填,选填,选填\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}},
		"an example, all of it":  {file: "车架号,车牌号,里程\n例：" + vinB + ",例：京A12345,例：10000\n\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}},
		"codes under names":      {file: "车架号,车牌号,里程\nCLSBDH,HPHM,LC\n\n" + vinA + ",沪A12345,1\n", want: []string{a + " 1"}},
		"other unit under names": {file: "车架号,车牌号,里程\n17位字符,文本,单位：万公里\n" + vinA + ",沪A12345,1\n", err: "speaks of 万公里"},
		"Chinese under names":    {file: "车架号,车牌号,里程\n看不清楚,没看到,里程表坏了\n" + vinA + ",沪A12345,1\n", want: []string{"2 看不清楚 没看到 !vin !plate !mileage_km", "3 " + vinA + " 沪A12345 1"}},
		"words further down":     {file: "车架号,里程,颜色\n" + vinA + ",1,\nCLSBDH,LC,X\n", want: []string{"2 " + vinA + " 1", "3 CLSBDH !vin !mileage_km !color"}},
		"a vehicle of words":     {file: "车架号,车牌号,里程\n待补,沪A待上,未知里程数\n" + vinA + ",沪A12345,1\n", want: []string{"2 沪A待上 !plate !mileage_km", "3 " + vinA + " 沪A12345 1"}},
		"vehicle above":          {file: vinB + ",沪A12346\nvin,plate\n" + vinA + ",沪A12345\n", err: "fleet:1: a vehicle stands above the header, which is in line 2"},
		"no header at all":       {file: "清单,\n" + vinB + ",沪A12346\n", err: "the header has no column"},
		"far below":              {file: strings.Repeat("x,y\n", 20) + "vin,plate\n" + vinA + ",沪A12345\n", err: "the header has no column"},
		"Ctrl-Z":                 {file: "vin,plate\n" + vinA + ",沪A12345\r\n\x1a", want: []string{"2 " + vinA + " 沪A12345"}, said: "-"},
		"Ctrl-Z in the row":      {file: "vin,plate\n" + vinA + ",沪A12345\x1a", want: []string{"2 " + vinA + " 沪A12345"}, said: "-"},
		"Markdown":               {file: "| vin | plate |\n|-----|-------|\n| " + vinA + " | 沪A12345 |\n", want: []string{"3 " + vinA + " 沪A12345"}, said: "line 2 (a rule"},
		"psql":                   {file: " vin | plate\n-----+------\n " + vinA + " | 沪A12345\n(1 row)\n\n", want: []string{"3 " + vinA + " 沪A12345"}, said: "line 2 (a rule|line 4 (a sum"},
	})
}

// Columns whose values are VINs or plates, while none is known for them.
func TestUnknownColumnOfVINs(t *testing.T) {
	t.Parallel()
	rows := vinA + ",沪A12345,E1\n" + vinB + ",沪A12346,E2\n,沪A12347,\n"
	checkFleets(t, map[string]fleetCase{
		"VINs":                  {file: "代码,车牌号,发动机号\n" + rows, err: `fleet:1: the column "代码" holds what looks like VINs, but its name is not known: rename its header to vin`},
		"plates":                {file: "vin,归属,发动机号\n" + rows, err: `the column "归属" holds what looks like plates, but its name is not known: rename its header to plate`},
		"neither is known":      {file: "代码,归属,发动机号\n" + rows, err: `no column for the VIN or the plate|the column "代码" holds what looks like VINs`},
		"plates, old and new":   {file: "vin,原车牌号,现车牌号\n" + vinA + ",沪A12345,沪A12346\n", err: `the columns "原车牌号" and "现车牌号" hold what looks like plates, but their names are not known: rename the header of the one that counts now to plate, and take the others out`},
		"plates of before":      {file: "vin,原车牌号\n" + vinA + ",沪A12345\n", err: `"原车牌号" holds what looks like plates, but its name is not known: take it out if it is what was before`},
		"of before, beside":     {file: "vin,车牌号,原车牌号\n" + vinA + ",沪A12345,沪A12346\n", want: []string{"2 " + vinA + " 沪A12345"}, said: `column "原车牌号" is ignored: its name says that its plates are those of before`},
		"no name":               {file: ",车牌号,发动机号\n" + rows, err: "the column 1, which has no name, holds what looks like VINs"},
		"mixed names":           {file: "车架号/发动机号,车牌号,x\n" + rows, err: "holds what looks like VINs"},
		"few of them":           {file: "代码,车牌号\n" + vinA + ",沪A12345\nx,沪A12346\ny,沪A12347\n", want: []string{"2 沪A12345", "3 沪A12346", "4 沪A12347"}},
		"numbers of 17 digits":  {file: "单号,车牌号\n20261129123456789,沪A12345\n", want: []string{"2 沪A12345"}},
		"VIN known, more VINs":  {file: "vin,原车架号\n" + vinA + "," + vinB + "\n", want: []string{"2 " + vinA}},
		"far below is not seen": {file: "代码,车牌号\n" + strings.Repeat(",沪A12345\n", 100) + vinA + ",沪A12345\n", want: strings.Split(strings.TrimSpace(plates(2, 103)), "\n")},
	})
}

func plates(from, to int) string {
	out := ""
	for i := from; i < to; i++ {
		out += fmt.Sprintf("%d 沪A12345\n", i)
	}
	return out
}

// Rows that are no vehicles, and rows that look like them and are.
func TestRowsSkipped(t *testing.T) {
	t.Parallel()
	const header = "序号,车架号,车牌号,发动机号,行驶里程,备注\n1," + vinA + ",沪A12345,E1,36200,\n"
	first := "2 " + vinA + " 沪A12345 E1 36200"
	for _, row := range []string{
		"合计,2辆,,,76400,", "合 计,,,,,", "总计：,,,,76400,", "小计,,,,,", ",合计,,,,", ",,,,,合计：2辆", ",,,合计,76400,", "本页小计,1,,,,", "一部小计,,,,,", "共12辆,,,,,", "共 12 台,,,,,", "总共12条记录,,,,,", "Total,2,,,,",
		"TOTAL:,,,,76400,", "Grand Total,,,,,", "Sub-total,,,,,", "Sum,,,,76400,", "Total vehicles: 12,,,,,", "(12 rows),,,,,", "12 rows selected.,,,,,", "(12 行记录),,,,,", "合计（辆）,12,,,,", "车辆合计,,,,,", "累计,,,,,",
		"制表人：张三,,,审核：李四,2026-11-29,", "制表人,张三,,审核,李四,", "审核人:,,,,,", "交接人：张三,,,,,", "领导意见：,,,,,", "盖章处,,,,,", "联系电话：021-12345678,,,,,", "平均,,,,38200,", "填表日期：2026年11月29日,,,,,", "日期：2026-11-29,,,,,", "负责人（签字）：,,,,,", "单位盖章：,,,,,", "经办人： 复核人：,,,,,", "Prepared by: Li,,,,,", "Date: 2026-11-29,,,,,", "打印时间：2026-11-29 08:00,,,,,",
		"说明：本表车辆均为公司自有,,,,,", "备注：以上,,,,,", "注：1、车架号必须为17位,,,,,", "注1：x,,,,,", "Note: all own,,,,,", "※ 仅供参考,,,,,", "以下空白,,,,,", "(完),,,,,", "以上数据来自系统,,,,,", "数据来源：系统,,,,,",
		"第1页,,,,,", "第 1 页 共 3 页,,,,,", "Page 1 of 3,,,,,", "- 1 -,,,,,", "1/3页,,,,,",
		"序号,车架号,车牌号,发动机号,行驶里程,备注", "2,,,,,", "-----,-----,-----,-----,-----,-----", "=======,,,,,", "一、轿车,,,,,", "（二）货车,,,,,", "合计,2辆", "说明：x",
		",1、以上车辆均已投保；,,,,", ",,2026年11月1日,,,", ",2.里程数截至10月31日。,,,,", "汇总,,,,76400,", "一部 汇总,2,,,,", "一部 计数,,2,,,", "总计数,2,,,,", "Σ,,,,76400,", "最大值,,,,36200,", "过次页,,,,76400,", "承前页,,,,76400,", "计,2,,,,", "一部 Total,,,,76400,", "Grand Count,0,,,,", "Own cars Count,1,,,,", ",,,,36200,", ",1,,,36200,", "1,1,1,,36200,",
	} {
		c := fleetCase{file: header + row + "\n3," + vinB + ",沪A12346,E2,40200,\n", want: []string{first, "4 " + vinB + " 沪A12346 E2 40200"}, said: "1 line is skipped, which names no vehicle: line 3 ("}
		t.Run(row, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
	for row, want := range map[string]string{
		"合计," + vinC + ",,,,":           "3 " + vinC,
		"3,,,E3,40200,":                 "3 E3 40200 !",
		"3,,,,,车况好":                     "3 !",
		"3,LSVAM4187C218484,,E3,,合计":    "3 LSVAM4187C218484 E3 !vin",
		"3,LSV123,,E3,,总计":              "3 LSV123 E3 !vin",
		"3,,沪A1234,E3,,小计":              "3 沪A1234 E3 !plate",
		"3,,沪A12346,E3,,合计":             "3 沪A12346 E3",
		"3,,,,,合计" + vinC:               "3 !",
		"财务部,,,E3,,":                    "3 E3 !",
		"3,,,E3,36200,Toyota Total":     "3 E3 36200 !",
		"3,2,,,76400,":                  "3 2 76400 !vin",
		"汇总," + vinC + ",,,,":           "3 " + vinC,
		"3,待补,,E3,,":                    "3 E3 !",
		"3,LSVAM4187C21848411,,,,制表人":   "3 LSVAM4187C21848411 !vin",
		"合计,12345678901234567,沪A,E3,1,": "3 12345678901234567 沪A E3 1 !plate",
	} {
		c := fleetCase{file: header + row + "\n", want: []string{first, want}, said: "-"}
		t.Run(row, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
}

// The words of a signature are those of a department, too.
func TestVehiclesOfDepartments(t *testing.T) {
	t.Parallel()
	const header = "部门,车架号,车牌号,里程,上牌日期,颜色\n一部," + vinA + ",沪A12345,36200,,\n"
	first := "2 " + vinA + " 沪A12345 36200"
	for row, want := range map[string]string{
		"财务部门,,,36200,,":           "3 36200 !",
		"车队负责人,,,36200,,":          "3 36200 !",
		"公司领导,,,3.6万,,":            "3 36000 !",
		"审核,,,36200,,":             "3 36200 !",
		"财务部门,,,,2022-01,":         "3 2022-01 !",
		"单位负责人,,,,,黑色":             "3 8 !",
		"财务部门,,待上牌照A1,,,":          "3 待上牌照A1 !plate",
		"财务部门,,待上牌照A1,36200,,":     "3 待上牌照A1 36200 !plate",
		"财务部门,,未上牌,,,":             "3 !",
		"财务部门,A12,,,,":             "3 A12 !vin",
		"注：新车,,,36200,,":           "3 36200 !",
		"第1页,,,36200,,":            "3 36200 !",
		"财务部门,,,3.6,,":             "3 !mileage_km !",
		"财务部门,,,36200.5,,":         "3 !mileage_km !",
		"财务部门,,,,1900-01,":         "3 !first_registered !",
		"财务部门,,,36200":             "3 !",
		"财务部门：,,,36200,2022-01,":   "3 2022-01 36200 !",
		"Signature,,,36200,,black": "3 36200 !color !",
	} {
		c := fleetCase{file: header + row + "\n", want: []string{first, want}, said: "-"}
		t.Run(row, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
	for _, row := range []string{
		"财务部门,张三,李四,,,", "财务部门,,,,,", "车队负责人,,无,-,,", "制表人：张三,,,,2026-11-29,", "制表日期,,,,2026-11-29,", "制表人：张三,2026-11-29,,,,", "制表人,张三,审核,李四,,",
		"制表人：张三,第1页,共3页,,,", "制表人：张三,电话：021-1234,,,,", "制表人,2辆,,,,", "制表人：张三,,,2026-11-29,,", "制表人：张三,,,2026.11.29,,", "制表人：张三,,,20261129,,", "制表人：张三,,,,1900-01-01,", "注：新车,,,见附表,,",
	} {
		c := fleetCase{file: header + row + "\n", want: []string{first}, said: "line 3 ("}
		t.Run(row, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
	checkSheets(t, map[string]fleetCase{
		"in a sheet": {file: "部门|车架号|里程|上牌日期\n一部|" + vinA + "|=36200\n财务部门||=36200\n财务部门|||=44562~yyyy-mm-dd\n财务部门||=3.6~0.0\"万公里\"\n制表人：张三||=46355~yyyy-mm-dd\n制表人：张三|||=46355~yyyy-mm-dd",
			want: []string{"2 " + vinA + " 36200", "3 36200 !", "4 2022-01 !", "5 36000 !"}, said: "row 6 (a signature, \"制表人：张三\"), row 7 (a sig"},
	})
}

func TestHeaderAgain(t *testing.T) {
	t.Parallel()
	checkFleets(t, map[string]fleetCase{
		"the same, and in another order": {file: "\ufeffvin,plate,engine_no\n" + vinA + ",沪A12345,E1\n\ufeffvin,plate,engine_no\n" + vinB + ",沪A12346,E2\n\ufeffvin,engine_no,plate\n" + vinC + ",E3,沪A12347\n",
			want: []string{"2 " + vinA + " 沪A12345 E1", "4 " + vinB + " 沪A12346 E2", "6 " + vinC + " 沪A12347 E3"},
			said: "line 3 (the header again|line 5 (another header, by which the rows under it are read"},
		"of two rows": {file: "车架号,评估,\n,上牌日期,颜色\n" + vinA + ",2021-05,1\n车架号,评估,\n,上牌日期,颜色\n" + vinB + ",2021-06,2\n", want: []string{"3 " + vinA + " 2021-05 1", "6 " + vinB + " 2021-06 2"},
			said: "2 lines are skipped, which name no vehicle: line 4 (the header again|line 5 (the header again"},
		"the title too": {file: "清单\nvin,plate\n" + vinA + ",沪A12345\n清单\nvin,plate\n" + vinB + ",沪A12346\n", want: []string{"3 " + vinA + " 沪A12345", "6 " + vinB + " 沪A12346"}, said: "line 4 (the title again|line 5 (the header again"},
		"other unit":    {file: "vin,里程(公里)\n" + vinA + ",36200\nvin,里程(万公里)\n" + vinB + ",3.62\n", want: []string{"2 " + vinA + " 36200", "4 " + vinB + " 36200"}, said: "line 3 (another header"},
		"what is said of it": {file: "vin,里程(公里)\n" + vinA + ",36200\nvin,里程(万公里),plat\n" + vinB + ",3.62,是\n", want: []string{"2 " + vinA + " 36200", "4 " + vinB + " 36200"},
			said: `line 3: column "里程(万公里)" is read in 万公里|line 3: column "plat" is ignored; did you mean plate?`},
		"without the plate": {file: "vin,plate\n" + vinA + ",沪A12345\nvin,engine_no\n" + vinB + ",E1\n", err: "fleet:3: another header stands here, without a column for plate"},
		"unknown plates":    {file: "vin\n" + vinA + "\nvin,牌\n" + vinB + ",沪A12345\n", err: "fleet:3: the column \"牌\" holds what looks like plates, but its name is not known"},
		"one column":        {file: "vin\n" + vinA + "\nVIN\n" + vinB + "\n", want: []string{"2 " + vinA, "4 " + vinB}, said: "line 3 (the header again"},
		"nothing but it":    {file: "vin,plate\nvin,plate\n合计,\n", err: "the file has a header but no data rows|2 lines are skipped"},
	})
}

func TestIgnoredOfEveryHeader(t *testing.T) {
	t.Parallel()
	text := "vin,plate,品牌\n" + vinA + ",沪A12345,x\nplate,vin,部门,品牌\n沪A12346," + vinB + ",y,x\n"
	c, err := OpenCSV(strings.NewReader(text), "fleet.csv")
	for err == nil {
		_, err = c.Next()
	}
	if got := strings.Join(c.Info().Ignored, " "); got != "品牌 部门" {
		t.Errorf("ignored %s", got)
	}
}

func TestDistancesInTheirUnit(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"表显里程(万公里)": "36200", "里程/万": "36200", "公里数(万)": "36200", "行驶里程（万公里）": "36200", "行驶里程(单位：万公里)": "36200", "里程_万公里": "36200", "里程万公里": "36200", "行驶里程（万KM）": "36200", "mileage (10,000 km)": "36200",
		"里程，万公里": "36200", "表显里程[万km]": "36200", "Mileage(w km)": "36200", "里程(W)": "36200", "行駛里程(萬公里)": "36200", "车辆行驶里程(万公里)": "36200", "万公里数": "36200",
		"行驶里程(公里)": "!mileage_km", "mileage(km)": "!mileage_km", "里程": "!mileage_km", "公里数": "!mileage_km", "mileage_km": "!mileage_km", "Mileage in Kilometres": "",
	} {
		c := fleetCase{file: "vin,\"" + header + "\"\n" + vinA + ",3.62\n", want: []string{strings.TrimSpace("2 " + vinA + " " + want)}}
		t.Run(header, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
	for header, what := range map[string]string{"里程(米)": "metres", "mileage (miles)": "miles", "行驶里程(英里)": "miles", "里程/mi": "miles", "里程(km/万公里)": "two units at once", "里程(千公里)": "thousands of km", "公里数(里)": "li", "Miles": "miles", "里程(小时)": "hours"} {
		c := fleetCase{file: "vin,\"" + header + "\"\n" + vinA + ",3.62\n", err: "is in " + what + "|convert it to km and name it 行驶里程(公里)"}
		t.Run(header, func(t *testing.T) { t.Parallel(); c.check(t, []byte(c.file)) })
	}
	three := "2 " + vinA + " !mileage_km"
	checkFleets(t, map[string]fleetCase{
		"mixed":             {file: "vin,里程\n" + vinA + ",3.6\n" + vinB + ",4\n" + vinC + ",12.1\n", want: []string{three, "3 " + vinB + " !mileage_km", "4 " + vinC + " !mileage_km"}, said: `column "里程" says no unit and holds values such as "3.6", so values below 100 are refused (rows: 3): name the column 行驶里程(万公里)`},
		"whole ones first":  {file: "vin,里程\n" + vinB + ",4\n" + vinA + ",3.6\n", want: []string{"2 " + vinB + " !mileage_km", "3 " + vinA + " !mileage_km"}},
		"km beside":         {file: "vin,里程\n" + vinA + ",3.6\n" + vinB + ",36200\n" + vinC + ",4公里\n", want: []string{three, "3 " + vinB + " 36200", "4 " + vinC + " 4"}, said: "-"},
		"new cars":          {file: "vin,里程\n" + vinA + ",4\n" + vinB + ",0\n" + vinC + ",36200\n", want: []string{"2 " + vinA + " 4", "3 " + vinB + " 0", "4 " + vinC + " 36200"}, said: "-"},
		"all of them small": {file: "vin,里程\n" + vinA + ",8\n" + vinB + ",0\n" + vinC + ",12\n" + vinB + ",99\n", want: []string{"2 " + vinA + " 8", "3 " + vinB + " 0", "4 " + vinC + " 12", "5 " + vinB + " 99"}, said: `column "里程" says no unit, and its first values are all below 100; they are read as km`},
		"all in km by name": {file: "vin,里程(km)\n" + strings.Repeat(vinA+",8\n", 3), want: []string{"2 " + vinA + " 8", "3 " + vinA + " 8", "4 " + vinA + " 8"}, said: "-"},
		"pandas":            {file: "vin,里程\n" + vinA + ",4.0\n" + vinB + ",36200.0\n", want: []string{"2 " + vinA + " 4", "3 " + vinB + " 36200"}, said: "-"},
		"km by name":        {file: "vin,行驶里程(公里)\n" + vinA + ",3.6\n" + vinB + ",4\n", want: []string{three, "3 " + vinB + " 4"}},
		"万 by name":         {file: "vin,行驶里程(万公里)\n" + vinA + ",3.6\n" + vinB + ",4\n" + vinC + ",0.8万\n", want: []string{"2 " + vinA + " 36000", "3 " + vinB + " 40000", "4 " + vinC + " 8000"}},
		"far below":         {file: "vin,里程\n" + vinB + ",4\n" + strings.Repeat(vinC+",36200\n", 200) + vinA + ",3.6\n", err: `fleet:203: the column "里程" says no unit and holds "3.6" here, and "4" in line 2|name the column 行驶里程(万公里)`},
	})
}

func TestNamesOfColumns(t *testing.T) {
	t.Parallel()
	for column, headers := range map[string]string{
		record.ColVIN: "车辆识别代号/车架号|VIN/车架号|Vehicle Identification Number|vin_no|VIN #|VIN No.|VIN No|底盘号|車架號|車輛識別代號|车架号（VIN）|车架号(VIN码)|VIN码/车架号码|车架号(必填)|*车架号(17位)|车架号【必填】|Chassis No.|Chassis #|Frame No|Vehicle Identification Number (VIN)|" +
			"VIN (17 digits)|车辆车架号|机动车车架号|车辆识别代号（车架号）|Vehicle VIN|CAR_VIN|车架号\\车辆识别代号|车架号、VIN|17位车架号|VIN编码|大架号|車身號碼|车架号\nVIN|vin number|V.I.N.|“VIN”|车 架 号|Chassis/Frame No.|车架号:",
		record.ColPlate:           "车牌号/号牌号码|車牌號碼|车牌号(选填)|License Plate No.|Plate No.|Plate #|Registration No.|Reg. No.|Number Plate|牌照号|车辆牌照号|机动车号牌号码|Licence plate number|车牌/Plate|Car Plate|车牌号码（必填）|Plate (license)",
		record.ColEngineNo:        "发动机号/电机号|引擎號碼|Engine No.|ENGINE NUMBER|发动机号码(必填)|發動機號|Engine #|车辆发动机号",
		record.ColFirstRegistered: "初次登记日期(yyyy-mm-dd)|上牌时间（年月）|首次上牌日期|Registration Date|Date of first registration|注册登记日期|車輛上牌日期|初次登記日期",
		record.ColMileageKM:       "Mileage|Odometer (km)|里程数|行駛里程(公里)|公里数/km|ODOMETER|表显里程 KM|已行驶里程",
		record.ColColor:           "车身颜色|車身顏色|Colour|Body Color|颜色(选填)",
		"":                        "车架号/车牌号|发动机号(后6位)|车牌号(旧)|电机号|原车架号|百公里油耗|年均里程|品牌|里程碑|vehicle id|vehicle type|driving licence|登记人|发证日期|序号|备注|部门|#|engine type|VIN?x|plate colour|车牌颜色|车型|保险单号",
	} {
		for _, h := range strings.Split(headers, "|") {
			if got := canonical(h); got != column {
				t.Errorf("%q is %q, want %q", h, got, column)
			}
		}
	}
}

// The bar is the second byte of some characters in GB18030, and no delimiter there.
func TestBarsWithinCharacters(t *testing.T) {
	t.Parallel()
	rows := "vin|车牌号|备注|发动机号\n" + vinA + "|遼B12345|東瑋|E1\n" + vinB + "|粤B12345|纜|E2\n"
	want := []string{"2 " + vinA + " 辽B12345 E1", "3 " + vinB + " 粤B12345 E2"}
	later := "vin|plate|备注\n" + strings.Repeat(vinA+"||東\n", 4000) + vinB + "|遼B12345|瑋\n"
	checkFleets(t, map[string]fleetCase{
		"bars":   {file: gb18030(t, rows), want: want, said: "-"},
		"sep=":   {file: gb18030(t, "sep=|\n"+rows), want: []string{"3" + want[0][1:], "4" + want[1][1:]}},
		"commas": {file: gb18030(t, strings.ReplaceAll(rows, "|", ",")), want: want, said: "-"},
		"broken": {file: gb18030(t, rows) + "\xff\xff|\xff|x|E3\n", want: append(slices.Clone(want), "4 E3 ! !")},
	})
	got, _, err := readTold([]byte(gb18030(t, later)), "fleet")
	if err != nil || len(got) != 4001 || got[4000] != "4002 "+vinB+" 辽B12345" {
		t.Errorf("%d rows, %v, the last %q", len(got), err, got[max(0, len(got)-1)])
	}
	bill, err := OpenTable(strings.NewReader(gb18030(t, "日期|备注|金额\n2026-01-02|東瑋|5.00\n")), "bill", "", func(cells []string) (int, bool) { return len(cells), len(cells) == 3 })
	if err != nil {
		t.Fatal(err)
	}
	if r, err := bill.Next(); err != nil || strings.Join(r.Cells, " ") != "2026-01-02 東瑋 5.00" {
		t.Errorf("%q, %v", r.Cells, err)
	}
}

// A list in Big5 is named, so that nobody looks for a wrong header.
func TestListsInBig5(t *testing.T) {
	t.Parallel()
	big5 := func(s string) string {
		out, err := traditionalchinese.Big5.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const said = "the file is in Big5, an encoding of traditional characters that is not read|save it as CSV UTF-8 or as xlsx"
	checkFleets(t, map[string]fleetCase{
		"all":            {file: big5("車架號碼,車牌號碼,引擎號碼,備註\n" + vinA + ",粵B12345,E1,公司車輛\n"), err: said},
		"below a title":  {file: big5("車輛清單\n車架號碼;車牌號碼;引擎號碼\n" + vinA + ";粵B12345;E1\n"), err: "fleet:2: |" + said},
		"bars":           {file: big5("車架號碼|車牌號碼|引擎號碼\n" + vinA + "|粵B12345|E1\n"), err: said},
		"a name in both": {file: big5("VIN,車牌號碼,引擎號碼\n" + vinA + ",粵B12345,E1\n"), err: said},
		"GB18030":        {file: gb18030(t, "VIN,車牌號碼,引擎號碼\n"+vinA+",粵B12345,E1\n"), want: []string{"2 " + vinA + " 粤B12345 E1"}},
	})
}

// raw is a workbook of one sheet of XML.
func raw(t *testing.T, sheet, styles, behind string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	const doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	for _, p := range [][2]string{
		{"_rels/.rels", `<Relationships><Relationship Id="rId1" Type="` + doc + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="` + doc + `"><sheets><sheet name="车辆" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="` + doc + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + doc + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", styles},
		{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + sheet + `</sheetData>` + behind + `</worksheet>`},
	} {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, p[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;")

// sheetOf makes a workbook of lines: cells are parted by bars. A cell is a text, =number, =number~format, text~~format, or XML.
// A line that begins with "merge" lists merged ranges.
func sheetOf(t *testing.T, lines string) []byte {
	t.Helper()
	var rows, merges, formats, xfs strings.Builder
	styles := 0
	style := func(format string) int {
		styles++
		fmt.Fprintf(&formats, `<numFmt numFmtId="%d" formatCode="%s"/>`, 163+styles, xmlText.Replace(format))
		fmt.Fprintf(&xfs, `<xf numFmtId="%d"/>`, 163+styles)
		return styles
	}
	for i, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		if list, ok := strings.CutPrefix(line, "merge "); ok {
			for _, ref := range strings.Fields(list) {
				fmt.Fprintf(&merges, `<mergeCell ref="%s"/>`, ref)
			}
			continue
		}
		fmt.Fprintf(&rows, `<row r="%d">`, i+1)
		for j, cell := range strings.Split(line, "|") {
			name := fmt.Sprintf("%c%d", 'A'+j, i+1)
			text, format, formatted := strings.Cut(cell, "~~")
			number, isNumber := strings.CutPrefix(cell, "=")
			switch {
			case cell == "":
			case strings.HasPrefix(cell, "<"):
				rows.WriteString(strings.ReplaceAll(cell, "<c", `<c r="`+name+`"`))
			case formatted:
				fmt.Fprintf(&rows, `<c r="%s" t="inlineStr" s="%d"><is><t>%s</t></is></c>`, name, style(format), text)
			case isNumber:
				n, format, formatted := strings.Cut(number, "~")
				s := 0
				if formatted {
					s = style(format)
				}
				fmt.Fprintf(&rows, `<c r="%s" s="%d"><v>%s</v></c>`, name, s, n)
			default:
				fmt.Fprintf(&rows, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, name, xmlText.Replace(cell))
			}
		}
		rows.WriteString("</row>")
	}
	return raw(t, rows.String(), `<styleSheet><numFmts>`+formats.String()+`</numFmts><cellXfs><xf numFmtId="0"/>`+xfs.String()+`</cellXfs></styleSheet>`, `<mergeCells>`+merges.String()+`</mergeCells>`)
}

func checkSheets(t *testing.T, cases map[string]fleetCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, sheetOf(t, c.file))
		})
	}
}

// What is shown counts: formats, and cells that are blank in their own way.
func TestShownValues(t *testing.T) {
	t.Parallel()
	const head = "车架号|车牌号|发动机号\n"
	a := "2 " + vinA + " 沪A12345 "
	for cell, want := range map[string]string{
		`=12345~"EA"000000`: "EA012345", `=12345~"EA"0`: "EA12345", `=8801~00-00`: "88-01", `=8801~0000"B"`: "8801B", `=12345~000-000`: "012-345", `=12345`: "12345", `=123~000000`: "000123", `=12345~@`: "12345",
		`=12345~#`: "12345", `=12345~#,##0`: "12345", `=12345~0.00`: "12345", `=12345~[Red]000000`: "012345", `=12345~[$-804]0`: "12345", `12345~~"EA"@`: "EA12345", `E1~~@`: "E1", `=12345~[>100]"EA"0;0`: "EA12345", `=12345~0_)`: "12345",
		`=12345~0"号"`: "12345 !engine_no", `=12345~0.00E+00`: "12345 !engine_no", `=12345~0%`: "12345 !engine_no", `=12345~# ?/?`: "12345 !engine_no", `=12345~[DBNum1]0`: "12345 !engine_no", `=12345~;;;`: "12345 !engine_no",
		`=12345~0,`: "12345 !engine_no", `=1.5`: "1.5 !engine_no", `=-5`: "-5 !engine_no", `=12345~*-0`: "12345 !engine_no", `=12345~"EA"#,##0`: "12345 !engine_no", `=44562~yyyy-mm-dd`: "2022-01-01 !engine_no",
		`<c t="s"/>`: "", `<c t="s"><v></v></c>`: "", `<c t="str"><f>IF(1=1,"","X")</f><v></v></c>`: "", `<c t="str"><v/></c>`: "", `<c t="n"/>`: "", `<c t="b"/>`: "", `<c t="inlineStr"/>`: "", `<c t="inlineStr"><is/></c>`: "",
		`<c t="e"/>`: "", `<c t="d"/>`: "", `<c/>`: "", `<c><v></v></c>`: "", `<c><f>A1</f></c>`: "!engine_no", `<c><f>A1</f><v></v></c>`: "!engine_no", `<c t="str"><f>A1</f></c>`: "!engine_no", `<c t="e"><v>#N/A</v></c>`: "#N/A !engine_no",
	} {
		t.Run(cell, func(t *testing.T) {
			t.Parallel()
			c := fleetCase{want: []string{strings.TrimSpace(a + want)}}
			c.check(t, sheetOf(t, head+vinA+"|沪A12345|"+cell))
		})
	}
	checkSheets(t, map[string]fleetCase{
		"plates":     {file: head + vinA + "|12347~~\"沪A\"@|E1\n" + vinB + "|=12348~\"沪A\"00000|E2", want: []string{"2 " + vinA + " 沪A12347 E1", "3 " + vinB + " 沪A12348 E2"}},
		"month":      {file: "vin|上牌日期\n" + vinA + "|=202205~0000\"年\"00\"月\"\n" + vinB + "|=202205~0000-00\n" + vinC + "|=202205", want: []string{"2 " + vinA + " 2022-05", "3 " + vinB + " 2022-05", "4 " + vinC + " 2022-05"}},
		"codes":      {file: "vin|颜色|过户次数\n" + vinA + "|=8~0\"色\"|=2~0\"次\"\n" + vinB + "|=8~\"C\"0|=2~0.0", want: []string{"2 " + vinA + " 8", "3 " + vinB + " !color"}},
		"scientific": {file: head + vinA + "|沪A12345|=1.2E16", want: []string{"2 " + vinA + " 沪A12345 12000000000000000 !engine_no"}},
	})
}

func TestDistancesInSheets(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		`=3~0.0"万公里"`: "30000", `=12~0"万公里"`: "120000", `=3.2~0.0"万"`: "32000", `=32000~0!.0,"万"`: "32000", `=36211~0!.0,"万"`: "36211", `=32000~0\.0,"万公里"`: "32000", `=0.8~0.0"万公里"`: "8000", `=36200~#,##0"km"`: "36200",
		`=36200~#,##0`: "36200", `=36200~0" 公里"`: "36200", `=11299.999999999998`: "11300", `=3.6199999999999997~0.00"万公里"`: "36200", `=36~0"千公里"`: "36000", `=36200~0,"千公里"`: "36200", `=36200~0.00E+00`: "36200",
		`=36200~_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `: "36200", `=0~_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `: "0", `=4~[$-804]0.0"万公里"`: "40000", `=4~[>=1]0"万公里";0"公里"`: "40000", `3.62~~@"万公里"`: "36200",
		`=36200~0"英里"`: "!mileage_km", `=36200~0"米"`: "!mileage_km", `=36200~0"元"`: "!mileage_km", `=36200~0,`: "!mileage_km", `=0.5~0%`: "!mileage_km", `=36200.4`: "!mileage_km", `=-3`: "!mileage_km", `=36200~0"h"`: "!mileage_km",
	} {
		t.Run(cell, func(t *testing.T) {
			t.Parallel()
			c := fleetCase{want: []string{"2 " + vinA + " " + want}}
			c.check(t, sheetOf(t, "vin|行驶里程\n"+vinA+"|"+cell))
		})
	}
	checkSheets(t, map[string]fleetCase{
		"header in 万":          {file: "vin|行驶里程(万公里)\n" + vinA + "|=3.62\n" + vinB + "|=4\n" + vinC + "|=36200~0\"公里\"", want: []string{"2 " + vinA + " 36200", "3 " + vinB + " 40000", "4 " + vinC + " 36200"}},
		"mixed without a unit": {file: "vin|里程\n" + vinA + "|=3.6\n" + vinB + "|=4", want: []string{"2 " + vinA + " !mileage_km", "3 " + vinB + " !mileage_km"}, said: "says no unit"},
		"a format beside 50":   {file: "vin|里程\n" + vinA + "|=3.6~0.0\"万公里\"\n" + vinB + "|=50\n" + vinC + "|=0.8~0.0\"万\"", want: []string{"2 " + vinA + " 36000", "3 " + vinB + " 50", "4 " + vinC + " 8000"}, said: "-"},
		"a text's format":      {file: "vin|里程\n" + vinA + "|3.6~~@\"万公里\"\n" + vinB + "|=50", want: []string{"2 " + vinA + " 36000", "3 " + vinB + " 50"}, said: "-"},
		"miles beside 50":      {file: "vin|里程\n" + vinA + "|=3.6~0.0\"英里\"\n" + vinB + "|=50", want: []string{"2 " + vinA + " !mileage_km", "3 " + vinB + " 50"}, said: "-"},
		"a decimal format":     {file: "vin|里程\n" + vinA + "|=50\n" + vinB + "|=3.6~0.0", want: []string{"2 " + vinA + " !mileage_km", "3 " + vinB + " !mileage_km"}, said: "says no unit"},
		"noise beside 50":      {file: "vin|里程\n" + vinA + "|=50\n" + vinB + "|=49.999999999999993", want: []string{"2 " + vinA + " 50", "3 " + vinB + " 50"}, said: "-"},
		"formats beside 4":     {file: "vin|里程\n" + vinA + "|=3.6~0.0\"万\"\n" + vinB + "|=4~0.0\"万\"", want: []string{"2 " + vinA + " 36000", "3 " + vinB + " 40000"}, said: "-"},
	})
}

func TestMergedCells(t *testing.T) {
	t.Parallel()
	const head = "部门|车架号|车牌号|车身颜色\n"
	checkSheets(t, map[string]fleetCase{
		"colour": {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "|沪A12346\n|" + vinC + "|沪A12347\n二部|" + vinA + "|沪A12348|白色\nmerge A2:A4 D2:D4",
			want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinB + " 沪A12346 8", "4 " + vinC + " 沪A12347 8", "5 " + vinA + " 沪A12348 1"}, said: "cells that are merged over rows give their value to each row under them; so filled: 2"},
		"behind the merge":          {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "|沪A12346\n|" + vinC + "|沪A12347\nmerge D2:D3", want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinB + " 沪A12346 8", "4 " + vinC + " 沪A12347"}},
		"not merged":                {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "|沪A12346", want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinB + " 沪A12346"}, said: "-"},
		"an empty merge":            {file: head + "一部|" + vinA + "|沪A12345\n|" + vinB + "|沪A12346\nmerge D2:D3", want: []string{"2 " + vinA + " 沪A12345", "3 " + vinB + " 沪A12346"}, said: "-"},
		"one VIN for two":           {file: head + "一部|" + vinA + "|沪A12345|黑色\n||沪A12346|白色\nmerge B2:B3", want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinA + " 沪A12346 1 !vin"}},
		"one plate for two":         {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "||白色\nmerge C2:C3", want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinB + " 沪A12345 1 !plate"}},
		"several columns":           {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "\nmerge C2:D3", want: []string{"2 " + vinA + " 沪A12345 !color", "3 " + vinB + " 沪A12345 !plate !color"}, said: "-"},
		"across, one row":           {file: head + "一部|" + vinA + "|沪A12345\nmerge C2:D2", want: []string{"2 " + vinA + " 沪A12345 !color"}},
		"across, plate first":       {file: "车牌号|车架号|车身颜色\n沪A12345||黑色\nmerge A2:B2", want: []string{"2 沪A12345 8 !vin"}, said: "-"},
		"across, two rows":          {file: "车牌号|车架号|车身颜色\n沪A12345||黑色\n||白色\nmerge A2:B3", want: []string{"2 沪A12345 8 !vin", "3 沪A12345 1 !vin !plate"}, said: "-"},
		"across, another column":    {file: "部门|车架号|车牌号\n一部||沪A12345\nmerge A2:B2", want: []string{"2 沪A12345 !vin"}, said: "-"},
		"across, nothing in it":     {file: "部门|车架号|车牌号\n||沪A12345\nmerge A2:B2", want: []string{"2 沪A12345"}, said: "-"},
		"across, the same in both":  {file: "备注|车身颜色|车架号|车牌号\n黑色|黑色|" + vinA + "|沪A12345\nmerge A2:B2", want: []string{"2 " + vinA + " 沪A12345 8"}, said: "-"},
		"across, the VIN in both":   {file: "车身颜色|车架号|车牌号\n" + vinA + "|" + vinA + "|沪A12345\nmerge A2:B2", want: []string{"2 " + vinA + " 沪A12345 !color"}, said: "-"},
		"across, hidden":            {file: "车牌号|车架号\n沪A12345|" + vinA + "\nmerge A2:B2", want: []string{"2 " + vinA + " 沪A12345 !vin"}, said: "-"},
		"hidden under":              {file: head + "一部|" + vinA + "|沪A12345|黑色\n|" + vinB + "|沪A12346|白色\n|" + vinC + "|沪A12347|黑色\nmerge D2:D4", want: []string{"2 " + vinA + " 沪A12345 8", "3 " + vinB + " 沪A12346 !color", "4 " + vinC + " 沪A12347 8"}},
		"month and city":            {file: "车架号|上牌日期|行驶里程\n" + vinA + "|=44562~yyyy-mm|=36200\n" + vinB + "||=40200\nmerge B2:B3", want: []string{"2 " + vinA + " 2022-01 36200", "3 " + vinB + " 2022-01 40200"}},
		"count in the VIN's column": {file: "序号|车架号|车牌号\n=1|" + vinA + "|沪A12345\n合计|<c><f>COUNTA(B2:B2)</f><v>1</v></c>\n|=1", want: []string{"2 " + vinA + " 沪A12345", "4 1 !vin"}, said: `row 3 (a sum`},
		"heading across":            {file: "车架号|车牌号|车身颜色\n轿车\n" + vinA + "|沪A12345|黑色\n货车\n" + vinB + "|沪A12346|白色\nmerge A2:C2 A4:C4", want: []string{"3 " + vinA + " 沪A12345 8", "5 " + vinB + " 沪A12346 1"}, said: `row 2 (a heading, "轿车"), row 4 (a heading`},
		"two header rows":           {file: "2026年清单\n序号|车架号|车牌号|评估信息|||备注\n|||上牌日期|行驶里程|车身颜色\n=1|" + vinA + "|沪A12345|2021-05|36200|黑色\nmerge A1:G1 D2:F2 A2:A3 B2:B3 C2:C3 G2:G3", want: []string{"4 " + vinA + " 沪A12345 2021-05 36200 8"}, said: `row 1 ("2026年清单")|rows 2 to 3 are read as one header`},
		"sums and signatures":       {file: "序号|车架号|车牌号|行驶里程\n=1|" + vinA + "|沪A12345|=36200\n合计|2辆||=76400\n制表人：张三|||2026-11-29\n说明：本表车辆均为公司自有", want: []string{"2 " + vinA + " 沪A12345 36200"}, said: `3 rows are skipped, which name no vehicle: row 3 (a sum, "合计"), row 4 (a signature, "制表人：张三"), row 5 (a note, "说明`},
		"unknown VINs":              {file: "代码|车牌号\n" + vinA + "|沪A12345", err: `the column "代码" holds what looks like VINs`},
	})
}

// Rows read and rows skipped are all rows with text.
func TestNoRowVanishes(t *testing.T) {
	t.Parallel()
	text := "清单\n\nvin,plate,备注\n" + vinA + ",沪A12345,\n\n合计,1,\n,,\nvin,plate,备注\n" + vinB + ",沪A12346,x\n,,y\n说明：z\n"
	c, err := OpenCSV(strings.NewReader(text), "fleet.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(0)
	for ; ; rows++ {
		if _, err := c.Next(); err != nil {
			break
		}
	}
	if info := c.Info(); rows != 3 || info.Skipped != 3 {
		t.Errorf("%d rows, %d skipped: %q", rows, info.Skipped, info.Notes)
	}
}

// The unit of the distances may stand in a title, a note or a column of its own. It is not guessed at: 12 may be 12 km.
func TestUnitsBesideTheColumn(t *testing.T) {
	t.Parallel()
	row := vinA + ",12\n"
	checkFleets(t, map[string]fleetCase{
		"in the title":          {file: "车辆盘点表（单位：万公里）\n车架号,行驶里程\n" + row, err: `"车辆盘点表（单位：万公里）" speaks of 万公里, and the column "行驶里程" says no unit`},
		"in a later cell":       {file: "编制单位：运输公司,单位：里程（万公里）\n车架号,行驶里程\n" + row, err: `speaks of 万公里`},
		"in English":            {file: "\"Mileage in 10,000 km\",\nvin,mileage\n" + row, err: `says no unit`},
		"in two fields":         {file: "Mileage in 10,000 km\nvin,mileage\n" + row, err: `says no unit`},
		"in miles":              {file: "Odometer readings in miles,\nvin,mileage\n" + row, err: `speaks of miles`},
		"below the list":        {file: "车架号,行驶里程\n" + row + "注：里程单位为万公里,\n", err: `speaks of 万公里`},
		"in a column":           {file: "车架号,行驶里程,单位\n" + vinA + ",12,万公里\n", err: `"万公里" speaks of 万公里`},
		"in a column, miles":    {file: "车架号,行驶里程,里程单位\n" + vinA + ",36200,英里\n", err: `speaks of 英里`},
		"in a column, below":    {file: "车架号,行驶里程,单位\n" + strings.Repeat(vinB+",36200,公里\n", 120) + vinA + ",12,万公里\n", want: append(slices.Repeat([]string{"# " + vinB + " 36200"}, 120), "122 "+vinA+" !mileage_km")},
		"in a column, nameless": {file: "车架号,行驶里程,\n" + strings.Repeat(vinB+",36200,km\n", 120) + vinA + ",12000,英里\n", want: append(slices.Repeat([]string{"# " + vinB + " 36200"}, 120), "122 "+vinA+" !mileage_km")},
		"in a column, its own":  {file: "车架号,行驶里程(万公里),单位\n" + vinB + ",3.62,万公里\n" + vinA + ",36200,公里\n", want: []string{"2 " + vinB + " 36200", "3 " + vinA + " !mileage_km"}},
		"a column of firms":     {file: "车架号,行驶里程,单位\n" + vinA + ",36200,万公里租车公司\n" + vinB + ",36200,km\n", want: []string{"2 " + vinA + " 36200", "3 " + vinB + " 36200"}},
		"the header says it":    {file: "单位：万公里,\n车架号,行驶里程(万公里)\n" + row, want: []string{"3 " + vinA + " 120000"}},
		"a quantity":            {file: "行驶10万公里以上车辆,\n车架号,行驶里程\n" + vinA + ",120000\n", want: []string{"3 " + vinA + " 120000"}},
		"a quantity in words":   {file: "行驶超两万公里车辆,上万公里\n车架号,行驶里程\n" + vinA + ",120000\n", want: []string{"3 " + vinA + " 120000"}},
		"km":                    {file: "单位：公里,\n车架号,行驶里程\n" + vinA + ",120000\n", want: []string{"3 " + vinA + " 120000"}},
		"there is no distance":  {file: "单位：万公里,\n车架号,车牌号\n" + vinA + ",沪A12345\n", want: []string{"3 " + vinA + " 沪A12345"}},
		"units in words":        {file: "里程以万公里计\n车架号,行驶里程\n" + row, err: `speaks of 万公里`},
		"a phrase ends":         {file: "车辆里程表，万公里\n车架号,行驶里程\n" + row, err: `speaks of 万公里`},
		"in brackets":           {file: "Odometer (Miles),\nvin,mileage\n" + row, err: `speaks of miles`},
		"alone":                 {file: "Fleet,Miles\nvin,mileage\n" + row, err: `speaks of miles`},
		"a unit in English":     {file: "Fleet,Unit: mile\nvin,mileage\n" + row, err: `speaks of mile`},
		"10000 in brackets":     {file: "里程（10000公里）,\n车架号,行驶里程\n" + row, err: `speaks of 10000公里`},
		"a person":              {file: "Miles Wang 的车队,\n车架号,行驶里程\n" + vinA + ",120000\n制表人：Miles,\n", want: []string{"3 " + vinA + " 120000"}},
		"a person in two":       {file: "车队负责人,Miles Wang\n车架号,行驶里程\n" + vinA + ",120000\n", want: []string{"3 " + vinA + " 120000"}},
		"a firm":                {file: "万公里租车公司车辆,每10000公里保养\n车架号,行驶里程\n" + vinA + ",120000\n", want: []string{"3 " + vinA + " 120000"}},
		"a column of remarks":   {file: "车架号,行驶里程,备注\n" + vinA + ",120000,约12万公里\n", want: []string{"2 " + vinA + " 120000"}},
	})
}
