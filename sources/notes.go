package sources

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// found is what a cell holds that has more in it than one plain value.
type found struct {
	value string // as it is used; "" when none is sure
	err   error  // why it cannot be used
}

var (
	alnumRun   = regexp.MustCompile(`[A-Z0-9]+`)
	bracketed  = regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|《[^《》]*》|\{[^{}]*\}`)
	vinLabels  = regexp.MustCompile(`\b(?:VIN|NO|NUMBER|CODE|CHASSIS|FRAME|NR|ID)\b`)
	doubt      = regexp.MustCompile(`\?|作废|错|误|疑|不对|不符|不确定|不清|待核|待查|原|旧|曾|假|套|示例|样例|范例|^例`)
	vinInParts = regexp.MustCompile(`^[A-Z0-9]+(?:[\s._·•-]+[A-Z0-9]+)+$`)
)

// findVIN looks for the VIN in a cleaned text that is none by itself: behind a
// label (VIN:…, 车架号…), in front of a note (…(过户), … 已售), between marks, or in
// parts. Several VINs, and what is not sure, are an error.
func findVIN(text string) found {
	vins := vinsIn(text)
	switch {
	case isCommentedOut(text):
		return found{err: errors.New("the cell begins with a mark that may mean that the row does not count: take the mark away, or the row")}
	case len(vins) > 1:
		return found{err: fmt.Errorf("the cell holds %d VINs, %s: %s", len(vins), strings.Join(vins[:min(len(vins), 3)], ", "), rowEach)}
	case len(vins) == 1:
		return besideVIN(text, vins[0])
	case alnumWords(text) > 1:
		return found{err: fmt.Errorf("the cell holds more than one number and none of them is a VIN of %d characters: %s", vinLength, rowEach)}
	}
	return vinOfParts(text)
}

// isCommentedOut tells whether a text begins as a comment does, #LSV… or //LSV…,
// and has no such mark at its end.
func isCommentedOut(text string) bool {
	for _, mark := range []string{"#", "//", "--", ";"} {
		if strings.HasPrefix(text, mark) && !strings.HasSuffix(text, mark) {
			return true
		}
	}
	return false
}

// vinsIn lists what has the length of a VIN in a text, each once.
func vinsIn(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, run := range alnumRun.FindAllString(text, -1) {
		run = strings.TrimPrefix(run, "VIN") // no VIN holds an I
		if len(run)%vinLength != 0 {
			continue
		}
		for ; run != ""; run = run[vinLength:] {
			if vin := run[:vinLength]; strings.ContainsAny(vin, "0123456789") && !seen[vin] {
				seen[vin] = true
				out = append(out, vin)
			}
		}
	}
	return out
}

// alnumWords counts the words that may be a VIN with a character too few or too many.
func alnumWords(text string) int {
	n := 0
	for _, run := range alnumRun.FindAllString(text, -1) {
		if len(run) >= vinLength-2 && len(run) <= vinLength+2 && strings.ContainsAny(run, "0123456789") {
			n++
		}
	}
	return n
}

// besideVIN judges what stands around the only VIN of a text.
func besideVIN(text, vin string) found {
	if err := CheckVIN(vin); err != nil {
		return found{err: err}
	}
	note := strings.ReplaceAll(text, vin, " ")
	if word := doubt.FindString(note); word != "" {
		return found{err: fmt.Errorf("the VIN stands beside %s, which may say that it is not right: leave the VIN alone in its cell", quote(word))}
	}
	if r, strange := strangeLetter(note); strange {
		return found{err: fmt.Errorf("the VIN stands beside %s: leave the VIN alone in its cell", nameRune(r))}
	}
	open := vinLabels.ReplaceAllString(bracketed.ReplaceAllString(strings.TrimPrefix(note, "VIN"), " "), " ")
	sure := CheckDigit(vin) == nil
	for _, run := range alnumRun.FindAllString(note, -1) {
		if len(run) >= vinLength-3 && strings.ContainsAny(run, "0123456789") {
			return found{err: fmt.Errorf("the cell holds a VIN and %s, which may be another: %s", quote(run), rowEach)}
		}
	}
	if rest := alnumRun.FindString(open); rest != "" && !sure {
		return found{err: fmt.Errorf("the VIN stands beside %s, which may be a part of it: leave the VIN alone in its cell", quote(rest))}
	}
	return found{value: vin}
}

// strangeLetter finds a letter that is neither Latin A-Z nor Chinese.
func strangeLetter(s string) (rune, bool) {
	for _, r := range s {
		if r > unicode.MaxASCII && (unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsNumber(r)) {
			return r, true
		}
	}
	return 0, false
}

// vinOfParts joins a VIN that is written in parts, LSVAA 4182 E218 4847. Short
// parts may be something else, so there the check digit must be right.
func vinOfParts(text string) found {
	core := strings.TrimFunc(bracketed.ReplaceAllString(text, " "), func(r rune) bool { return !isUpperOrDigit(r) })
	core = strings.TrimLeft(strings.TrimPrefix(core, "VIN"), " :#=.-")
	if !vinInParts.MatchString(core) {
		if strings.ContainsFunc(core, unicode.IsSpace) || core == "" || core == text {
			return found{err: CheckVIN(text)}
		}
		return found{err: CheckVIN(core)}
	}
	parts := alnumRun.FindAllString(core, -1)
	vin := strings.Join(parts, "")
	if len(vin) != vinLength {
		return found{err: CheckVIN(text)}
	}
	if err := CheckVIN(vin); err != nil {
		return found{err: err}
	}
	for _, p := range parts {
		if len(p) < 3 && CheckDigit(vin) != nil {
			return found{err: fmt.Errorf("the VIN is written in parts, and its check digit does not say that they belong together: if %s is the VIN, write it so", vin)}
		}
	}
	return found{value: vin}
}

// platePattern is what may be a plate in a text; PlateType knows which is one.
var platePattern = regexp.MustCompile(`[` + provinces + `][ .·•・‧-]*[A-Z][ .·•・‧-]*[A-Z0-9]{4,6}(?:应急|[挂学警港澳领试超])?|使[0-9]{6}|[0-9]{6}使`)

var (
	// inBrackets is a province in brackets before the rest of its plate: (苏)E7K902.
	inBrackets = regexp.MustCompile(`^[(\[【]([` + provinces + `])[)\]】]`)
	plateHead  = regexp.MustCompile(`[` + provinces + `][ .·•・‧-]*[A-Z][ .·•・‧-]*[A-Z0-9]{3}`)
	plateGone  = regexp.MustCompile(`\?|作废|错|误|疑|不对|不符|不确定|不清|待核|待查|原|旧|曾|前|注销|失效|丢|临|假|套|示例|样例|范例|^例`)
)

// findPlate looks for the plate in a cleaned text that is none by itself, with a
// label before it or a note behind. Several plates, a note that says that it is no
// longer the plate, and what is not sure, are an error.
func findPlate(text string) found {
	text = inBrackets.ReplaceAllString(text, "$1")
	plates, note := platesIn(text)
	switch {
	case len(plates) > 1:
		return found{err: fmt.Errorf("the cell holds %d plates, %s: with the plate that it has now, %s", len(plates), strings.Join(plates[:min(len(plates), 3)], ", "), rowEach)}
	case len(plates) == 0:
		return found{}
	case plateHead.MatchString(note):
		return found{err: errors.New("the cell holds a plate and something that may be another: with the plate that it has now, " + rowEach)}
	case plateGone.MatchString(note):
		return found{err: fmt.Errorf("the plate stands beside %s, which may say that it is not the plate of now: leave the plate alone in its cell", quote(plateGone.FindString(note)))}
	}
	if r, strange := strangeLetter(note); strange {
		return found{err: fmt.Errorf("the plate stands beside %s: leave the plate alone in its cell", nameRune(r))}
	}
	if rest := alnumRun.FindString(bracketed.ReplaceAllString(note, " ")); rest != "" && rest != "NO" && rest != "PLATE" {
		return found{err: fmt.Errorf("the plate stands beside %s, which may be a part of it: leave the plate alone in its cell", quote(rest))}
	}
	if err := checkColour(plates[0], note); err != nil {
		return found{err: err}
	}
	return found{value: plates[0]}
}

// platesIn lists the plates in a text, each once, and what is left without them.
func platesIn(text string) (plates []string, note string) {
	seen, end := map[string]bool{}, 0
	for _, at := range platePattern.FindAllStringIndex(text, -1) {
		plate := CleanPlate(text[at[0]:at[1]])
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if _, err := PlateType(plate); err != nil || isUpperOrDigit(before) || isUpperOrDigit(after) {
			continue
		}
		note += text[end:at[0]] + " "
		end = at[1]
		if !seen[plate] {
			seen[plate] = true
			plates = append(plates, plate)
		}
	}
	return plates, note + text[end:]
}

// plateColours are the colours of plates and the types (GA 24.7) that have them and
// that a plate's text can tell.
var plateColours = []struct {
	word  string
	types string
}{
	{"黄绿", typeLargeNE}, {"绿", typeSmallNE + " " + typeLargeNE}, {"蓝", typeSmall},
	{"黄", typeTrailer + " " + typeCoach}, {"黑牌", typeEmbassy + " " + typeConsulate + " " + typeHongKong + " " + typeMacau},
	{"白牌", typePolice},
}

// checkColour says that a note names another colour than plates have of the type
// that the plate's text says; nil when it does not.
func checkColour(plate, note string) error {
	code, _ := PlateType(plate) // it is one
	for _, c := range plateColours {
		if !strings.Contains(note, c.word) {
			continue
		}
		if strings.Contains(c.types, code) { // where the text leaves the type open it must be given anyway
			return nil
		}
		return fmt.Errorf("the note beside the plate says %s, and %s by itself is of another colour (type %s): write the plate alone, and its type into a column plate_type (01 for a large car)",
			c.word, plate, code)
	}
	return nil
}

// takenFrom is how the remark begins on an identifier that was taken out of a text.
func takenFrom(column string) string {
	if column == record.ColVIN {
		column = "VIN"
	}
	return "the " + column + " was taken from "
}

// takenRemark is said of an identifier that was taken out of a text.
func takenRemark(column, text string) string { return takenFrom(column) + quote(text) }

// otherForm is how the remark begins on a plate that is written with traditional
// characters.
const otherForm = "the plate is written with "

// takenText is the text that a remark names from which a VIN or a plate was taken.
func takenText(remark string) string {
	for _, column := range []string{record.ColVIN, record.ColPlate} {
		if text, ok := strings.CutPrefix(remark, takenFrom(column)); ok {
			return strings.Trim(text, `"`)
		}
	}
	return ""
}

// isCellRemark tells whether a remark is about how the cell of a column is written.
func isCellRemark(remark, column string) bool {
	return isNumberRemark(remark, column) || strings.HasPrefix(remark, takenFrom(column)) || column == record.ColPlate && strings.HasPrefix(remark, otherForm)
}

// databaseEscape is a backslash as databases write it before a mark or for one (\\, \", \t for a tab), in upper case.
var databaseEscape = regexp.MustCompile(`\\[\\"'TNRBZ0]|\\$`)

// formulaText is the text of a formula, as lists hold it that were written without calculating.
var formulaText = regexp.MustCompile(`^=|^[+@-].*\(.*\)|^[+-]\d+([-+*/]\d+)+$`)

// Bullets are the marks of a list, or of a text in the middle of its cell (^), before an engine number; a lone * stands at either end.
const bullets = "·•●○■□◆◇▪▫★☆※→^"

var (
	// engineLabel is what a list may write before an engine number, in upper case.
	engineLabel = regexp.MustCompile(`^(?:(?:发动机|引擎)?(?:号码?|编号)[.:#=]*|(?:ENGINE ?)?(?:NO|NR|NUM|NUMBER)[.:#=\s]+|ENGINE[.:#=\s]+)\s*`)
	// openMark is a mark or a short word before an engine number that may be a part of it.
	openMark = regexp.MustCompile(`^(?:[#~_.,:;/|+=\-–—]|N/)`)
)

// besideEngineNo is what stands in brackets before or behind an engine number.
var besideEngineNo = regexp.MustCompile(`^[(\[{<【《][^()]*[A-Z0-9][^()]*[)\]}>】》]|[(\[{<【《][^()]*[A-Z0-9][^()]*[)\]}>】》]$`)

// bareEngineNo takes the labels and the bullets off an engine number that has any. Without them nothing is left of some: they stay.
func bareEngineNo(s string) string {
	bare := strings.TrimLeft(s, bullets+" ")
	if inner, ok := strings.CutPrefix(bare, "*"); ok && !strings.HasPrefix(inner, "*") {
		bare = strings.TrimSuffix(inner, "*")
	}
	bare = strings.TrimSpace(engineLabel.ReplaceAllString(strings.TrimSpace(bare), ""))
	if !strings.ContainsFunc(bare, isUpperOrDigit) {
		return s
	}
	return bare
}

// checkEngineNo says what no engine number holds: letters of other scripts, or no
// letter and no digit at all.
func checkEngineNo(s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return errControl
	}
	for _, r := range s {
		if r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsNumber(r)) {
			return fmt.Errorf("the engine number holds %s; it is written in letters A-Z and digits", nameRune(r))
		}
	}
	if markdownEscape.MatchString(s) {
		return fmt.Errorf("the engine number is %s, with a backslash as Markdown writes it before a mark: export the list as CSV", quote(s))
	}
	if formulaText.MatchString(s) {
		return fmt.Errorf("the engine number is %s, which is a formula and not its value: write what the formula gives", quote(s))
	}
	if beside := besideEngineNo.FindString(s); beside != "" {
		return fmt.Errorf("the engine number is %s, with something in brackets that may be its type or a note: leave the number alone in its cell", quote(s))
	}
	if openMark.MatchString(s) && strings.ContainsFunc(s, isUpperOrDigit) {
		return fmt.Errorf("the engine number is %s, with a mark before it: is something missing there? Write the number without the mark", quote(s))
	}
	if databaseEscape.MatchString(s) {
		return fmt.Errorf("the engine number is %s, with a backslash as MySQL and MariaDB write it before a mark, or for one: export the list as CSV without it, or write what is meant", quote(s))
	}
	for _, mark := range []string{"**", "__", "~~", "`"} {
		if inner, ok := strings.CutPrefix(s, mark); ok && strings.HasSuffix(inner, mark) {
			return fmt.Errorf("the engine number is %s, between marks as Markdown writes them: take the marks away, and the row if it is struck through (~~)", quote(s))
		}
	}
	if whole, ok := wholeNumber(s); ok {
		return fmt.Errorf("the engine number is %s, which a program has written that took %s for a quantity; zeros in front would be lost: write the column as text", quote(s), whole)
	}
	if !strings.ContainsFunc(s, isUpperOrDigit) {
		return fmt.Errorf("the engine number is %s, without a letter or a digit", quote(s))
	}
	return checkQuotes(s)
}
