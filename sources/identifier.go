package sources

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// CleanIdentifier folds an identifier: NFKC (full-width
// forms become plain), upper case, no space around it. Characters that cannot be
// seen (zero-width space, byte order mark, direction marks), which chat programs
// and web pages add, are dropped wherever they stand. Cleaning a clean identifier
// changes nothing.
func CleanIdentifier(s string) string {
	if isCleanASCII(s) || cleanPlate(s) {
		return s
	}
	// Upper case can undo NFKC and NFKC can bring up another space, so fold
	// until nothing changes. Real text settles in the first round.
	for range maxFolds {
		folded := fold(s)
		if folded == s {
			break
		}
		s = folded
	}
	return s
}

// maxFolds is more than any character needs; a test searches for exceptions.
const maxFolds = 8

func fold(s string) string {
	s = norm.NFKC.String(s)
	if strings.ContainsFunc(s, isInvisible) {
		s = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(strings.ToUpper(s))
}

func isInvisible(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Cf, r) }

func isCleanASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' || 'a' <= s[i] && s[i] <= 'z' {
			return false
		}
	}
	return true
}

const vinLength = 17

// CheckVIN says what is wrong with the structure of a cleaned VIN: 17
// letters and digits without I, O and Q (ISO 3779, GB 16735). nil is right.
func CheckVIN(vin string) error {
	if n := utf8.RuneCountInString(vin); n != vinLength {
		return fmt.Errorf("the VIN has %d characters, it must have %d", n, vinLength)
	}
	for _, r := range vin {
		switch {
		case r == 'I' || r == 'O' || r == 'Q':
			return fmt.Errorf("the VIN holds the letter %c; a VIN has no I, O or Q (1 or 0?)", r)
		case !isUpperOrDigit(r):
			return fmt.Errorf("the VIN holds %s; it must be letters A-Z and digits only", nameRune(r))
		}
	}
	return nil
}

// CheckDigit holds the ninth character of a VIN that CheckVIN accepts against
// the check digit of ISO 3779 and GB 16735. nil is right. A mismatch is a
// remark, not a fault: real vehicles carry such VINs.
func CheckDigit(vin string) error {
	if CheckVIN(vin) != nil {
		return errors.New("the check digit needs a VIN of the right structure")
	}
	sum := 0
	for i := 0; i < vinLength; i++ {
		sum += vinValue(vin[i]) * vinWeights[i]
	}
	if want := "0123456789X"[sum%11]; vin[8] != want {
		return fmt.Errorf(record.WrongCheckDigit+"%c, it should be %c: a typing error?", vin[8], want)
	}
	return nil
}

// vinWeights are the weights by position; the check digit itself has none.
var vinWeights = [vinLength]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

// vinValue is the value of a character: A to H are 1 to 8, J to R 1 to 9, S to Z 2 to 9.
func vinValue(c byte) int {
	switch {
	case c <= '9':
		return int(c - '0')
	case c <= 'H':
		return int(c-'A') + 1
	case c <= 'R':
		return int(c-'J') + 1
	}
	return int(c-'S') + 2
}

func isUpperOrDigit(r rune) bool { return 'A' <= r && r <= 'Z' || isDigit(r) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// excelNumber is a long number as a spreadsheet writes it when it takes an
// identifier for a quantity. The sign is required: engine numbers such as
// 4E10 exist.
var excelNumber = regexp.MustCompile(`^-?\d(\.\d+)?E[+-]\d+$`)

// CheckExcel says whether a cleaned identifier was destroyed by a
// spreadsheet: 1.2E+16, ######, #N/A, #VALUE! and the like. nil is intact.
func CheckExcel(s string) error {
	const again = "was written by a spreadsheet in place of the value, whose digits are lost: " +
		"format the column as text and enter it again"
	switch {
	case s == "#N/A", s == "#VALUE!", s == "#REF!", s == "#NAME?", s == "#DIV/0!", s == "#NULL!", s == "#NUM!", s == "#SPILL!", s == "#CALC!":
		return fmt.Errorf("%s is what a formula of the spreadsheet gave in place of the value: enter the value, or leave the cell empty", s)
	case strings.HasPrefix(s, "##"):
		return fmt.Errorf("%s %s", s[:min(len(s), 10)], again)
	case s != "" && s[0] <= '9' && strings.ContainsAny(s, "+-") && excelNumber.MatchString(s):
		return fmt.Errorf("%s %s", s, again)
	}
	return nil
}
