package messages

import (
	"fmt"
	"slices"
	"strings"

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

// LangOfLocale is the language that the locale of a terminal names (LC_ALL, LC_MESSAGES, LANG: the first that is set), "" when it
// names none that is spoken here. English is not told from what a machine has when nobody chose.
func LangOfLocale(getenv func(string) (string, bool)) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value, _ := getenv(name); value != "" {
			if strings.HasPrefix(strings.ToLower(value), string(Chinese)) {
				return Chinese
			}
			return ""
		}
	}
	return ""
}

// Tag is the language as HTML names it.
func (l Lang) Tag() language.Tag {
	if l == Chinese {
		return language.SimplifiedChinese
	}
	return language.English
}
