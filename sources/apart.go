package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

// Vehicles that their list sets apart from the others: struck through, hidden, under the heading of
// those that are scrapped, or with a word for that beside them. They are read as the others are, since the user may
// want them; each gets a remark, so that plan and run can say beforehand what they cost.

// apartRows gathers why the list sets the row under work apart, and remembers the rows.
type apartRows struct {
	rows    listedRows
	heading string // that of vehicles that are gone, under which the rows stand
	row     []string
	columns int // how many are read, without those for states
}

// because says why of the row under work.
func (s *apartRows) because(why string, args ...any) {
	s.row = append(s.row, fmt.Sprintf(why, args...))
}

// take puts what was said of the row under work on its vehicle, and forgets it.
func (s *apartRows) take(v *record.Vehicle, word string) {
	if s.heading != "" {
		s.because("it stands under %s", quote(s.heading))
	}
	s.row = append(s.row, apartByValues(v, s.columns > 2)...)
	if len(s.row) == 0 {
		return
	}
	why := strings.Join(s.row, ", ")
	s.row = s.row[:0]
	v.Problems = append(v.Problems, record.SetApart+why)
	s.rows.word = word
	s.rows.add(v.Line, why, nil)
}

// apartByValues says which values of a vehicle set its row apart: those with words of a vehicle that is gone, or of a
// note. In a list of several columns, so does a vehicle in a sentence that stands alone in its row.
func apartByValues(v *record.Vehicle, several bool) (why []string) {
	for _, column := range []string{record.ColVIN, record.ColPlate} { // in this order, whichever stands first in the list
		for _, p := range v.Problems {
			switch {
			case !strings.HasPrefix(p, takenFrom(column)):
			case strings.Contains(p, "~~") || isGone(p) || unwanted.MatchString(plain(takenText(p))) || isNote(takenText(p)):
				why = append(why, p)
			case several && isBare(v):
				why = append(why, nothingElse+p)
			}
		}
	}
	return why
}

// nothingElse is how the reason begins for a vehicle in a sentence that stands alone in its row.
const nothingElse = "nothing else stands in its row, and "

// apartAgain is the remark of a row that was set apart, or is by its corrected values; "" when nothing sets it apart any
// more. What the list itself says of the row stays. A row in which something stood besides is not called a sentence
// once that is corrected.
func apartAgain(row, corrected *record.Vehicle) string {
	said, several := "", false
	for _, p := range row.Problems {
		if why, ok := strings.CutPrefix(p, record.SetApart); ok {
			said, several = why, strings.Contains(why, nothingElse)
		}
	}
	byList := strings.TrimSuffix(strings.TrimSuffix(said, strings.Join(apartByValues(row, several), ", ")), ", ")
	why := apartByValues(corrected, several)
	if byList != "" {
		why = slices.Insert(why, 0, byList)
	}
	if len(why) == 0 {
		return ""
	}
	return record.SetApart + strings.Join(why, ", ")
}

// notes says which rows are set apart.
func (s *apartRows) notes() []string {
	if s.rows.count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s set apart by the list, and read all the same: %s", areRows(int(s.rows.count), s.rows.word), s.rows.list())}
}

// under takes a row that was skipped: a heading of vehicles that are gone, or one that ends them.
func (s *apartRows) under(why string, texts []string) {
	s.row = s.row[:0]
	if filled(texts) > 2 || why != aHeading && why != aNote {
		return
	}
	s.heading = ""
	if first := firstText(texts); isGoneHeading(first) {
		s.heading = first
	}
}

// begin takes what stands over all rows: the name of a sheet that was not asked for, and the row above the header.
func (s *apartRows) begin(over string) {
	if isGoneHeading(over) {
		s.heading = over
	}
}

// isBare tells whether a row names a vehicle once and says nothing of it. In a list of several columns it may be a sentence under it.
func isBare(v *record.Vehicle) bool {
	saysMore := func(column string) bool {
		return column != record.ColVIN && column != record.ColPlate && column != record.ColPlateType && v.Value(column) != "" && !slices.Contains(v.Defaulted, column)
	}
	return (v.VIN == "" || v.Plate == "") && len(v.Faults) == 0 && !slices.ContainsFunc(record.InputColumns(), saysMore)
}

// isNote tells whether a text begins as a note does: 注：…, 备注：….
func isNote(s string) bool { return noteWords.MatchString(plain(s)) }

// gone are the words for vehicles that a fleet no longer has or uses.
const gone = `报废|報廢|注销|註銷|报停|停用|停驶|停运|退役|处置|变卖|拍卖|转让|转出|出售|售出|已售|卖出|已卖|已过户|灭失|被盗|盗抢|失窃|全损|封存|淘汰|退租` +
	`|scrapped|retired|disposed|deregistered|writtenoff|decommissioned|outofservice|inactive|stolen|sold|totalloss`

var (
	goneWords = regexp.MustCompile(gone)
	// goneNot are such words that say of a vehicle that it is not gone, or when it will be.
	goneNot = regexp.MustCompile(`(未|不|无|非|没有?|原|旧|以上|上述|not|never|un)[^,.;，。；]{0,3}(` + gone + `)|(` + gone + `)(年限|年份|期|标准|预计|轮胎|配件)`)
	// goneDate is the name of a column that says since when. 报废日期 is none: many lists mean the day by which a vehicle must be.
	goneDate = regexp.MustCompile(`^(车辆)?(注销|停用|停驶|退役|处置|转让|转出|出售|售出)(日期|时间|年月)$`)
	goneFlag = regexp.MustCompile(`^(车辆)?(是否)?已?(` + gone + `)(与否|否|标志|标记|标识)?$`)
	// tellsState is a column in which such words may stand.
	tellsState = regexp.MustCompile(`状态|情况|备注|说明|附注|去向|处理|车况|` + gone + `|status|state|remark|note|comment|memo`)
	// tellsNumber is a column of running numbers, where a list marks its example.
	tellsNumber = regexp.MustCompile(`^(序号?|编号|行号|项次|no|nr|num|number|seq|id)$`)
	saysYes     = regexp.MustCompile(`^(是|有|y|yes|true|t|1|√|✓|✔|x)$`)
)

// Words by which a list says that a row does not count: it is an example of how to fill it in, or is not to be asked about.
const (
	examples = `示例|样例|范例|填写样式|example`
	notAsked = `(不|勿|无需|无须|不必|不需要?|不用|不要|暂不|暂缓|停止)(再)?(查询|查$|查了|检测|购买)|已(经)?(查过|查询|查$|查了|查完)|donot(query|lookup|buy)|already(queried|bought)`
)

var (
	unwanted = regexp.MustCompile(notAsked)
	// unwantedAlone are such words where they are all that stands there. 取消抵押 says something else.
	unwantedAlone = regexp.MustCompile(`^(此|该|本|这)?(车辆?|行|条|台|记录|数据)?(已|请|须|需|应)?(被)?(作废|删除|取消|退车|退订|撤销|重复|免查|跳过|剔除|移除)(了|的|车辆?|行|数据|记录|订单|查询|录入)?[.。!]?$` +
		`|^(cancell?ed|deleted?|void|duplicate|skip|removed?)\.?$`)
	exampleWords = regexp.MustCompile(`(` + examples + `)`)
	// exampleAlone marks an example where numbers stand.
	exampleAlone = regexp.MustCompile(`^[\[(【]?(` + examples + `|例子?|样本?|sample)[\])】]?[:.]?\d*$`)
	// asks is the name of a column that says whether a vehicle is to be asked about.
	asks   = regexp.MustCompile(`^(是否)?(需要?|要)?(查询|查|购买)(与否|否|标志|标记)?$|^(to)?(query|lookup|buy)$`)
	saysNo = regexp.MustCompile(`^(否|不|不要|不需要?|无需|无须|不用|n|no|false|f|0|×|✗|✘)$`)
)

// Columns of systems that keep what is gone: whether a row still counts, whether it was deleted, and since when.
var (
	stillCounts  = regexp.MustCompile(`^(车辆)?(是否)?(在用|在册|在役|在营|在运|有效|启用|使用中|现役)(与否|否|中|标志|标记|标识|状态)?$|^(is)?(active|valid|enabled|inuse|inservice|operational)(flag|yn)?$`)
	countsNoMore = regexp.MustCompile(`^(无效|失效|已失效|停|不在[用册役营运])`)
	deletedFlag  = regexp.MustCompile(`^(是否)?(被|已)?(逻辑)?(删除|作废|失效|移除|停用|归档|退车|禁用)(与否|否|标志|标记|标识|状态)?$|^(is)?(del|deleted|removed|disabled|void|voided|cancell?ed|archived|inactive)(flag|yn|status)?$`)
	// noDay is what programs write where there is no day.
	noDay      = regexp.MustCompile(`^(0+$|(0000|0001|1899|1900|1970|9999)\D)`)
	deletedDay = regexp.MustCompile(`^(删除|作废|失效|移除|归档|退车|禁用)(日期|时间)$|^(deleted|removed|disabled|voided|cancell?ed|archived|retired|sold|scrapped|disposed)(at|on|date|time)$`)
)

// isUnwanted tells whether the words of a remark say that a row does not count.
func isUnwanted(s string) bool {
	if len(s) > longestState*utf8.UTFMax {
		return false
	}
	p := plain(s)
	return unwanted.MatchString(p) || unwantedAlone.MatchString(p) || exampleWords.MatchString(p)
}

// longestState is more runes than words for the state of a vehicle take.
const longestState = 60

// isGone tells whether words say of a vehicle that it is scrapped, sold and the like.
func isGone(s string) bool {
	if len(s) > longestState*utf8.UTFMax {
		return false
	}
	p := plain(s)
	return goneWords.MatchString(goneNot.ReplaceAllString(p, "")) && utf8.RuneCountInString(p) <= longestState
}

// inUse is a heading of vehicles that a fleet still uses: it ends one of those that are gone.
var inUse = regexp.MustCompile(`^[(]?([一二三四五六七八九十\d]+[)、.])?(以下|下列|下面|其余|其他)?(车辆|车)?(均|都|仍|全部)?(为|是|属|系)?(正常)?(在用|在册|在役|在营|在运|运营|营运|使用中|使用|现役|正常|有效)(状态)?(中|的)?(车辆|车|部分|类)?(清单|明细|列表)?(如下)?[:]?([(]?共?\d+(辆|台)[)]?)?$` +
	`|^(vehicles)?(active|inuse|inservice|inoperation|current)(vehicles|fleet|cars)?:?$`)

// isGoneHeading tells whether words alone in their row are the heading of such vehicles.
func isGoneHeading(s string) bool { return utf8.RuneCountInString(s) <= longestState/2 && isGone(s) }

// colState is what a column that tells the state of a vehicle is read as. It is no column of a vehicle.
const colState = "state"

// stateReader is what reads a column by its name; nil when it tells no state.
func (s *apartRows) stateReader(name string) reader {
	folded := foldHeader(name)
	flagged := true // a 1, a 0 or a day says something
	is := func(text string) bool { return isGone(text) || isUnwanted(text) }
	switch {
	case asks.MatchString(folded):
		is = func(text string) bool { return saysNo.MatchString(plain(text)) || isUnwanted(text) }
	case tellsNumber.MatchString(folded):
		flagged = false
		is = func(text string) bool {
			return exampleAlone.MatchString(plain(text)) || isUnwanted(text) || isNote(text)
		}
	case goneFlag.MatchString(folded):
		is = func(text string) bool { return saysYes.MatchString(plain(text)) || isGone(text) }
	case stillCounts.MatchString(folded):
		is = func(text string) bool {
			return saysNo.MatchString(plain(text)) || countsNoMore.MatchString(plain(text)) || isGone(text) || isUnwanted(text)
		}
	case deletedFlag.MatchString(folded): // some write 2 for what is deleted
		is = func(text string) bool {
			p := plain(text)
			return saysYes.MatchString(p) || isGone(text) || isUnwanted(text) || isPlainNumber(p) && strings.Trim(p, "0123456789") == "" && strings.Trim(p, "0") != ""
		}
	case goneDate.MatchString(folded), deletedDay.MatchString(folded):
		is = func(text string) bool { return strings.ContainsAny(text, "0123456789") && !noDay.MatchString(text) }
	case folded != "" && !tellsState.MatchString(folded):
		return nil
	}
	seen := map[string]bool{} // a fleet has few states, and many numbers
	return func(_ *record.Vehicle, text string) {
		if isPlainNumber(text) && !flagged {
			return
		}
		says, known := seen[text]
		if !known {
			if says = is(text); len(seen) < 1<<10 {
				seen[strings.Clone(text)] = says
			}
		}
		if says {
			s.because("%s stands in %s", quote(text), columnCalled(name))
		}
	}
}

// isPlainNumber tells whether a text is a number of a list, such as 12 or A-0012, in which no word stands.
func isPlainNumber(s string) bool {
	digit := false
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
		digit = digit || isDigit(rune(s[i]))
	}
	return digit
}

func columnCalled(name string) string {
	if name = strings.TrimSpace(name); name != "" {
		return "its column " + quote(name)
	}
	return "a column without a name"
}

// states are the columns of a header that are not used and may tell the state of a vehicle.
func (s *apartRows) states(h *header) (out []usedColumn) {
	for i, name := range h.names {
		if h.uses(i) || len(h.lines) > 0 {
			continue
		}
		if read := s.stateReader(name); read != nil {
			out = append(out, usedColumn{i, columnReader{column: colState, read: read}})
		}
	}
	return out
}

// shownApart says that a sheet hides a row, or strikes a cell of it through that is used.
func (s *apartRows) shownApart(row *workbook.Row, used []usedColumn) {
	if row.Hidden {
		s.because("it is hidden, by hand or by a filter")
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Struck != workbook.StruckWhole || c.Kind == workbook.Empty {
			continue
		}
		if slices.ContainsFunc(used, func(u usedColumn) bool { return u.index == c.Column && u.column != colState }) {
			s.because("%s is struck through", workbook.Name(c.Column, row.Number))
			return
		}
	}
}
