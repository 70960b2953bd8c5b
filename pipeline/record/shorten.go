package record

import (
	"regexp"
	"strings"
)

var (
	// vinLike is a word of 17 characters that a VIN may have.
	vinLike = regexp.MustCompile(`(?i)\b[A-HJ-NPR-Z0-9]{17}\b`)
	// plateLike is a number plate (GA 36), with or without marks between.
	plateLike = regexp.MustCompile(`[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使][A-Za-z0-9][·.\- ]?[A-Za-z0-9]{3,6}[挂学警港澳领试超应]?急?`)
)

// Shorten returns a text with the VINs and plates in it shortened, as logs,
// progress and messages of errors show them: LSV…4841, 粤B…45. It knows them by
// their form; a lookup is known by its number there, a vehicle by its row. What
// a user asks for, outputs and the failure ledger, is never shortened.
func Shorten(text string) string {
	for {
		short := shortenOnce(text)
		if short == text {
			return text
		}
		text = short // what is left may look like another
	}
}

func shortenOnce(text string) string {
	text = vinLike.ReplaceAllStringFunc(text, func(vin string) string {
		if !strings.ContainsAny(vin, "0123456789") {
			return vin // a word
		}
		return vin[:3] + "…" + vin[len(vin)-4:]
	})
	return plateLike.ReplaceAllStringFunc(text, func(plate string) string {
		r := []rune(plate)
		return string(r[:2]) + "…" + string(r[len(r)-2:])
	})
}
