package sources

import (
	"vehiclebatch/pipeline/record"
)

// Nearly every value of a list has the plain form of its column. It is known here
// at a glance, without the patterns and the folding that take the time of a
// large file: a plain value is in the encoding of the file, has nothing around it and is no word for "not known".
// Whatever is not plain goes the long way. A test holds both ways against each other.

func takePlainVIN(v *record.Vehicle, s string) bool {
	plain := plainVIN(s)
	if plain {
		v.VIN = s
	}
	return plain
}

func takePlainPlate(v *record.Vehicle, s string) bool {
	plain := plainPlate(s)
	if plain {
		v.Plate, v.PlateType = s, typeSmall
	}
	return plain
}

func takePlainEngineNo(v *record.Vehicle, s string) bool {
	plain := plainEngineNo(s)
	if plain {
		v.EngineNo = s
	}
	return plain
}

func takePlainMonth(v *record.Vehicle, s string) bool {
	month, plain := plainMonth(s)
	if plain {
		v.FirstRegistered = month
	}
	return plain
}

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

// isProvince has a bit for each Han character, from firstHan on, that begins a plate.
var isProvince = func() (bits [(lastHan - firstHan + 64) / 64]uint64) {
	for _, r := range provinces {
		bits[(r-firstHan)/64] |= 1 << ((r - firstHan) % 64)
	}
	return bits
}()

const firstHan, lastHan = 0x4E00, 0x9FFF

// beginsWithProvince is of a text of at least three bytes.
func beginsWithProvince(s string) bool {
	if s[0]>>4 != 0xE || s[1]>>6 != 2 || s[2]>>6 != 2 { // no three bytes of a character
		return false
	}
	at := (rune(s[0]&0xF)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)) - firstHan
	return at >= 0 && at <= lastHan-firstHan && isProvince[at/64]>>(at%64)&1 != 0
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

// cleanPlate tells whether a text is a province and behind it what is clean.
func cleanPlate(s string) bool {
	const province = len("粤")
	return len(s) > province && isCleanASCII(s[province:]) && beginsWithProvince(s)
}

// plainEngineNo tells whether a text is capital letters and digits alone, and a digit at its end, which no word for "not
// known" has.
func plainEngineNo(s string) bool {
	if s == "" || len(s) > maxValue || !isDigit(rune(s[len(s)-1])) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// plainMonth is the month of 2022-01 and 2022-01-15.
func plainMonth(s string) (string, bool) {
	if len(s) != 7 && (len(s) != 10 || s[7] != '-') || s[4] != '-' {
		return "", false
	}
	year, month := 100*twoDigits(s)+twoDigits(s[2:]), twoDigits(s[5:])
	if year < 1971 || year > 2099 || month < 1 || month > 12 {
		return "", false
	}
	if len(s) == 10 && (twoDigits(s[8:]) < 1 || twoDigits(s[8:]) > 28) {
		return "", false
	}
	return s[:7], true
}

// twoDigits is the number that a text begins with, far below 0 when it does not.
func twoDigits(s string) int {
	tens, ones := s[0]-'0', s[1]-'0'
	if tens > 9 || ones > 9 {
		return -1 << 20
	}
	return int(tens)*10 + int(ones)
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

// A distance of four to six digits needs no unit to be known.
const plainLeast, plainMost = 1000, 999_999

// isPlainKM tells whether a number is such a distance.
func isPlainKM(km int64) bool { return km >= plainLeast && km <= plainMost && km != fillerMileage }

// plainKM is the distance that a text of digits is, if it is a plain one.
func plainKM(s string) (int64, bool) {
	km := int64(0)
	for i := range len(s) {
		if !isDigit(rune(s[i])) || km > plainMost {
			return 0, false
		}
		km = km*10 + int64(s[i]-'0')
	}
	return km, isPlainKM(km) && s[0] != '0'
}
