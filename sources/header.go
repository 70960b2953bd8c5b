package sources

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// aliases are the names under which a column is known (the usual ones, the
// vendors' parameter names, the words of the vehicle licence), in the form that
// foldHeader gives them. The canonical order is the order of output.
var aliases = []struct {
	column string
	names  []string
}{
	{record.ColVIN, []string{"vin", "vin码", "vin号", "vin码车架号", "车架号", "车架号码", "车架号vin", "车架号vin码", "车辆识别代号", "车辆识别代码",
		"车辆识别码", "车辆识别号", "车辆识别代号vin", "车辆识别代号车架号", "framenumber", "frameno", "chassisnumber", "chassisno", "vincode", "vinnumber"}},
	{record.ColPlate, []string{"plate", "车牌号", "车牌", "车牌号码", "号牌号码", "号牌", "车号", "carno", "licenseplate", "licenceplate",
		"plateno", "platenumber"}},
	{record.ColEngineNo, []string{"engineno", "发动机号", "发动机号码", "发动机编号", "enginenumber"}},
	{record.ColPlateType, []string{"platetype", "号牌种类", "号牌类型", "车牌种类", "车牌类型", "cartype"}},
	{record.ColLicenseImageURL, []string{"licenseimageurl", "行驶证图片地址", "行驶证图片", "licenseimgurl"}},
	{record.ColModelID, []string{"modelid", "车型id", "cartypeid"}},
	{record.ColCityID, []string{"cityid", "城市id", "carcityid"}},
	{record.ColFirstRegistered, []string{"firstregistered", "上牌时间", "上牌日期", "初次登记日期", "初登日期", "注册日期", "carfirstregtime"}},
	{record.ColMileageKM, []string{"mileagekm", "行驶里程公里", "行驶里程", "行驶里程km", "公里数", "公里数km", "表显里程", "表显里程公里", "表显里程km", "里程",
		"里程公里", "里程km", "mileage"}},
	{record.ColTransfers, []string{"transfers", "过户次数", "cartransfer"}},
	{record.ColColor, []string{"color", "车身颜色", "颜色", "colour", "carcolor"}},
	{record.ColAccident, []string{"accident", "事故情况", "caraccident"}},
	{record.ColAppearance, []string{"appearance", "外观", "外观选项", "carappearance"}},
	{record.ColInterior, []string{"interior", "内饰", "内饰选项", "carinterior"}},
	{record.ColElectrical, []string{"electrical", "电气", "电气设备", "carelectrical"}},
	{record.ColEngine, []string{"engine", "发动机工况", "发动机/变速器", "carengine"}},
}

// foldHeader brings a header to the form in which it is compared: NFKC, lower
// case, without spaces, line breaks, brackets, underscores and marks such as
// the * of a required column.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("_-:*()[]【】·.\"'", r) || isInvisible(r) {
			return -1
		}
		return r
	}, strings.ToLower(norm.NFKC.String(s)))
}

// canonical returns the column that a header names, "" when unknown.
func canonical(header string) string {
	folded := foldHeader(header)
	for _, a := range aliases {
		if slices.Contains(a.names, folded) {
			return a.column
		}
	}
	return ""
}

// header is a header row that has been understood.
type header struct {
	width   int
	index   map[string]int // of a canonical column, in the record
	columns []Column
	ignored []string
	notes   []string
	lines   []lineColumn // of a failure ledger
}

// readHeader maps headers to columns. Errors say what is wrong with the header
// and carry no file name or line yet.
func readHeader(headers []string) (*header, *InputError) {
	h := &header{width: len(headers), index: map[string]int{}}
	for i, name := range headers {
		name = strings.TrimSpace(name)
		column := canonical(name)
		if first, twice := h.index[column]; twice && column != "" {
			return nil, &InputError{
				Problem: fmt.Sprintf("columns %d (%s) and %d (%s) both mean %s", first+1, quote(headers[first]), i+1, quote(name), column),
				Hint:    "rename or remove one of them"}
		}
		switch {
		case column != "":
			h.index[column] = i
			h.columns = append(h.columns, Column{Header: name, Name: column})
		case name != "":
			h.ignored = append(h.ignored, name)
		}
	}
	if !h.has(record.ColVIN) && !h.has(record.ColPlate) {
		return nil, noHeader(headers)
	}
	h.noteNear()
	h.findLines(headers)
	return h, nil
}

func (h *header) has(column string) bool {
	_, ok := h.index[column]
	return ok
}

// noteNear remarks on ignored headers that look like a misspelt column.
func (h *header) noteNear() {
	for _, name := range h.ignored[:min(len(h.ignored), maxCompared)] {
		if near := nearest(name); near != "" && !h.has(near) {
			h.notes = append(h.notes, fmt.Sprintf("column %s is ignored; did you mean %s?", quote(name), near))
		}
	}
}

// noHeader explains a first row that names neither VIN nor plate.
func noHeader(headers []string) *InputError {
	e := &InputError{Problem: "the header has no column for the VIN or the plate; found " + listHeaders(headers)}
	for _, name := range headers {
		clean := CleanIdentifier(name)
		_, plateErr := PlateType(CleanPlate(clean))
		if CheckVIN(clean) == nil || plateErr == nil {
			e.Problem = "the first line is data, not a header: " + listHeaders(headers)
			e.Hint = "put a line such as vin,plate,engine_no above it"
			return e
		}
	}
	var near []string
	for _, name := range headers[:min(len(headers), maxCompared)] {
		if n := nearest(name); n != "" {
			near = append(near, fmt.Sprintf("%s for %s", n, quote(name)))
		}
	}
	e.Hint = "name one vin (车架号) or plate (车牌号), in the first line"
	if len(near) > 0 {
		e.Hint += "; perhaps " + strings.Join(near[:min(len(near), 4)], ", ")
	}
	return e
}

const shownHeaders = 12

func listHeaders(headers []string) string {
	var shown []string
	for _, name := range headers[:min(len(headers), shownHeaders)] {
		shown = append(shown, quote(strings.TrimSpace(name)))
	}
	list := strings.Join(shown, ", ")
	if len(headers) > shownHeaders {
		list += fmt.Sprintf(" and %d more", len(headers)-shownHeaders)
	}
	return list
}

// maxCompared bounds how many headers are compared with every known name.
const maxCompared = 100

// nearest returns the column of the known name that a header is at most a third away from,
// "" when there is none or the header is already known.
func nearest(name string) string {
	folded := []rune(foldHeader(name))
	if len(folded) > 40 {
		return ""
	}
	best, found := len(folded)/3+1, ""
	for _, a := range aliases {
		for _, alias := range a.names {
			d := distance(folded, []rune(alias))
			if d == 0 {
				return ""
			}
			if d < best {
				best, found = d, a.column
			}
		}
	}
	return found
}

// distance is the number of insertions, deletions and replacements between
// two texts (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ca := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, cb := range b {
			cost := diagonal
			if ca != cb {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

const shownRunes = 40

// quote shows a value in a message, shortened.
func quote(s string) string {
	if runes := []rune(s); len(runes) > shownRunes {
		s = string(runes[:shownRunes]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
