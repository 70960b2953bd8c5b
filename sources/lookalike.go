package sources

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// strangers are the capital letters of other scripts that are drawn like a Latin
// letter or a digit: Cyrillic, Greek, Armenian, Cherokee, Lisu, and Latin ones with
// a mark. Each stands above its twin. Which key was meant is not sure (a Cyrillic В
// may be a typed V), so they are named and never exchanged.
const (
	strangers = "АВЕКМНОРСТУХЅІЈԚԜЗҮ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ՕՍ" + "ᎪᏴᏟᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏔᏃ" + "ꓮꓐꓚꓓꓰꓖꓧꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ" + "ØİŁ"
	twins     = "ABEKMHOPCTYXSIJQW3Y" + "ABEZHIKMNOPTYX" + "OU" + "ABCEHJKLMPRSTWZ" + "ABCDEGHJKLMNOPRSTUVWXYZ" + "OIL"
)

// twin is the Latin letter or digit that a strange character is drawn like, 0 when
// there is none.
func twin(r rune) rune {
	at := slices.Index([]rune(strangers), r)
	if at < 0 {
		return 0
	}
	return rune(twins[at])
}

// nameRune shows a character in a message. One that may be taken for another is
// named by its code point and its script: 'А' (U+0410, a Cyrillic letter that looks
// like the Latin A: type it again).
func nameRune(r rune) string {
	if r <= unicode.MaxASCII || unicode.Is(unicode.Han, r) {
		return fmt.Sprintf("%q", r)
	}
	kind := "character"
	switch {
	case unicode.IsLetter(r):
		kind = "letter"
	case unicode.IsDigit(r):
		kind = "digit"
	}
	if script := scriptOf(r); script != "" {
		kind = script + " " + kind
	}
	like := ""
	if t := twin(r); isDigit(t) {
		like = fmt.Sprintf(" that looks like the digit %c: type it again", t)
	} else if t != 0 {
		like = fmt.Sprintf(" that looks like the Latin %c: type it again", t)
	}
	return fmt.Sprintf("%q (U+%04X, a %s%s)", r, r, kind, like)
}

// scriptOf names the script of a character, "" when it is of none or of many.
func scriptOf(r rune) string {
	for _, name := range slices.Sorted(maps.Keys(unicode.Scripts)) {
		if name != "Common" && name != "Inherited" && unicode.Is(unicode.Scripts[name], r) {
			return strings.ReplaceAll(name, "_", " ")
		}
	}
	return ""
}

// Characters of plates as they are written outside the mainland, each above the
// one that stands on the plate: one character for one, so that it is sure.
const (
	traditionalMarks = "粵滬蘇遼閩贛魯瓊貴雲陝寧晉學掛領試應"
	simplifiedMarks  = "粤沪苏辽闽赣鲁琼贵云陕宁晋学挂领试应"
)

// simplifyPlate writes the characters of a plate as they stand on it, and lists those
// that were written otherwise.
func simplifyPlate(plate string) (string, []rune) {
	if !strings.ContainsAny(plate, traditionalMarks) {
		return plate, nil
	}
	from, to := []rune(traditionalMarks), []rune(simplifiedMarks)
	var other []rune
	return strings.Map(func(r rune) rune {
		at := slices.Index(from, r)
		if at < 0 {
			return r
		}
		other = append(other, r)
		return to[at]
	}, plate), other
}
