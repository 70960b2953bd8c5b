package sources

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/record"
)

// apartOf reads a file: the line of each vehicle that it sets apart, with the reason, and the notes.
func apartOf(t *testing.T, b []byte) (apart []string, notes string) {
	t.Helper()
	s, err := Open(bytes.NewReader(b), int64(len(b)), "fleet", Options{})
	for err == nil {
		var v record.Vehicle
		if v, err = s.Next(); err != nil {
			break
		}
		for _, p := range v.Problems {
			if why, ok := strings.CutPrefix(p, record.SetApart); ok {
				apart = append(apart, strings.TrimPrefix(told(&v), " ")+": "+why)
			}
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return apart, strings.Join(s.Info().Notes, "\n")
}

// Vehicles that a list says to be scrapped, sold and the like are read, and said.
func TestSetApartByWords(t *testing.T) {
	t.Parallel()
	rows := func(states ...string) string {
		out := ""
		for i, s := range states {
			out += []string{vinA, vinB, vinC}[i%3] + "," + s + "\n"
		}
		return out
	}
	for name, c := range map[string]struct {
		file string
		want string // the lines that are set apart, with the reasons
	}{
		"a state":                  {"vin,车辆状态\n" + rows("在用", "已报废", "已售"), `3 "已报废" stands in its column "车辆状态"|4 "已售" stands in`},
		"not gone":                 {"vin,备注\n" + rows("未报废", "报废年限2031年", "原车牌已注销"), ""},
		"in a remark":              {"vin,备注\n" + rows("2023年5月已报废", "出租", "该车于2024-03-01注销"), `2 "2023年5月已报废" stands|4 "该车于2024-03-01注销" stands`},
		"no name":                  {"vin,plate,\n" + vinA + ",沪A12345,已报废\n" + vinB + ",沪A12346,\n", `2 "已报废" stands in a column without a name`},
		"a flag":                   {"vin,是否报废\n" + rows("否", "是", "√"), `3 "是" stands in its column "是否报废"|4 "√" stands`},
		"a day":                    {"vin,处置日期\n" + rows("", "2024-05-01", "无"), `3 "2024-05-01" stands in its column "处置日期"`},
		"a day that is none":       {"vin,deleted_at\n" + rows("0000-00-00 00:00:00", "2024-05-01 10:00:00", "1970-01-01"), `3 "2024-05-01 10:00:00" stands in its column "deleted_at"`},
		"still in use":             {"vin,是否在用\n" + rows("否", "是", "停用"), `2 "否" stands in its column "是否在用"|4 "停用" stands`},
		"valid":                    {"vin,有效\n" + rows("√", "×", "无效"), `3 "×" stands in its column "有效"|4 "无效" stands`},
		"active":                   {"vin,is_active\n" + rows("false", "true", "N"), `2 "false" stands in its column "is_active"|4 "N" stands`},
		"deleted":                  {"vin,is_deleted\n" + rows("0", "true", "1"), `3 "true" stands in its column "is_deleted"|4 "1" stands`},
		"deleted by 2":             {"vin,del_flag\n" + rows("0", "2", ""), `3 "2" stands in its column "del_flag"`},
		"deleted, in Chinese":      {"vin,删除标志\n" + rows("否", "是", "已删除"), `3 "是" stands in its column "删除标志"|4 "已删除" stands`},
		"in use, by another word":  {"vin,使用性质,启用日期,是否营运\n" + vinA + ",非营运,2020-01-01,否\n" + vinB + ",否,2020,否\n", ""},
		"by which it must be":      {"vin,强制报废期止,报废日期\n" + vinA + ",2031-05-31,2031-05-31\n", ""},
		"in English":               {"vin,Status\n" + rows("active", "Scrapped 2023", "unsold"), `3 "Scrapped 2023" stands`},
		"a word in another column": {"vin,driver\n" + rows("已报废", "x", "y"), ""},
		"beside the VIN":           {"vin\n" + vinA + " 已售\n" + vinB + "(过户)\n~~" + vinC + "~~\n", `2 the VIN was taken from "` + vinA + ` 已售"|4 the VIN was taken from "~~`},
		"headings": {"车牌号,车架号\n在用车辆,\n沪A12345," + vinA + "\n小计,1\n二、已报废车辆,\n沪A12346," + vinB + "\n小计,1\n三、待上牌车辆,\n沪A12347," + vinC + "\n",
			`6 it stands under "二、已报废车辆"`},
		"heading above the header": {"一、已处置车辆\n车牌号,车架号\n沪A12345," + vinA + "\n二、在用车辆,\n沪A12346," + vinB + "\n", `3 it stands under "一、已处置车辆"`},
		"ended by one word":        {"车牌号,车架号\n以下车辆已报废,\n沪A12345," + vinA + "\n在用,\n沪A12346," + vinB + "\n", `3 it stands under "以下车辆已报废"`},
		"ended by a sentence":      {"车牌号,车架号\n以下车辆已报废,\n沪A12345," + vinA + "\n以下车辆在用,\n沪A12346," + vinB + "\n以下车辆已停用\n沪A12347," + vinC + "\n以下车辆均正常使用：\n沪A12348," + vinC + "\n", `3 it stands under "以下车辆已报废"|7 it stands under "以下车辆已停用"`},
		"ended, other column":      {"序号,车牌号,车架号\n以下车辆已报废,,\n1,沪A12345," + vinA + "\n,在用车辆（共1辆）,\n2,沪A12346," + vinB + "\n", `3 it stands under`},
		"ended in English":         {"plate,vin\nScrapped,\n沪A12345," + vinA + "\nIn use,\n沪A12346," + vinB + "\n", `3 it stands under "Scrapped"`},
		"a note is no heading":     {"车牌号,车架号\n沪A12345," + vinA + "\n备注：以上车辆已报废,\n沪A12346," + vinB + "\n", ""},
		"an example":               {"序号,vin,备注\n示例," + vinA + ",\n1," + vinB + ",填写示例，请勿删除\n2," + vinC + ",\n", `2 "示例" stands in its column "序号"|3 "填写示例，请勿删除" stands`},
		"not to be asked about":    {"vin,备注\n" + rows("不查", "暂不查询", "不需要查询", "勿查", "已查过", "该车作废", "删除", "已取消", "退车", "重复"), `2 "不查" stands|3 "暂不查询" stands|4 "不需要查询" stands|5 "勿查" stands|6 "已查过" stands|7 "该车作废" stands|8 "删除" stands|9 "已取消" stands|10 "退车" stands|11 "重复" stands`},
		"to be asked about":        {"vin,备注\n" + rows("查不到", "已查封", "取消抵押", "补录重复抵押", "未查过", "例行保养", "作废旧证一本", "待查"), ""},
		"a flag for it":            {"vin,是否查询\n" + rows("是", "否", "×", "已查询", ""), `3 "否" stands in its column "是否查询"|4 "×" stands|5 "已查询" stands`},
		"beside the VIN, not":      {"vin,里程\n" + vinA + " 不查,1\n", `2 the VIN was taken from "` + vinA + ` 不查"`},
		"a note with a VIN":        {"vin,plate,里程\n" + vinA + ",沪A12345,1\n备注：" + vinA + "已退回,,\n注：车架号" + vinB + "未到店,,\n", `3 the VIN was taken from|4 the VIN was taken from`},
		"a note with a plate":      {"序号,车牌号,车架号\n1,沪A12345," + vinA + "\n,说明：沪A12346待年检,\n注：,沪A12347,\n", `3 the plate was taken from|4 "注：" stands in its column "序号"`},
		"a sentence alone":         {"plate,vin,engine_no,里程\n沪A12345," + vinA + ",E1,1\n沪A12346需更换轮胎,,,\n沪A12347(公司车),,E2,\n", `3 nothing else stands in its row, and the plate was taken from "沪A12346需更换轮胎"`},
		"GB18030, and broken":      {gb18030(t, "车牌号,备注\n沪A12345,已报废\n沪A12346,") + "\xff\xff\n", `2 "已报废" stands`},
		"a long remark":            {"vin,备注\n" + vinA + "," + strings.Repeat("已报废", maxValue) + "\n", ""},
		"corrected failures":       {"run_id,row,dataset,vin,remark\nr,1,violations," + vinA + ",已报废\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apart, notes := apartOf(t, []byte(c.file))
			got := strings.Join(apart, "\n")
			lines := strings.Count(c.want, "|") + 1
			if c.want == "" {
				lines = 0
			}
			if len(apart) != lines || strings.Contains(got, "!") {
				t.Errorf("set apart are\n%s", got)
			}
			for _, part := range strings.Split(c.want, "|") {
				line, why, _ := strings.Cut(part, " ")
				if c.want != "" && (!strings.Contains(got, line+" ") || !strings.Contains(got, why) || !strings.Contains(notes, "line "+line+" (")) {
					t.Errorf("%q is not in\n%s\nnotes %s", part, got, notes)
				}
			}
		})
	}
}

// A row that holds nothing but a state is a vehicle that is not named, and no heading.
func TestStatesAlone(t *testing.T) {
	t.Parallel()
	c := fleetCase{file: "车牌号,车辆状态\n以下车辆已报废,\n沪A12345,\n,在用\n,已报废\n沪A12346,\n", want: []string{"3 沪A12345", "4 !", "5 !", "6 沪A12346"}, said: `4 lines are set apart by the list|line 2 (a heading`}
	c.check(t, []byte(c.file))
}

// gb18030 is a text in that encoding.
func gb18030(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What a sheet hides or strikes through is read, and said; a value of which a part is struck through is refused.
func TestSetApartInSheets(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"车架号", "车牌号", "里程", "状态", "备注"},
			[]any{vinA, "沪A12345", 1000, "在用"}, []any{vinB, "沪A12346", 2000, "在用"}, []any{vinC, "沪A12347", 3000, "已报废"},
			[]any{vinC, "沪A12348", 4000}, []any{vinC, "沪A12349", "", 1e15})
		style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		whole := []excelize.RichTextRun{{Text: "沪A12", Font: &excelize.Font{Strike: true}}, {Text: "348", Font: &excelize.Font{Strike: true}}}
		struck := []excelize.RichTextRun{{Text: "沪A12", Font: &excelize.Font{Strike: true}}, {Text: "349"}}
		part := []excelize.RichTextRun{{Text: "12", Font: &excelize.Font{Strike: true}}, {Text: "3400"}}
		if err := errors.Join(err, f.SetRowVisible("Sheet1", 2, false), f.SetCellStyle("Sheet1", "A3", "E3", style), f.SetCellStyle("Sheet1", "E2", "E6", style),
			f.MergeCell("Sheet1", "D4", "D5"), f.SetCellRichText("Sheet1", "B5", whole), f.SetCellRichText("Sheet1", "C6", part),
			f.SetCellRichText("Sheet1", "B6", struck), f.SetCellStyle("Sheet1", "B6", "B6", style)); err != nil {
			t.Fatal(err)
		}
	})
	apart, notes := apartOf(t, b)
	want := []string{
		"2 " + vinA + ` 沪A12345 1000: it is hidden, by hand or by a filter`,
		"3 " + vinB + ` 沪A12346 2000: A3 is struck through`,
		"4 " + vinC + ` 沪A12347 3000: "已报废" stands in its column "状态"`,
		"5 " + vinC + ` 沪A12348 4000: "已报废" stands in its column "状态", B5 is struck through`,
	}
	if strings.Join(apart, "\n") != strings.Join(want, "\n") || !strings.Contains(notes, "4 rows are set apart by the list, and read all the same: row 2 (it is hidden, by hand or by a filter), row 3 (") {
		t.Errorf("set apart are\n%s\nnotes %s", strings.Join(apart, "\n"), notes)
	}
	all, _ := readAll(t, b, Options{})
	if f := all[4].Faults; len(f) != 2 || f[1].Reason != `C6: a part of "123400" is struck through: leave in the cell what counts` || f[0].Column != record.ColPlate {
		t.Errorf("the last row has %+v", f)
	}
}

// What is struck through in part is no value in a sheet without merged cells either, where plain values are taken at a glance.
func TestStruckInPart(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"车架号", "车牌号", "里程"}, []any{vinA, "沪A12345", 1000}, []any{vinB, "沪A12346", ""})
		part := []excelize.RichTextRun{{Text: "12", Font: &excelize.Font{Strike: true}}, {Text: "3400"}}
		if err := f.SetCellRichText("Sheet1", "C3", part); err != nil {
			t.Fatal(err)
		}
	})
	all, _ := readAll(t, b, Options{})
	if f := all[1].Faults; len(f) != 1 || !strings.HasPrefix(f[0].Reason, `C3: a part of "123400" is struck through`) {
		t.Errorf("the last row has %+v", f)
	}
}

// The name of a sheet says the same, unless it was asked for.
func TestSetApartBySheet(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"车架号"}, []any{vinA})
		if err := f.SetSheetName("Sheet1", "已报废"); err != nil {
			t.Fatal(err)
		}
	})
	if apart, _ := apartOf(t, b); len(apart) != 1 || !strings.Contains(apart[0], `under "已报废"`) {
		t.Errorf("set apart are %q", apart)
	}
	if _, info := readAll(t, b, Options{Sheet: "已报废"}); len(info.Notes) > 0 {
		t.Errorf("said of a sheet that was named: %q", info.Notes)
	}
}

// Parquet has states as well.
func TestSetApartInParquet(t *testing.T) {
	t.Parallel()
	b := columnsOf(t, []string{"status", "plate"}, []string{"在用", "已报废"}, []string{"粤B12345", "粤B12346"})
	if apart, _ := apartOf(t, b); len(apart) != 1 || apart[0] != `2 粤B12346: "已报废" stands in its column "status"` {
		t.Errorf("set apart are %q", apart)
	}
}

// A sheet that shows how to fill in another is read only where no other has vehicles, and they are set apart then.
func TestSheetsOfExamples(t *testing.T) {
	t.Parallel()
	sheets := func(second ...any) []byte {
		return built(t, func(f *excelize.File) {
			setRows(t, f, "Sheet1", []any{"车架号"}, []any{vinA})
			_, err := f.NewSheet("数据")
			if err := errors.Join(err, f.SetSheetName("Sheet1", "填写说明")); err != nil {
				t.Fatal(err)
			}
			setRows(t, f, "数据", []any{"车架号"}, second)
		})
	}
	all, info := readAll(t, sheets(vinB), Options{})
	if len(all) != 1 || all[0].VIN != vinB || info.Sheet != "数据" || !strings.Contains(strings.Join(info.Notes, "\n"), `the sheet "填写说明" has vehicles too and is not read`) {
		t.Errorf("read %v of %s, said %q", all, info.Sheet, info.Notes)
	}
	if apart, _ := apartOf(t, sheets("")); len(apart) != 1 || !strings.Contains(apart[0], `it stands under "填写说明"`) {
		t.Errorf("set apart are %q", apart)
	}
}

// A first sheet without vehicles, and one whose header cannot be read, say what other sheets have.
func TestOtherSheetsAreSaid(t *testing.T) {
	t.Parallel()
	sheets := func(first ...[]any) []byte {
		return built(t, func(f *excelize.File) {
			setRows(t, f, "Sheet1", first...)
			if _, err := f.NewSheet("全部"); err != nil {
				t.Fatal(err)
			}
			setRows(t, f, "全部", []any{"车架号"}, []any{vinA})
		})
	}
	empty := sheets([]any{"车架号"})
	if _, err := Open(bytes.NewReader(empty), int64(len(empty)), "fleet", Options{}); err == nil || !strings.Contains(err.Error(), `has a header but no data rows: add a line for each vehicle; the sheet "全部" has vehicles too and is not read: --sheet "全部"`) {
		t.Errorf("an empty list is %v", err)
	}
	if _, info := readAll(t, sheets([]any{"车架号", "里程(英里)"}, []any{vinB, 5}), Options{}); len(info.Notes) != 1 || !strings.Contains(info.Notes[0], `sheet "Sheet1": the column "里程(英里)" is in miles (英里), and the sheet is not read: convert it`) {
		t.Errorf("of a list in miles is said %q", info.Notes)
	}
	if _, info := readAll(t, sheets([]any{"颜色", "里程"}, []any{"白", 5}), Options{}); len(info.Notes) > 0 {
		t.Errorf("of a sheet without vehicles is said %q", info.Notes)
	}
}

// Sums and notes under a table go into Parquet with it; they are skipped there as elsewhere.
func TestRowsSetAsideInParquet(t *testing.T) {
	t.Parallel()
	b := columnsOf(t, []string{"车牌号", "vin", "里程"}, []string{"粤B12345", "合计", "备注：以上车辆", "粤B12", "粤B12346"}, []string{vinA, "", "", "", vinB}, []string{"5000", "9000", "", "", "4000"})
	c := fleetCase{want: []string{"1 " + vinA + " 粤B12345 5000", "4 粤B12 !plate", "5 " + vinB + " 粤B12346 4000"}, said: `2 rows are skipped, which name no vehicle: row 2 (a sum, "合计"), row 3 (a note`}
	c.check(t, b)
	b = columnsOf(t, []string{"车牌号", "vin"}, []string{"合计"}, []string{""})
	if _, _, err := readTold(b, "fleet"); err == nil || !strings.Contains(err.Error(), "has a header but no data rows") {
		t.Errorf("a file of a sum alone is %v", err)
	}
}
