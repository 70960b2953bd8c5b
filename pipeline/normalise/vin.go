package normalise

import "strings"

// SameVIN tells whether an answer's VIN can be the one asked about. Vendors mask
// it with stars, and with fewer stars than letters (SA******02383): so what
// stands before the first star and behind the last one is compared. An answer
// that names no VIN contradicts nothing.
func SameVIN(asked, answered string) bool {
	asked, answered = foldVIN(asked), foldVIN(answered)
	if unsaid(strings.ToLower(answered)) {
		return true
	}
	first, last := strings.IndexByte(answered, '*'), strings.LastIndexByte(answered, '*')
	if first < 0 {
		return asked == answered
	}
	head, tail := answered[:first], answered[last+1:]
	return len(head)+len(tail) <= len(asked) && strings.HasPrefix(asked, head) && strings.HasSuffix(asked, tail)
}

// foldVIN also knows the full-width star.
func foldVIN(s string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "\uff0a", "*"))
}
