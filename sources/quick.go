package sources

import "strings"

// Nearly every value of a list has the plain form of its column. It is known here
// at a glance, without the patterns and the folding that take the time of a
// large file; whatever is not plain goes the long way. A test holds
// both ways against each other.

// vinValues are the values of the characters of a VIN plus one; 0 is none.
var vinValues = func() (v [256]uint8) {
	for c := byte('0'); c <= '9'; c++ {
		v[c] = c - '0' + 1
	}
	for c := byte('A'); c <= 'Z'; c++ {
		if c != 'I' && c != 'O' && c != 'Q' {
			v[c] = uint8(vinValue(c)) + 1 //nolint:gosec // 1 to 9
		}
	}
	return v
}()

// plainVIN tells whether a text is a VIN about which nothing is to be said.
func plainVIN(s string) bool {
	if len(s) != vinLength {
		return false
	}
	sum, same := 0, true
	for i := range vinLength {
		value := vinValues[s[i]]
		if value == 0 {
			return false
		}
		sum += int(value-1) * vinWeights[i]
		same = same && s[i] == s[0]
	}
	return !same && s[8] == "0123456789X"[sum%11]
}

// plainPlate tells whether a text is a clean plate of the commonest kind, 粤B12345,
// whose type is typeSmall.
func plainPlate(s string) bool {
	const province = len("粤")
	if len(s) != province+6 || s[province] < 'A' || !beginsWithProvince(s) {
		return false
	}
	for i := province; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') || c == 'I' || c == 'O' {
			return false
		}
	}
	return true
}

// beginsWithProvince is of a text of at least three bytes.
func beginsWithProvince(s string) bool {
	return s[0] >= 0xE0 && strings.Contains(provinces, s[:len("粤")])
}

// cleanPlate tells whether a text is a province and behind it what is clean.
func cleanPlate(s string) bool {
	const province = len("粤")
	return len(s) > province && isCleanASCII(s[province:]) && beginsWithProvince(s)
}

// plainEngineNo tells whether a text is capital letters and digits alone.
func plainEngineNo(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}

// plainMonth is the month of 2022-01 and 2022-01-15.
func plainMonth(s string) (string, bool) {
	if len(s) != 7 && (len(s) != 10 || s[7] != '-' || s[8] > '2' || s[8:] < "01" || s[8:] > "28" || !isDigit(rune(s[9]))) {
		return "", false
	}
	year, month := s[:4], s[5:7]
	if s[4] != '-' || year <= firstMonth[:4] || year > "2099" || month < "01" || month > "12" || !isDigit(rune(month[1])) {
		return "", false
	}
	for i := range len(year) {
		if !isDigit(rune(year[i])) {
			return "", false
		}
	}
	return s[:7], true
}

// plainValue tells whether nothing is around a value, and a digit in it says that
// it is none of the words for "not known".
func plainValue(s string) bool {
	if s == "" || !isDigit(rune(s[len(s)-1])) {
		return false
	}
	c := s[0]
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 0xE4 && c <= 0xE9 // most Han; no space is among them
}

// plainKM is a distance of four to six digits that needs no unit to be known.
func plainKM(s string) (int64, bool) {
	if len(s) < 4 || len(s) > 6 || s[0] == '0' {
		return 0, false
	}
	km := int64(0)
	for i := range len(s) {
		if !isDigit(rune(s[i])) {
			return 0, false
		}
		km = km*10 + int64(s[i]-'0')
	}
	return km, km != fillerMileage
}
