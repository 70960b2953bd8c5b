package sources_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

const goodVIN = "LSVAL41Z882104202"

// readAll reads every vehicle; the error is what ended the reading, nil for io.EOF.
func readAll(c *sources.CSV) ([]record.Vehicle, error) {
	var all []record.Vehicle
	for {
		v, err := c.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
}

func mustRead(t *testing.T, text string) ([]record.Vehicle, sources.Info) {
	t.Helper()
	c, err := sources.OpenCSV(strings.NewReader(text), "fleet.csv")
	if err != nil {
		t.Fatalf("OpenCSV: %v", err)
	}
	all, err := readAll(c)
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	return all, c.Info()
}

func gb18030(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16(t *testing.T, s string, order unicode.Endianness) string {
	t.Helper()
	out, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same two vehicles, however they are written down.
func TestEveryDialectGivesTheSameVehicles(t *testing.T) {
	t.Parallel()
	const plain = "车架号,车牌号,备注,发动机号\n" + goodVIN + ",豫B12345,\"含,逗号\",AB123\n" + "LNBSCC3H8GF308384,鲁BD12345,无,\"\"\n"
	semicolons := strings.NewReplacer(`"含,逗号"`, "含，逗号", ",", ";").Replace(plain)
	tabs := strings.NewReplacer(`"含,逗号"`, "含，逗号", ",", "\t").Replace(plain)
	crlf := strings.ReplaceAll(plain, "\n", "\r\n")
	for name, tc := range map[string]struct {
		text, encoding string
		delimiter      rune
	}{
		"plain":             {plain, "UTF-8", ','},
		"BOM":               {"\uFEFF" + plain, "UTF-8 with BOM", ','},
		"no last line end":  {strings.TrimSuffix(plain, "\n"), "UTF-8", ','},
		"CRLF":              {crlf, "UTF-8", ','},
		"lone CR":           {strings.ReplaceAll(plain, "\n", "\r"), "UTF-8", ','},
		"semicolon":         {semicolons, "UTF-8", ';'},
		"tab":               {tabs, "UTF-8", '\t'},
		"bar":               {strings.ReplaceAll(semicolons, ";", "|"), "UTF-8", '|'},
		"sep=|":             {"sep=|\r\n" + strings.ReplaceAll(semicolons, ";", "|"), "UTF-8", '|'},
		"Ctrl-Z":            {plain + "\x1a", "UTF-8", ','},
		"sep=":              {"sep=;\r\n" + semicolons, "UTF-8", ';'},
		"quoted SEP=":       {"\uFEFF\"SEP=;\"\n" + semicolons, "UTF-8 with BOM", ';'},
		"GB18030":           {gb18030(t, crlf), "GB18030", ','},
		"GB18030 tab":       {gb18030(t, tabs), "GB18030", '\t'},
		"GB18030 semicolon": {gb18030(t, semicolons), "GB18030", ';'},
		"UTF-16LE":          {utf16(t, tabs, unicode.LittleEndian), "UTF-16LE", '\t'},
		"UTF-16BE":          {utf16(t, crlf, unicode.BigEndian), "UTF-16BE", ','},
		"blank lines":       {strings.ReplaceAll(plain, "\n", "\n\n  \n"), "UTF-8", ','},
		"blank records":     {plain + ",,,\n,,,\n", "UTF-8", ','},
		"blank first lines": {"\n\r\n" + plain, "UTF-8", ','},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, info := mustRead(t, tc.text)
			if info.Encoding != tc.encoding || info.Delimiter != tc.delimiter {
				t.Errorf("detected %s and %q, want %s and %q", info.Encoding, info.Delimiter, tc.encoding, tc.delimiter)
			}
			if len(got) != 2 {
				t.Fatalf("%d vehicles: %+v", len(got), got)
			}
			checkVehicle(t, got[0], 1, goodVIN, "豫B12345", "02", "AB123")
			checkVehicle(t, got[1], 2, "LNBSCC3H8GF308384", "鲁BD12345", "52", "")
			if want := []string{"备注"}; !slices.Equal(info.Ignored, want) {
				t.Errorf("ignored %q, want %q", info.Ignored, want)
			}
		})
	}
}

func checkVehicle(t *testing.T, v record.Vehicle, row int64, vin, plate, plateType, engineNo string) {
	t.Helper()
	if v.Row != row || v.VIN != vin || v.Plate != plate || v.PlateType != plateType || v.EngineNo != engineNo || len(v.Faults) > 0 {
		t.Errorf("row %d: got %+v", row, v)
	}
}

func TestLinesArePhysical(t *testing.T) {
	t.Parallel()
	const text = "sep=,\r\nplate,note\r\n\r\n粤B00001,\"a\r\nb\nc\rd\"\r\n\r\n粤B00002,x\r粤B00003,y\n\n粤B00004,z"
	got, _ := mustRead(t, text)
	var lines, rows []int64
	for _, v := range got {
		lines, rows = append(lines, v.Line), append(rows, v.Row)
	}
	if want := []int64{4, 9, 10, 12}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v", lines, want)
	}
	if want := []int64{1, 2, 3, 4}; !slices.Equal(rows, want) {
		t.Errorf("rows %v, want %v", rows, want)
	}
}

// The head is ASCII; the first other byte, far behind it, decides.
func TestEncodingIsDecidedLate(t *testing.T) {
	t.Parallel()
	head := "vin,plate\n" + strings.Repeat(goodVIN+",\n", 5000)
	for name, tail := range map[string]string{"UTF-8": "LNBSCC3H8GF308384,粤B12345\n", "GB18030": gb18030(t, "LNBSCC3H8GF308384,粤B12345\n")} {
		c, err := sources.OpenCSV(strings.NewReader(head+tail), "fleet.csv")
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Info().Encoding; got != "ASCII" {
			t.Errorf("at first %s, want ASCII", got)
		}
		all, err := readAll(c)
		if err != nil || len(all) != 5001 {
			t.Fatalf("%d vehicles, %v", len(all), err)
		}
		checkVehicle(t, all[5000], 5001, "LNBSCC3H8GF308384", "粤B12345", "02", "")
		if got := c.Info().Encoding; got != name {
			t.Errorf("at last %s, want %s", got, name)
		}
	}
}

// The head is cut in the middle of a character, at any of its bytes.
func TestHeadMayEndInsideACharacter(t *testing.T) {
	t.Parallel()
	for shift := range 4 {
		text := "车牌号," + strings.Repeat("x", shift) + "\n" + strings.Repeat("粤B12345,字字字字\n", 6000)
		for _, enc := range []string{"UTF-8", "GB18030"} {
			in := text
			if enc == "GB18030" {
				in = gb18030(t, text)
			}
			got, info := mustRead(t, in)
			if len(got) != 6000 || info.Encoding != enc || len(got[5999].Faults) > 0 {
				t.Errorf("%s shifted by %d: %d vehicles, %s, %v", enc, shift, len(got), info.Encoding, got[len(got)-1].Faults)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for column, headers := range map[string][]string{
		record.ColVIN:             {"vin", "VIN", " Vin ", "车架号", "VIN码", "车架号(VIN)", "车架号（VIN）", "车辆识别代号", "车辆识别码", "frame_number", "Frame Number", "ＶＩＮ", "车 架 号", "*车架号", "车架号\n(VIN)"},
		record.ColPlate:           {"plate", "车牌号", "车牌", "车牌号码", "号牌号码", "car_no", "license_plate", "License Plate"},
		record.ColEngineNo:        {"engine_no", "发动机号", "发动机号码", "发动机编号", "engine_number"},
		record.ColPlateType:       {"plate_type", "号牌种类", "car_type"},
		record.ColLicenseImageURL: {"license_image_url", "行驶证图片地址"},
		record.ColModelID:         {"model_id", "车型ID", "车型id", "car_type_id"},
		record.ColCityID:          {"city_id", "城市ID", "car_city_id"},
		record.ColFirstRegistered: {"first_registered", "上牌时间", "上牌日期", "初次登记日期"},
		record.ColMileageKM:       {"mileage_km", "行驶里程(公里)", "行驶里程（公里）", "公里数", "表显里程"},
		record.ColTransfers:       {"transfers", "过户次数"},
		record.ColColor:           {"color", "车身颜色"},
		record.ColAccident:        {"accident", "事故情况"},
		record.ColAppearance:      {"appearance", "外观"},
		record.ColInterior:        {"interior", "内饰"},
		record.ColElectrical:      {"electrical", "电气"},
		record.ColEngine:          {"engine", "发动机工况"},
	} {
		for _, h := range headers {
			other, value := "vin", goodVIN
			if column == record.ColVIN {
				other, value = "plate", "粤B12345"
			}
			_, info := mustRead(t, other+",\""+h+"\",other\n"+value+",,\n")
			if len(info.Columns) != 2 || info.Columns[1].Name != column || info.Columns[1].Header != strings.TrimSpace(h) {
				t.Errorf("%q: columns %+v, want %s", h, info.Columns, column)
			}
		}
	}
}

func TestNearHeaderIsSaid(t *testing.T) {
	t.Parallel()
	_, info := mustRead(t, "vin,engin_no,行驶里程(万公里),备注\n"+goodVIN+",A,3,x\n")
	notes := strings.Join(info.Notes, "\n")
	for _, want := range []string{`"engin_no" is ignored; did you mean engine_no?`, `"行驶里程(万公里)" is read in 万公里`} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q lack %q", info.Notes, want)
		}
	}
	if strings.Contains(notes, "备注") {
		t.Errorf("notes %q speak of 备注", info.Notes)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const row = goodVIN + ",粤B12345\n"
	long := strings.Repeat("x", 2<<20)
	const late = "there is no header line in the first 64 KiB: put the header at the top"
	for name, tc := range map[string]struct{ text, want string }{
		"empty":               {"", "fleet.csv: the file is empty: "},
		"blank":               {" \r\n\n\t\n", "the file is empty"},
		"BOM alone":           {"\uFEFF", "the file is empty"},
		"UTF-16 BOM alone":    {"\xFF\xFE", "the file is empty"},
		"sep= alone":          {"sep=;\n", "fleet.csv:2: there is no header line"},
		"sep=^":               {"sep=^\nvin^plate\n", "fleet.csv:1: the line sep=^ names a delimiter that is not read: use a comma"},
		"no rows":             {"vin,plate\n", "fleet.csv:2: the file has a header but no data rows"},
		"only blank rows":     {"vin,plate\n\n ,\n,\n", "no data rows"},
		"xlsx":                {"PK\x03\x04" + row, "an Excel workbook (xlsx) or another zip file, not CSV: open it in the spreadsheet and save it as CSV"},
		"xls":                 {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Excel workbook"},
		"parquet":             {"PAR1\x15\x04", "a Parquet file, not CSV"},
		"gzip":                {"\x1F\x8B\x08\x00", "gzip"},
		"HTML":                {"\n<html><table><tr><td>vin</td>", "HTML or XML"},
		"JSON":                {"[{\"vin\":1}]", "JSON"},
		"binary":              {"vin,plate\nabc\x00def" + row, "binary file"},
		"UTF-16 without mark": {"v\x00i\x00n\x00,\x00p\x00l\x00", "UTF-16 without a byte order mark"},
		"twice":               {"车架号,plate,VIN\n", `fleet.csv:1: columns 1 ("车架号") and 3 ("VIN") both mean vin: rename or remove one`},
		"no header":           {row + row, "the first line is data, not a header"},
		"no header, plate":    {"粤B·12345;x\n", "the first line is data, not a header"},
		"unknown header":      {"id,vim,plat,备注\n1,2,3,4\n", `no column for the VIN or the plate; found "id", "vim", "plat", "备注": name one vin (车架号) or plate (车牌号), in a line above the vehicles; perhaps vin for "vim", plate for "plat"`},
		"header on line 3":    {"\n\n车辆清单,,\n", "fleet.csv:3: the header has no column"},
		"quote in the header": {"vin,\"plate\n" + row, "fleet.csv:1: a quote (\") is opened here"},
		"endless header":      {"vin," + long + "\n" + row, "longer than a header can be"},
		"blank lines first":   {blankHead + "vin,plate\n" + row, "fleet.csv:65537: " + late},
		"sep= and blank ones": {"sep=;\n" + blankHead + "vin;plate\n", "fleet.csv:65538: " + late},
		"blank UTF-16":        {"\xFF\xFE" + strings.Repeat("\n\x00", 64<<10) + "v\x00i\x00n\x00\n\x00", "fleet.csv:65537: " + late},
		"long quote first":    {quotedHead + row, "fleet.csv:1: " + late},
		"other delimiter":     {"vin^plate\n1^2\n", "no column for the VIN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sources.OpenCSV(strings.NewReader(tc.text), "fleet.csv")
			checkError(t, name, err, tc.want)
			var input *sources.InputError
			if !errors.As(err, &input) || input.Hint == "" {
				t.Errorf("%T with hint %q, want *InputError with a hint", err, input.Hint)
			}
		})
	}
}

func TestUnclosedQuoteNamesItsLine(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string]string{
		"to the end":  strings.Repeat("粤B00003,x\n", 10),
		"beyond 1MiB": strings.Repeat("粤B00003,x\n", 1<<18),
	} {
		c, err := sources.OpenCSV(strings.NewReader("plate,note\n粤B00001,x\n粤B00002,\"x\n"+tail), "fleet.csv")
		if err != nil {
			t.Fatal(err)
		}
		all, err := readAll(c)
		checkError(t, name, err, `fleet.csv:3: a quote (") is opened here and not closed`)
		if len(all) != 1 {
			t.Errorf("%s: %d vehicles before it, want 1", name, len(all))
		}
		if _, again := c.Next(); again == nil || again.Error() != err.Error() {
			t.Errorf("%s: then %v", name, again)
		}
	}
}

// A row that is too long is stepped over, and the next one is read.
func TestHugeFields(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", 10<<20)
	for name, tc := range map[string]struct{ text, want string }{
		"other column": {"plate,note\n粤B00001," + huge + "\n粤B00002,y\n", "longer than 1024 KiB"},
		"delimiters":   {"plate,note\n粤B00001," + strings.Repeat(",", 10<<20) + "\n粤B00002,y\n", "longer than 1024 KiB"},
		"used column":  {"plate,note\n粤B00001" + huge[:5000] + ",x\n粤B00002,y\n", "column plate holds 5009 bytes"},
	} {
		got, _ := mustRead(t, tc.text)
		if len(got) != 2 || len(got[0].Faults) == 0 || got[0].Faults[0].Column != "" || !strings.Contains(got[0].Faults[0].Reason, tc.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		checkVehicle(t, got[1], 2, "", "粤B00002", "02", "")
	}
}

func TestReadingErrorIsWrapped(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, err := sources.OpenCSV(iotest.ErrReader(broken), "fleet.csv")
	if !errors.Is(err, broken) {
		t.Errorf("OpenCSV: %v", err)
	}
	text := "plate\n" + strings.Repeat("粤B12345\n", 10000)
	c, err := sources.OpenCSV(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), "fleet.csv")
	if err != nil {
		t.Fatal(err)
	}
	all, err := readAll(c)
	var input *sources.InputError
	if !errors.Is(err, broken) || !errors.As(err, &input) || input.Line != 10002 || len(all) != 10000 {
		t.Errorf("%d vehicles, then %v", len(all), err)
	}
}

func TestSlowReadersGiveTheSame(t *testing.T) {
	t.Parallel()
	const text = "plate,note\r\n粤B00001,\"a\r\n\"\"b\"\r\n粤B00002,y\r\n"
	for name, r := range map[string]io.Reader{
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		"with EOF":     iotest.DataErrReader(strings.NewReader(text)),
	} {
		c, err := sources.OpenCSV(r, "fleet.csv")
		if err != nil {
			t.Fatal(err)
		}
		all, err := readAll(c)
		if err != nil || len(all) != 2 || all[1].Line != 4 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

// blankHead and quotedHead fill what is looked at before the first row without a whole record.
var (
	blankHead  = strings.Repeat("\n", 64<<10)
	quotedHead = "vin,\"plate" + strings.Repeat(" x", 32<<10) + "\"\n"
)

func FuzzCSV(f *testing.F) {
	f.Add([]byte("vin,plate\n" + goodVIN + ",粤B12345\n"))
	f.Add([]byte("sep=;\r\n车牌;\"备\n注\"\r\n粤B·12345;\"\"\"\r\n"))
	f.Add([]byte("\xFF\xFEv\x00i\x00n\x00\n\x001\x00"))
	f.Add([]byte("plate\n\xD4\xC1B12345\n"))
	f.Add([]byte("plate\tcolor\tmileage_km\tfirst_registered\n粤B12345\t白色\t3.62万\t2022年1月\n"))
	f.Fuzz(checkAnyCSV)
}

// Large ones are no seeds: it would take a minute to make each of them smaller.
func TestHeadsWithoutARecord(t *testing.T) {
	t.Parallel()
	for _, text := range []string{blankHead, blankHead + "vin\n" + goodVIN + "\n", quotedHead, quotedHead + goodVIN + ",粤B12345\n", quotedHead[:len(quotedHead)-2],
		"vin,plate\n" + blankHead + goodVIN + ",粤B12345\n", "vin,plate\n" + goodVIN + quotedHead[3:]} {
		checkAnyCSV(t, []byte(text))
	}
}

// checkAnyCSV reads what may be anything: it is refused with a hint, or its vehicles come in their order.
func checkAnyCSV(t *testing.T, data []byte) {
	t.Helper()
	c, err := sources.OpenCSV(bytes.NewReader(data), "fuzz.csv")
	var input *sources.InputError
	if err != nil {
		if !errors.As(err, &input) || input.Problem == "" || input.Hint == "" {
			t.Fatalf("OpenCSV: %#v", err)
		}
		return
	}
	line := int64(0)
	for row := int64(1); ; row++ {
		v, err := c.Next()
		if errors.Is(err, io.EOF) && row > 1 {
			return
		}
		if err != nil {
			if !errors.As(err, &input) || row == 1 {
				t.Fatalf("row %d: %#v", row, err)
			}
			return
		}
		if v.Row != row || v.Line <= line || row > int64(len(data)) {
			t.Fatalf("row %d is %d on line %d after %d", row, v.Row, v.Line, line)
		}
		line = v.Line
		checkInvariants(t, v)
	}
}

// checkInvariants holds what every vehicle keeps, whatever was read.
func checkInvariants(t *testing.T, v record.Vehicle) {
	t.Helper()
	if v.VIN == "" && v.Plate == "" && len(v.Faults) == 0 {
		t.Fatalf("no identifier and no fault: %+v", v)
	}
	bad := map[string]bool{}
	for _, f := range v.Faults {
		bad[f.Column] = true
	}
	if bad[""] {
		return // nothing will be asked about it
	}
	if v.VIN != "" && !bad[record.ColVIN] && sources.CheckVIN(v.VIN) != nil {
		t.Fatalf("a wrong VIN without a fault: %+v", v)
	}
	if v.Plate != sources.CleanPlate(v.Plate) && !bad[record.ColPlate] || v.EngineNo != sources.CleanIdentifier(v.EngineNo) {
		t.Fatalf("not clean: %+v", v)
	}
}
