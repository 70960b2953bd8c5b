package messages

import (
	"fmt"
	"slices"

	"golang.org/x/text/language"
)

// Lang is a language that people are spoken to in.
type Lang string

// The languages.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Langs returns every language.
func Langs() []Lang { return []Lang{English, Chinese} }

// ParseLang reads the name of a language.
func ParseLang(text string) (Lang, error) {
	if l := Lang(text); slices.Contains(Langs(), l) {
		return l, nil
	}
	return "", fmt.Errorf("%q: the languages are en and zh", text)
}

// Tag is the language as HTML names it.
func (l Lang) Tag() language.Tag {
	if l == Chinese {
		return language.SimplifiedChinese
	}
	return language.English
}
