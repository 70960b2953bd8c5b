package sources

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

var (
	dashedMonth = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})(?:月|[-/.](\d{1,2})|月(\d{1,2})日)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$`)
	// zonedMoment is a moment as programs write it that know zones: 2022-01-31T16:30:00Z.
	zonedMoment = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?(?:[.,]\d+)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)$`)
	solidMonth  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})?$`)
	serialDay   = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
)

// firstMonth is the earliest month of a registration that is read. What stands
// before it is the zero of a program's calendar (1899-12, 1900-01, 1904-01, 1970-01)
// or a slip: no vehicle with a VIN of 17 characters is as old.
const firstMonth = "1970-02"

// ParseMonth reads the month of a day or month: 2022-01, 2022-01-15, 2022/1,
// 2022.1.15, 2022年1月, 202201 and 20220115 are all "2022-01". A time of day behind it is
// dropped; where it names its zone, the month is that in China. It refuses days that the calendar does not have, and what is before firstMonth.
func ParseMonth(s string) (string, error) {
	if month, ok := plainMonth(s); ok {
		return month, nil
	}
	clean := CleanIdentifier(s)
	if whole, ok := wholeNumber(clean); ok && len(whole) >= 6 {
		clean = whole
	}
	if z := zonedMoment.FindStringSubmatch(clean); z != nil {
		clean = dayInChina(z)
	}
	clean = plainDate(clean)
	m := dashedMonth.FindStringSubmatch(clean)
	if m == nil {
		m = solidMonth.FindStringSubmatch(clean)
	}
	switch {
	case m == nil && serialDay.MatchString(clean):
		return "", fmt.Errorf("the month is %s, the day number of a spreadsheet: format the column as date or text, 2022-01", quote(s))
	case m == nil:
		return "", fmt.Errorf("the month is %s, it must be written 2022-01", quote(s))
	}
	year, month, day := atoi(m[1]), atoi(m[2]), 1
	for _, d := range m[3:] {
		if d != "" {
			day = atoi(d)
		}
	}
	if _, err := record.NewDate(year, time.Month(month), day); err != nil {
		return "", fmt.Errorf("the month is %s, which the calendar does not have", quote(s))
	}
	read := fmt.Sprintf("%04d-%02d", year, month)
	if read < firstMonth {
		return "", impossible("the month is %s, before %s; programs write such dates (1900-01, 1970-01) where there is none: %s",
			quote(s), firstMonth, correctOrEmpty)
	}
	return read, nil
}

var (
	spacedDate  = regexp.MustCompile(`\s*([年月])\s*|\s+([日号])`)
	spacedMonth = regexp.MustCompile(`^(\d{4})\s*[-/.\s]\s*(\d{1,2})\.?$`)
	yearLast    = regexp.MustCompile(`^(\d{1,2})[-/.](\d{4})$`)
	shortYear   = regexp.MustCompile(`^(\d{2})年`)
	dayInWords  = regexp.MustCompile(`(月\d{1,2})号$`)
	// behindDate are words behind a date that say what it is, and a point.
	behindDate = regexp.MustCompile(`(?:\.|(?:上牌|登记|注册|初登|上户)(?:日期)?)$`)
	hanDate    = regexp.MustCompile(`^([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?$`)
)

// plainDate brings other ways to write a date to one of those that are read: 2018 年 12 月 1 日, 2020年1月份, 11/2011, 二〇一四年十月. The
// century of 14年10月 is clear, since no vehicle is older than firstMonth.
func plainDate(s string) string {
	if len(s) > 60 {
		return s
	}
	s = behindDate.ReplaceAllString(spacedDate.ReplaceAllString(s, "$1$2"), "")
	s = dayInWords.ReplaceAllString(strings.Replace(s, "月份", "月", 1), "${1}日")
	s = yearLast.ReplaceAllString(spacedMonth.ReplaceAllString(s, "$1-$2"), "$2-$1")
	if m := shortYear.FindStringSubmatch(s); m != nil && m[1] < firstMonth[2:4] {
		s = "20" + s
	} else if m != nil {
		s = "19" + s
	}
	if m := hanDate.FindStringSubmatch(s); m != nil {
		s = hanDigits.Replace(m[1]) + "-" + hanNumber(m[2])
		if m[3] != "" {
			s += "-" + hanNumber(m[3])
		}
	}
	return s
}

var hanDigits = strings.NewReplacer("〇", "0", "零", "0", "○", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")

// hanNumber writes a number below 100 in digits: 十月 is 10, 三十一日 31.
func hanNumber(s string) string {
	tens, ones, ok := strings.Cut(s, "十")
	if !ok {
		return hanDigits.Replace(s)
	}
	return cmp.Or(hanDigits.Replace(tens), "1") + cmp.Or(hanDigits.Replace(ones), "0")
}

// aheadOfUTC is how far clocks in China are ahead: it has one zone, without summer time since 1991.
const aheadOfUTC = 8 * time.Hour

// dayInChina is the day in China of a moment that zonedMoment has matched; "" when
// there is no such moment.
func dayInChina(z []string) string {
	zone := strings.Replace(z[4], ":", "", 1)
	switch {
	case zone == "Z" || zone == "UTC":
		zone = "+0000"
	case len(zone) == len("+08"): // PostgreSQL and DuckDB leave the minutes out
		zone += "00"
	}
	at, err := time.Parse("2006-01-02 15:04:05 -0700", z[1]+" "+z[2]+cmp.Or(z[3], ":00")+" "+zone)
	if err != nil {
		return ""
	}
	return at.UTC().Add(aheadOfUTC).Format(time.DateOnly)
}

// atoi is of digits that a pattern has matched.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// codeRanges are the highest condition codes of the valuation (wapi 201/377);
// the lowest is 0. Transfers are a count.
var codeRanges = map[string]int{
	record.ColTransfers:  99,
	record.ColColor:      12,
	record.ColAccident:   3,
	record.ColAppearance: 4,
	record.ColInterior:   3,
	record.ColElectrical: 2,
	record.ColEngine:     4,
}

// colours are the names of the colour codes 0 to 12, without their 色.
var colours = []string{"米", "白", "灰", "红", "棕", "蓝", "黄", "紫", "黑", "橙", "银", "金", "绿"}

// ParseCode reads a condition code or the count of transfers, by canonical
// column. It returns the code without leading zeros; 1.0 is 1. A colour may be given by
// its Chinese name, 白色 or 白.
func ParseCode(column, s string) (string, error) {
	clean := CleanIdentifier(s)
	if column == record.ColColor {
		for code, name := range colours {
			if clean == name || clean == name+"色" {
				return strconv.Itoa(code), nil
			}
		}
	}
	if whole, ok := wholeNumber(clean); ok {
		clean = whole
	}
	top := codeRanges[column]
	n, err := strconv.Atoi(clean)
	if err != nil || n < 0 || n > top || len(clean) > 2 || !allDigits([]rune(clean)) {
		names := ""
		if column == record.ColColor {
			names = " or one of " + strings.Join(colours, ", ") + "色"
		}
		return "", fmt.Errorf("%s is %s, it must be a whole number from 0 to %d%s", column, quote(s), top, names)
	}
	return strconv.Itoa(n), nil
}

// wholeNumber is a whole number without the .0 that programs give it which take its
// column for numbers with fractions (pandas does, where a value is missing).
func wholeNumber(s string) (string, bool) {
	whole, zeros, ok := strings.Cut(s, ".")
	ok = ok && whole != "" && zeros != "" && allDigits([]rune(whole)) && strings.Trim(zeros, "0") == ""
	return whole, ok
}

// checkURL says whether a text is an absolute http or https address.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("the address is %s, it must start with http:// or https:// and a host", quote(s))
	}
	if strings.Contains(s, `\`) {
		return fmt.Errorf("the address is %s, with a backslash, which no address has: some programs write one before a mark", quote(s))
	}
	return nil
}

// checkID says whether an id of the vendor's lists is digits.
func checkID(s string) error {
	if s == "" || !allDigits([]rune(s)) {
		return fmt.Errorf("the id is %s, it must be digits", quote(s))
	}
	return nil
}

// errControl is of text that no keyboard makes.
var errControl = errors.New("the value holds control characters or line breaks: enter it again")
