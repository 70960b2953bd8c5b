package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// Groups of columns that are not of the vehicle as it is now, though the names under them are known: 旧车信息 over 上牌日期 and
// 里程, 上次保养 over 日期 and 里程, 挂车 over 注册日期. What stands under them is not used.

var (
	// otherVehicles are groups of another vehicle in the same row.
	otherVehicles = regexp.MustCompile(`挂车|拖车|半挂|副车|旧车|老车|原车|置换|被?替换(车|信息)|替代车|代步车|trailer|tradein|oldcar|oldvehicle|previouscar|previousvehicle|replacedvehicle|partexchange`)
	// formerGroups are groups of what a vehicle had before.
	formerGroups = regexp.MustCompile(`^(原(有|来|先)?|旧|老|曾用|以前|原先|(变更|更换|过户|转让|改装|换发)(之?前)|old|former|previous|original|beforechange)(的)?(信息|情况|资料|内容|details?|info)?$`)
	// otherTimes are groups of what was so at another time. A distance under them is not that of now.
	otherTimes = regexp.MustCompile(`[上前]一?(次|期|周|季度?|个?月末?|年)|去年|昨日|下一?(次|期|周|个?月|年)|预计|计划|(购入|购买|购置|采购|购车|买入|入手|提车|交车|出厂|出车|发车|起租|初始|期初|年初|月初)|保养|维修|年检|年审|检验|出险|理赔|投保|保险|` +
		`last|previous|next|planned|purchase|delivery|service|maintenance|inspection|insurance|initial|opening|warranty`)
	// people are groups of who has the vehicle: a day under them may be when a firm was founded.
	people = regexp.MustCompile(`车主|企业|公司|客户|会员|所有人|持有人|业主|司机|驾驶员|驾驶人|联系人|买方|卖方|法人|owner|driver|company|customer|member|client|buyer|seller`)
	// registered is a name that may mean the registration of anything.
	registered = regexp.MustCompile(`^(注册(登记)?日期|registrationdate|dateofregistration|regdate)$`)
	// tableNames end the title of a list.
	tableNames = regexp.MustCompile(`(表|台账|清单|明细|名单|汇总|统计|登记簿|一览|列表|list|table|report|register)$`)
)

// longestGroup is more runes than the name of a group takes.
const longestGroup = 14

// groupOver is a name over several columns that have names of their own.
type groupOver struct {
	span
	name string
}

// groupsOver are the groups of a row over those below it, which together make the header.
func groupsOver(row textRow, below []textRow, width int) (out []groupOver) {
	for left := 0; left < width; left++ {
		name := textAt(row.texts, left)
		if name == "" || utf8.RuneCountInString(name) > longestGroup || tableNames.MatchString(foldHeader(name)) {
			continue
		}
		right := left
		for right+1 < width && textAt(row.texts, right+1) == "" {
			right++
		}
		if slices.ContainsFunc(below, func(r textRow) bool {
			return slices.ContainsFunc(r.texts[min(left, len(r.texts)):min(right+1, len(r.texts))], func(t string) bool { return strings.TrimSpace(t) != "" })
		}) {
			out = append(out, groupOver{span{left, right}, name})
		}
		left = right
	}
	return out
}

// ofOthers gives the columns under groups of something else the names of their groups as well, so that they are not used. rows are those of the header and
// the one above it.
// title says that the first of rows is none of the header.
func ofOthers(names []string, rows []textRow, title bool) (out, notes []string, bad *InputError) {
	out = slices.Clone(names)
	for k, row := range rows[:max(len(rows)-1, 0)] {
		if title && k == 0 && isTitleRow(row.texts) {
			continue
		}
		for _, g := range groupsOver(row, rows[k+1:], len(names)) {
			if bad := g.splitsVehicles(out); bad != nil {
				bad.Line = row.line
				return nil, nil, bad
			}
			for i := g.left; i <= g.right; i++ {
				named := slices.ContainsFunc(rows[k+1:], func(r textRow) bool { return textAt(r.texts, i) != "" })
				if column := canonical(out[i]); named && column != "" && g.isOfOther(column, out, i) {
					notes = append(notes, fmt.Sprintf("column %s is ignored, since it stands under %s; if it is that of the vehicle as it is now, put %s over it alone", quote(strings.TrimSpace(out[i])), quote(g.name), nameAgain(out[i], column)))
					out[i] = g.name + " " + out[i]
				}
			}
		}
	}
	if len(notes) > 0 {
		bad = leftUnclear(names, out, rows)
	}
	return out, notes, bad
}

// leftUnclear refuses a header of which one of two columns is not used for its group, while that of the other may be no better: 购入时 and 过户时 over 里程.
func leftUnclear(names, out []string, rows []textRow) *InputError {
	for i, name := range names {
		column := canonical(name)
		if column == "" || out[i] == name {
			continue
		}
		j := slices.IndexFunc(out, func(n string) bool { return canonical(n) == column })
		if j < 0 || isIdentifier(column) {
			continue
		}
		for k, row := range rows[:max(len(rows)-1, 0)] {
			for _, g := range groupsOver(row, rows[k+1:], len(names)) {
				inside, _ := g.identities(out)
				if g.left <= j && j <= g.right && textAt(row.texts, j) != out[j] && len(inside) == 0 && !presentGroups.MatchString(foldHeader(g.name)) {
					return &InputError{Line: row.line, Problem: fmt.Sprintf("two columns mean %s, one under %s and one under %s, and which of them is that of now is not clear", column, quote(strings.TrimSuffix(out[i], " "+name)), quote(g.name)),
						Hint: nameOne(name, column)}
				}
			}
		}
	}
	return nil
}

// presentGroups are groups of what is so now.
var presentGroups = regexp.MustCompile(`^(截[至止]?)?(当前|目前|现在|现有|现今|现时?|本次|本期|最新|最近(一次)?|表显|回场|收车|回车|回程|返场|变更后|更换后|过户后|交车后|now|current|present|latest)(的)?(状况?|情况|信息|数据|使用)?$|使用|行驶|评估|车况|车辆|检测`)

// isTitleRow tells whether what stands above a header are words on the list, and no groups of its columns: one text at the left, or some with digits
// or colons, 单位：公里.
func isTitleRow(texts []string) bool {
	return filled(texts) == 1 && textAt(texts, 0) != "" || slices.ContainsFunc(texts, func(t string) bool { return strings.ContainsAny(t, "0123456789:：") })
}

// nameAgain is the name that a column is read by.
func nameAgain(header, column string) string {
	if column == record.ColMileageKM {
		return distanceName(header)
	}
	return column
}

// isOfOther tells whether a column under a group is not that of the vehicle as it is now.
func (g groupOver) isOfOther(column string, names []string, at int) bool {
	folded := foldHeader(g.name)
	inside, outside := g.identities(names)
	switch {
	case formerGroups.MatchString(folded):
		return true
	case len(inside) > 0: // the vehicle itself
		return false
	case otherVehicles.MatchString(withoutOwners.Replace(folded)):
		return len(outside) > 0
	case otherTimes.MatchString(folded) && !strings.Contains(folded, "收购"):
		return column == record.ColMileageKM
	case people.MatchString(folded):
		return column == record.ColFirstRegistered && registered.MatchString(foldHeader(names[at]))
	}
	return false
}

// withoutOwners leaves out words that only begin as those for another vehicle do.
var withoutOwners = strings.NewReplacer("原车主", "车主", "老车主", "车主", "原车牌", "", "旧车牌", "")

// identities are the columns for VINs and plates, under a group and elsewhere.
func (g groupOver) identities(names []string) (inside, outside []string) {
	for i, name := range names {
		column := canonical(name)
		switch {
		case column != record.ColVIN && column != record.ColPlate:
		case g.left <= i && i <= g.right:
			inside = append(inside, column)
		default:
			outside = append(outside, column)
		}
	}
	return inside, outside
}

// splitsVehicles refuses a header in which the VIN is that of one vehicle and the plate that of another.
func (g groupOver) splitsVehicles(names []string) *InputError {
	inside, outside := g.identities(names)
	if len(inside) != 1 || len(outside) != 1 || inside[0] == outside[0] || !otherVehicles.MatchString(withoutOwners.Replace(foldHeader(g.name))) {
		return nil
	}
	return &InputError{Problem: fmt.Sprintf("the %s stands under %s and the %s does not, so a row may be of two vehicles", inside[0], quote(g.name), outside[0]),
		Hint: "take out the columns of the vehicle that is not asked about, or give each vehicle a row of its own"}
}
