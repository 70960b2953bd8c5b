package vendors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/vendors/charset"
)

// reason is what an answer says of itself, and never empty.
func reason(r Response) string {
	if said := Words(r); said != "" {
		return said
	}
	return fmt.Sprintf("HTTP %d without a word", r.Status)
}

// mostRead is how much of a body is read for words and marks, in bytes. Pages of
// gateways are short.
const mostRead = 64 << 10

// Behind puts a vendor's words behind ours.
func Behind(ours, said string) string {
	switch {
	case said == "":
		return ours
	case ours == "":
		return said
	}
	return ours + " (" + said + ")"
}

// Words are the words for people that stand in an answer of whatever kind: the
// message in a JSON object, the title of a page, else the first words of a text.
// Shortened; "" when there are none. It is pure and total.
func Words(r Response) string {
	body := bytes.TrimSpace(readable(r))
	if len(body) == 0 {
		return ""
	}
	if said, isJSON := jsonWords(body); isJSON {
		return said
	}
	if body[0] == '<' || strings.Contains(mediaType(r.Head), "html") {
		return pageWords(string(body))
	}
	return firstWords(string(body))
}

// textOf is the beginning of a body as UTF-8: gateways in China may answer in GBK.
func textOf(r Response) []byte { return charset.UTF8(r.Body[:min(len(r.Body), mostRead)]) }

// readable is textOf without what is broken in it.
func readable(r Response) []byte { return bytes.ReplaceAll(textOf(r), []byte("\ufffd"), nil) }

// firstWords are the beginning of a text, if it says anything: a letter or a digit.
func firstWords(text string) string {
	said := normalise.Excerpt(text)
	if strings.IndexFunc(said, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return ""
	}
	return said
}

var (
	titleOf = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	unseen  = regexp.MustCompile(`(?is)<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<[^>]*>`)
)

// pageWords are the title of a page, or its text where it has none.
func pageWords(page string) string {
	if m := titleOf.FindStringSubmatch(page); m != nil {
		if said := firstWords(shownText(m[1])); said != "" {
			return said
		}
	}
	return firstWords(shownText(page))
}

func shownText(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(unseen.ReplaceAllString(page, " "))), " ")
}

// wordKeys are the names, without case and joints, under which interfaces put
// words for people, the best first.
var wordKeys = []string{"msg", "message", "errmsg", "errormsg", "errormessage", "resultmsg", "retmsg", "returnmessage", "errordescription",
	"error", "err", "reason", "detail", "details", "description", "desc", "info", "title"}

// deepestWords is how many objects and lists may lie around words.
const deepestWords = 4

// jsonWords finds words in JSON: by their usual names, outer ones first. An object
// without any is shown as it begins. It is false for what is no JSON.
func jsonWords(body []byte) (string, bool) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return "", false
	}
	if said := wordsIn(v, deepestWords); said != "" {
		return said, true
	}
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return firstWords(v), true
	}
	return firstWords(string(body)), true
}

func wordsIn(v any, depth int) string {
	if depth == 0 {
		return ""
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if said := wordsIn(item, depth-1); said != "" {
				return said
			}
		}
	case map[string]any:
		return wordsOfObject(v, depth)
	}
	return ""
}

func wordsOfObject(object map[string]any, depth int) string {
	names := slices.Sorted(maps.Keys(object)) // the same words whenever it is read
	for _, key := range wordKeys {
		for _, name := range names {
			if text, ok := object[name].(string); ok && plainName(name) == key {
				if said := firstWords(text); said != "" {
					return said
				}
			}
		}
	}
	for _, name := range names {
		if said := wordsIn(object[name], depth-1); said != "" {
			return said
		}
	}
	return ""
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}
