package sources

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// commented is a sheet with comments: "B2 text" each.
func commented(t *testing.T, rows [][]any, comments ...string) []byte {
	t.Helper()
	return built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", rows...)
		for _, c := range comments {
			cell, text, _ := strings.Cut(c, " ")
			if err := f.AddComment("Sheet1", excelize.Comment{Cell: cell, Author: "张三", Paragraph: []excelize.RichTextRun{{Text: "张三:\n"}, {Text: text}}}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// withThreads puts remarks of threads beside the comments of a workbook: "B2 text" each.
func withThreads(t *testing.T, book []byte, threads ...string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r)
		if strings.HasSuffix(f.Name, "sheet1.xml.rels") {
			text = bytes.Replace(text, []byte("</Relationships>"), []byte(`<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>`), 1)
		}
		w, _ := out.Create(f.Name)
		_, _ = w.Write(text)
	}
	w, _ := out.Create("xl/threadedComments/threadedComment1.xml")
	_, _ = io.WriteString(w, `<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">`)
	for i, c := range threads {
		cell, text, _ := strings.Cut(c, " ")
		_, _ = fmt.Fprintf(w, `<threadedComment ref="%s" id="{%d}"><text>%s</text></threadedComment>`, cell, i, text)
	}
	_, _ = io.WriteString(w, `</ThreadedComments>`)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asOlder is what Excel writes for programs that know no threads.
const asOlder = "[线程批注]\n\n你的Excel版本可读取此线程批注; 了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924\n\n注释:\n    "

// Comments of a sheet are said, and remarks on their vehicles; one that says that a vehicle is gone sets it apart.
func TestCommentsOfASheet(t *testing.T) {
	t.Parallel()
	rows := [][]any{{"车架号", "车牌号", "备注", "行驶里程"}, {vinA, "沪A12345", "x", 36200}, {vinB, "沪A12346", "", 36200}, {vinC, "沪A12347", "", 36200}}
	plain := commented(t, rows, "A1 填17位", "C2 此车已报废", "B3 车主电话已换")
	apart, notes := apartOf(t, plain)
	if len(apart) != 1 || !strings.HasPrefix(apart[0], "2 "+vinA) || !strings.HasSuffix(apart[0], `36200: the comment on C2 says "张三:\n此车已报废"`) {
		t.Errorf("set apart are %q", apart)
	}
	if want := `3 cells have comments, which are no values: A1 ("张三: 填17位"), C2 ("张三: 此车已报废"), B3 ("张三: 车主电话已换")`; !strings.Contains(notes, want) {
		t.Errorf("said %s, want %s", notes, want)
	}
	all, _ := readAll(t, plain, Options{})
	if p := strings.Join(all[1].Problems, "|"); !strings.Contains(p, `a comment stands on the cell B3 ("张三: 车主电话已换")`) || len(all[2].Problems) > 1 {
		t.Errorf("remarks are %q and %q", p, all[2].Problems)
	}

	threads := withThreads(t, commented(t, rows, "A3 "+asOlder+"看这里", "A4 "+asOlder+"此车已过户"), "A3 看这里", "A3 已卖掉了，"+strings.Repeat("很长的说明", 20)+"。去年出售。")
	apart, notes = apartOf(t, threads)
	if len(apart) != 2 || !strings.HasPrefix(apart[0], "3 "+vinB) || !strings.HasSuffix(apart[1], `the comment on A4 says "此车已过户"`) || strings.Count(notes, "Excel") > 0 {
		t.Errorf("set apart are %q, said %s", apart, notes)
	}

	many := []string{}
	for i := range 12 {
		many = append(many, fmt.Sprintf("F%d 未报废", i+1))
	}
	if apart, notes = apartOf(t, commented(t, rows, many...)); len(apart) > 0 || !strings.Contains(notes, "12 cells have comments") || !strings.Contains(notes, `F10 ("张三: 未报废"), and 2 more`) {
		t.Errorf("set apart are %q, said %s", apart, notes)
	}
}

// A unit may stand in a comment: of the header, or of one cell.
func TestUnitsInComments(t *testing.T) {
	t.Parallel()
	rows := func(name string) [][]any { return [][]any{{"清单"}, {"车架号", name}, {vinA, 12}, {vinB, 36200}} }
	read := []string{"3 " + vinA + " 12", "4 " + vinB + " 36200"}
	for name, c := range map[string]struct {
		column, comment string
		fleetCase
	}{
		"of the header":      {"行驶里程", "B2 单位：万公里", fleetCase{err: `in the comment on B2, "张三:\n单位：万公里" speaks of 万公里, and the column "行驶里程" says no unit: name the column`}},
		"of the title":       {"行驶里程", "A1 里程（英里）", fleetCase{err: "in the comment on A1, |speaks of 英里"}},
		"the header says it": {"行驶里程(公里)", "B2 单位：万公里", fleetCase{want: read}},
		"km":                 {"行驶里程", "B2 单位：公里", fleetCase{want: read}},
		"of a cell":          {"行驶里程", "B3 单位：万公里", fleetCase{want: []string{"3 " + vinA + " !mileage_km", read[1]}}},
		"of a row":           {"行驶里程(公里)", "A3 里程单位为万公里", fleetCase{want: []string{"3 " + vinA + " !mileage_km", read[1]}}},
		"as the header says": {"行驶里程(万公里)", "B3 单位：万公里", fleetCase{want: []string{"3 " + vinA + " 120000", "4 " + vinB + " !mileage_km"}}},
		"a quantity":         {"行驶里程", "B4 约3.6万公里", fleetCase{want: read}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t, commented(t, rows(c.column), c.comment))
		})
	}
}

// A part with comments that is cut off is said.
func TestCommentsThatAreDamaged(t *testing.T) {
	t.Parallel()
	b := withThreads(t, commented(t, [][]any{{"车架号"}, {vinA}}, "A2 x"), "A2 <b>x")
	if _, _, err := readTold(b, "fleet.xlsx"); err == nil || !strings.Contains(err.Error(), "fleet.xlsx: the comments of the sheet cannot be read") {
		t.Error(err)
	}
}
