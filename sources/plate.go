package sources

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CleanPlate is CleanIdentifier for a plate: separator dots and dashes and
// inner spaces go as well, so that 粤B·12345 is 粤B12345. It is idempotent.
func CleanPlate(s string) string {
	s = CleanIdentifier(s)
	if !strings.ContainsFunc(s, isPlateSeparator) {
		return s
	}
	return CleanIdentifier(strings.Map(func(r rune) rune {
		if isPlateSeparator(r) {
			return -1
		}
		return r
	}, s))
}

// isPlateSeparator tells the marks that people put after the second character.
func isPlateSeparator(r rune) bool {
	switch r {
	case '.', '-', '_', '·', '•', '・', '‧', '∙', '⋅', '●', '◦', '˙', '。', '‐', '‑', '–', '—', '−':
		return true
	}
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u3000'
}

// provinces are the first characters of a civil plate (GA 36).
const provinces = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"

// Plate types of GA 24.7 that a plate's text can tell.
const (
	typeSmall     = "02"
	typeEmbassy   = "03"
	typeConsulate = "04"
	typeTrailer   = "15"
	typeCoach     = "16"
	typePolice    = "23"
	typeHongKong  = "26"
	typeMacau     = "27"
	typeLargeNE   = "51"
	typeSmallNE   = "52"
)

// PlateType checks the form of a cleaned plate (GA 36) and returns the code of
// its type (GA 24.7).
//
//	ordinary       粤B12345            02; large cars (01), foreign-owned (06) and
//	                                   motorcycles (07) look the same and must be given
//	new-energy     粤BD12345           52 small: letter A-H, J or K third
//	               粤B12345D           51 large: that letter last
//	by last mark   粤B1234挂 学 警     15 trailer, 16 coach car, 23 police
//	               粤Z1234港 澳        26 Hong Kong, 27 Macau, of 粤Z only
//	embassy        使224578 224578使   03; the older and the newer form
//	consulate      沪A1234领 沪22478领 04; the older and the newer form
//	others         粤B1234试 超 应急   "": test, oversize and rescue plates are real, but
//	                                   their type (18, 22, …) is not in the text
//
// Military and armed-police plates are an error: no civil register knows
// them. So is everything else.
func PlateType(plate string) (string, error) {
	runes := []rune(plate)
	if len(runes) > 2 && runes[0] == '?' && (runes[1] == '?' || isUpperOrDigit(runes[1])) {
		return "", errDestroyed
	}
	if strings.ContainsRune(plate, '临') {
		return "", errTemporary
	}
	if len(runes) > 0 && (runes[0] == '使' || runes[len(runes)-1] == '使') {
		return embassyType(runes)
	}
	if err := checkPlateHead(runes); err != nil {
		return "", err
	}
	if last := runes[len(runes)-1]; last > '~' {
		return markedType(runes, last)
	}
	if runes[1] < 'A' {
		return "", fmt.Errorf("the plate's second character is %s, it must be a letter", nameRune(runes[1]))
	}
	switch len(runes) {
	case 7:
		return typeSmall, checkSequence(runes[2:])
	case 8:
		return newEnergyType(runes)
	}
	return "", fmt.Errorf("the plate has %d characters, it must have 7 (8 for new energy)", len(runes))
}

// errDestroyed is of ?A12345, which was 沪A12345.
var errDestroyed = errors.New("a question mark stands for the first character of the plate: " + destroyedHint)

// errTemporary is of 临牌 and the like.
var errTemporary = errors.New("this is a temporary plate, with which nothing can be looked up: give the lasting one, or leave the plate empty")

func checkPlateHead(runes []rune) error {
	if len(runes) < 6 {
		return fmt.Errorf("the plate has %d characters, it must have 7 (8 for new energy)", len(runes))
	}
	if strings.ContainsRune(provinces, runes[0]) {
		if !isUpperOrDigit(runes[1]) || runes[1] == 'I' {
			return fmt.Errorf("the plate's second character is %s, it must be a letter", nameRune(runes[1]))
		}
		return nil
	}
	if isUpperOrDigit(runes[0]) {
		return fmt.Errorf("the plate starts with %q, not with a province (京, 沪, 粤, …): write all of it into one column, such as 沪A12345; military plates cannot be looked up", runes[0])
	}
	return fmt.Errorf("the plate starts with %s, which is no province (京, 沪, 粤, …)", nameRune(runes[0]))
}

// checkSequence checks what follows the issuing office's letter.
func checkSequence(seq []rune) error {
	for _, r := range seq {
		switch {
		case r == 'I' || r == 'O':
			return fmt.Errorf("the plate holds the letter %c after its second character; plates have no I or O there (1 or 0?)", r)
		case !isUpperOrDigit(r):
			return fmt.Errorf("the plate holds %s, which no plate has there", nameRune(r))
		}
	}
	return nil
}

func newEnergyType(runes []rune) (string, error) {
	seq := runes[2:]
	if err := checkSequence(seq); err != nil {
		return "", err
	}
	switch {
	case isNewEnergyLetter(seq[0]) && allDigits(seq[2:]):
		return typeSmallNE, nil
	case isNewEnergyLetter(seq[5]) && allDigits(seq[:5]):
		return typeLargeNE, nil
	}
	return "", fmt.Errorf("the plate has 8 characters but not the form of a new-energy plate " +
		"(a letter A-H, J or K third and digits at the end, or five digits and that letter)")
}

func isNewEnergyLetter(r rune) bool { return 'A' <= r && r <= 'K' && r != 'I' }

func allDigits(runes []rune) bool {
	for _, r := range runes {
		if !isDigit(r) {
			return false
		}
	}
	return true
}

// markedType reads plates that end in a Chinese character.
func markedType(runes []rune, mark rune) (string, error) {
	seq := runes[1 : len(runes)-1]
	switch mark {
	case '挂':
		return typeTrailer, checkMarked(runes, seq, mark, 5, 5)
	case '学':
		return typeCoach, checkMarked(runes, seq, mark, 5, 5)
	case '警':
		return typePolice, checkMarked(runes, seq, mark, 5, 5)
	case '港':
		return typeHongKong, checkBorder(runes, seq, mark)
	case '澳':
		return typeMacau, checkBorder(runes, seq, mark)
	case '领':
		return typeConsulate, checkConsulate(seq)
	case '试', '超':
		return "", checkMarked(runes, seq, mark, 5, 6)
	case '急':
		if runes[len(runes)-2] == '应' {
			return "", checkMarked(runes, seq[:len(seq)-1], mark, 5, 5)
		}
	}
	return "", fmt.Errorf("the plate ends in %s, which no plate does", nameRune(mark))
}

// checkMarked checks the office's letter and the numbers before the mark.
func checkMarked(runes, seq []rune, mark rune, shortest, longest int) error {
	if len(seq) < shortest || len(seq) > longest {
		return fmt.Errorf("the plate has %d characters, one that ends in %c has %d", len(runes), mark, len(runes)-len(seq)+shortest)
	}
	if seq[0] < 'A' {
		return fmt.Errorf("the plate's second character is %q, it must be a letter", seq[0])
	}
	return checkSequence(seq[1:])
}

// checkBorder checks a plate of Hong Kong and Macau cars in the mainland. Newer
// ones have five characters between Z and the mark.
func checkBorder(runes, seq []rune, mark rune) error {
	if runes[0] != '粤' || runes[1] != 'Z' {
		return fmt.Errorf("the plate ends in %c but does not start with 粤Z", mark)
	}
	return checkMarked(runes, seq, mark, 5, 6)
}

// checkConsulate takes the form with the office's letter (A1234), used until
// 2018, and the one with three digits of the mission and two or three of the car.
func checkConsulate(seq []rune) error {
	office := len(seq) == 5 && seq[0] >= 'A' && allDigits(seq[1:])
	mission := (len(seq) == 5 || len(seq) == 6) && allDigits(seq[:4]) && checkSequence(seq[4:]) == nil
	if office || mission {
		return nil
	}
	return fmt.Errorf("the plate ends in 领 but has not the form of a consulate's plate (沪A1234领 or 沪22478领)")
}

func embassyType(runes []rune) (string, error) {
	number := runes[1:]
	if runes[0] != '使' {
		number = runes[:len(runes)-1]
	}
	if len(number) != 6 || !allDigits(number) {
		return "", fmt.Errorf("the plate has 使 but not the form of an embassy's plate (使224578 or 224578使)")
	}
	return typeEmbassy, nil
}

// CleanPlateType makes a given plate type a two-digit code of GA 24.7: 2 and
// full-width ２ become 02, 小型汽车 and 小型汽车号牌 become 02. The error says
// why a value cannot be one.
func CleanPlateType(s string) (string, error) {
	s = CleanIdentifier(s)
	if whole, ok := wholeNumber(s); ok {
		s = whole
	}
	if code, ok := plateTypeNames[strings.TrimSuffix(s, "号牌")]; ok {
		return code, nil
	}
	n := utf8.RuneCountInString(s)
	if n == 0 || n > 2 || !allDigits([]rune(s)) || s == "0" || s == "00" {
		return s, fmt.Errorf("the plate type is %s, it must be a two-digit code of GA 24.7 such as 02 (small car)", quote(s))
	}
	if n == 1 {
		s = "0" + s
	}
	return s, nil
}

// plateTypeNames are the names of the commoner types in GA 24.7.
var plateTypeNames = map[string]string{
	"大型汽车": "01", "小型汽车": "02", "使馆汽车": "03", "领馆汽车": "04", "境外汽车": "05", "外籍汽车": "06",
	"普通摩托车": "07", "两、三轮摩托车": "07", "轻便摩托车": "08", "低速车": "13", "挂车": "15", "教练汽车": "16",
	"教练摩托车": "17", "临时行驶车": "22", "警用汽车": "23", "警用摩托": "24", "警用摩托车": "24",
	"香港入出境车": "26", "澳门入出境车": "27", "大型新能源汽车": "51", "小型新能源汽车": "52",
}

// plateTypeAgrees tells whether a given type can belong to a plate whose text
// says worked. An ordinary plate leaves open what has no mark of its own; 99 is
// "other" and agrees with all.
func plateTypeAgrees(given, worked string) bool {
	if given == worked || given == "99" || worked == "" {
		return true
	}
	switch worked {
	case typeSmall:
		switch given {
		case typeEmbassy, typeConsulate, "09", "10", typeTrailer, typeCoach, "17", typePolice, "24",
			typeHongKong, typeMacau, typeLargeNE, typeSmallNE:
			return false
		}
		return true
	case typeEmbassy:
		return given == "09"
	case typeConsulate:
		return given == "10"
	case typeCoach:
		return given == "17"
	case typePolice:
		return given == "24"
	}
	return false
}
