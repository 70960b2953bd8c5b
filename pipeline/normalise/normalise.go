// Package normalise holds the pure functions that turn vendors' words into our
// values: days, moments, money, distances, flags, texts, kinds of visit, and
// the joining, ordering and checking of the visits of a report.
//
// Nothing here knows a vendor, the clock or the machine's zone. Every function
// is safe for concurrent use. Unknown stays unknown: an empty text gives an Opt
// that is not OK and no error; a text that cannot be read gives an error, which
// the caller notes as a problem of the record.
package normalise

import "strings"

// unsaid tells whether a vendor's text stands for "we do not know".
func unsaid(s string) bool {
	const longest = len("（为空）")
	if len(s) > longest {
		return false
	}
	switch strings.ToLower(s) {
	case "", "null", "none", "nil", "nan", "n/a", "undefined", "-", "--", "—", "——", "/", "无", "暂无", "未知", "不详", "(为空)", "(null)", "（为空）":
		return true
	}
	return false
}

// Says tells a value of a vendor's from what stands for none: nothing, a word for
// it, 0, false, and -1 where that is "not sure".
func Says[T ~string](t T) bool {
	s := strings.ToLower(strings.TrimSpace(string(t)))
	if strings.Trim(s, "0.") == "" {
		return false
	}
	return s != "-1" && s != "false" && s != "否" && s != "不确定" && !unsaid(s)
}
