package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// orderAndAmount knows the columns that these tests look for.
func orderAndAmount(cells []string) (known int, whole bool) {
	for _, c := range cells {
		if c == "order" || c == "amount" {
			known++
		}
	}
	return known, known == 2
}

// tableOf is all that a table holds, a record a line.
func tableOf(t *testing.T, data []byte, sheet string) (string, *Table, error) {
	t.Helper()
	table, err := OpenTable(bytes.NewReader(data), "bill", sheet, orderAndAmount)
	if err != nil {
		return "", nil, err
	}
	text := fmt.Sprintf("%d above, %d %s\n", len(table.Above), table.HeaderLine, strings.Join(table.Headers, "|"))
	for {
		r, err := table.Next()
		if errors.Is(err, io.EOF) {
			return text, table, nil
		}
		if err != nil {
			return text, table, err
		}
		text += fmt.Sprintf("%d %s", r.Line, strings.Join(r.Cells, "|"))
		if r.Wrong != "" {
			text += " !"
		}
		text += "\n"
	}
}

func TestTableOfText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"the header first", "order,amount\nA,1\n", "0 above, 1 order|amount\n2 A|1\n"},
		{"text above, with another delimiter", "a, b, c, d\nkey;value\norder;amount\nA;1\n", "2 above, 3 order|amount\n4 A|1\n"},
		{"blank lines", "\n\n\"title\"\n\norder,amount\n\nA,1\n,\n", "1 above, 5 order|amount\n7 A|1\n"},
		{"pipes", "order|amount\nA|1,5\n", "0 above, 1 order|amount\n2 A|1,5\n"},
		{"an open quote", "order,amount,note\nA,\"1,x\nB,2,y\n", "0 above, 1 order|amount|note\n2 A|1|x !\n3 B|2|y\n"},
		{"an open quote that a later one closes", "order,amount,note\nA,\"1,x\nB,\"2\",y\nC,\"3\",z\n", "0 above, 1 order|amount|note\n2 A|1|x !\n3 B|2|y\n4 C|3|z\n"},
		{"an open quote in the last line", "order,amount,note\nA,1,x\nB,2,\"y", "0 above, 1 order|amount|note\n2 A|1|x\n3 B|2|y !\n"},
		{"a line end in a value", "order,amount,note\nA,1,\"x\ny\"\nB,2,z\n", "0 above, 1 order|amount|note\n2 A|1|x\ny\n4 B|2|z\n"},
		{"lone CR", "order,amount,note\rA,\"1,x\rB,2,y\r", "0 above, 1 order|amount|note\n2 A|1|x !\n3 B|2|y\n"},
		{"marks around numbers", "order,amount\n`A\t,\"=\"\"1\"\"\"\n\t'B,“2”\n\"'C'\", 3 \n", "0 above, 1 order|amount\n2 A|1\n3 B|2\n4 C|3\n"},
		{"what stands for nothing stays", "order,amount\n/,--\n", "0 above, 1 order|amount\n2 /|--\n"},
		{"a title in brackets", "[账单]\norder,amount\nA,1\n", "1 above, 2 order|amount\n3 A|1\n"},
		{"no header: the widest record", "title\na,b,c\n1,2,3\n", "1 above, 2 a|b|c\n3 1|2|3\n"},
		{"bytes of another encoding", "order,amount\n订单,1\n\xff\xfe,2\n", "0 above, 1 order|amount\n2 订单|1\n3 \xff\xfe|2 !\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := tableOf(t, []byte(c.text), "")
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("read\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestTableOfASheet(t *testing.T) {
	t.Parallel()
	book := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"说明"}, []any{"本账单仅供参考"})
		setRows(t, f, "明细", []any{"账单"}, []any{"order", "amount", "time", "day"},
			[]any{"0012", 16.999999999999996, time.Date(2026, 11, 29, 20, 4, 49, 0, time.UTC), time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)},
			[]any{20261129200449123, -17, 0.8366782407}, []any{123456789012345, 1234.5})
		setRows(t, f, "退款", []any{"order", "amount"}, []any{"B", 2})
		setRows(t, f, "旧", []any{"order", "amount"}, []any{"C", 3})
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		clock, err := f.NewStyle(&excelize.Style{NumFmt: 21})
		if err != nil {
			t.Fatal(err)
		}
		for cell, style := range map[string]int{"D3": day, "C4": clock} {
			if err := f.SetCellStyle("明细", cell, cell, style); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetSheetVisible("旧", false); err != nil {
			t.Fatal(err)
		}
	})
	for _, c := range []struct{ sheet, want, notes string }{
		{"", "1 above, 2 order|amount|time|day\n3 0012|17|2026-11-29 20:04:49|2026-11-29\n4 2.0261129200449124E+16|-17|20:04:49|\n5 123456789012345|1234.5||\n",
			`the sheet "明细" is read; the sheet "退款" has such lines too and is not read: --sheet "退款" reads it instead; the hidden sheet "旧" has such lines too and is not read: --sheet "旧" reads it instead`},
		{"退款", "0 above, 1 order|amount\n2 B|2\n", `the sheet "退款" is read`},
		{" 旧 ", "0 above, 1 order|amount\n2 C|3\n", `the sheet "旧" is read`},
	} {
		got, table, err := tableOf(t, book, c.sheet)
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(table.Notes, "; "); got != c.want || notes != c.notes {
			t.Errorf("sheet %q is read as\n%s%s\nwant\n%s%s", c.sheet, got, notes, c.want, c.notes)
		}
	}
	if _, _, err := tableOf(t, book, "明"); err == nil || !strings.Contains(err.Error(), `no sheet "明" with a text in it: it has "Sheet1", "明细", "退款", "旧"`) {
		t.Errorf("another sheet: %v", err)
	}
}

func TestTablesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, sheet, want string }{
		{"", "", "the file is empty"},
		{"\ufeff \n\n", "", "the file is empty"},
		{"order,amount\n", "明细", "only an Excel workbook has sheets"},
		{`{"order": 1}`, "", "this is JSON"},
		{`[{"order": 1}]`, "", "this is JSON"},
		{"%PDF-1.7", "", "this is a PDF document"},
		{"\xD0\xCF\x11\xE0 and so on", "", "an old Excel workbook (xls)"},
		{"PK\x03\x04 and so on", "", "the workbook cannot be opened"},
	} {
		var input *InputError
		if _, _, err := tableOf(t, []byte(c.text), c.sheet); !errors.As(err, &input) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// Whatever the bytes, a table ends, its lines go forward, and nothing is read twice.
func FuzzTable(f *testing.F) {
	f.Add([]byte("title\norder,amount,x\nA,\"1,x\nB,\"2\",y\r\rC,3\n"))
	f.Add([]byte("\xff\xfeo\x00r\x00d\x00e\x00r\x00"))
	f.Add([]byte("order|amount\n\xb6\xa9|1\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte(magicZip)) {
			t.Skip("workbooks have a fuzz test of their own")
		}
		table, err := OpenTable(bytes.NewReader(data), "bill", "", orderAndAmount)
		if err != nil {
			return
		}
		last := table.HeaderLine
		for {
			r, err := table.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			if r.Line <= last {
				t.Fatalf("line %d after line %d", r.Line, last)
			}
			last = r.Line
		}
	})
}

func TestVehicleInAText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, vin, plate string }{
		{"维保记录查询 LVGBU44K1M5106382", "LVGBU44K1M5106382", ""},
		{"退款-维保记录查询LVGBU44K1M5106382（2次）", "LVGBU44K1M5106382", ""},
		{"vin=lvgbu44k1m5106382;plate=粤B8J7L1", "LVGBU44K1M5106382", ""},
		{"LVGBU44K1M5106382 LVGBU44K1M5106382", "LVGBU44K1M5106382", ""},
		{"维保 LVGBU44K1M5106382 LSVAL41Z882104202", "", ""},
		{"违章查询 粤B·8J7L1", "", "粤B8J7L1"}, {"违章查询：京AD12345。", "", "京AD12345"},
		{"违章 粤B8J7L1、粤B8J7L2", "", ""},
		{"订单 20261130220014000 已付", "", ""}, {"4978e04a42abced8b78e6334d630c71a", "", ""}, {"ORDER123456789012", "", ""},
		{"单号 A8K3M5N7P2R4S6T81", "", ""}, // of no vehicle of China, and its check digit is wrong
		{"LSV***********202", "", ""}, {"", "", ""},
	} {
		if vin, plate := VehicleIn(c.text); vin != c.vin || plate != c.plate {
			t.Errorf("%q names %q and %q, want %q and %q", c.text, vin, plate, c.vin, c.plate)
		}
	}
}
