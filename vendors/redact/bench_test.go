package redact

import (
	"bytes"
	"strings"
	"testing"
)

// Answers of 40 KB, as vendors write them.
var answers = map[string]string{
	"utf-8":   strings.Repeat(`{"content":"更换机油机滤","mileage":"85142","type":"1"},`, 660),
	"escaped": strings.Repeat(`{"content":"\u66f4\u6362\u673a\u6cb9","date":"2014\/09\/21","type":"1"},`, 530),
	"pretty":  strings.Repeat("    {\n      \"content\": \"更换机油机滤\",\n      \"mileage\": \"85142\"\n    },\n", 560),
	"page":    strings.Repeat(`<td class="x">&nbsp;更换&amp;机油</td><a href="/a?b=1&amp;c=2">50%</a>`, 500),
	"picture": strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4", 640),
}

func BenchmarkHide(b *testing.B) {
	r := New([]string{"5f4dcc3b5aa765d61d8327deb882cf99", "AKIDsimulatorsimulator"}).With([]string{"c2ln+bmF0/dXJlLW9mLXRoaXM="})
	for name, text := range answers {
		b.Run(name, func(b *testing.B) {
			body := []byte(text)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				r.Hide(body)
			}
		})
	}
}

// What is made to be read over and over takes its time, and no more.
func BenchmarkHostile(b *testing.B) {
	r := New([]string{"5f4dcc3b5aa765d61d8327deb882cf99", "AKIDsimulatorsimulator"})
	for name, part := range map[string]string{"letters": "U", "backslashes": `\`, "percent": "%25", "percents": "%", "entities": "&amp;", "amp": "amp;&", "lines": "QUJD\n", "wrapped": "5f4dcc3b5aa765d6 ", "letters apart": "5 f 4 d ", "comments": "<!-- -->", "text": "]]>",
		"hex": "55", "hex of hex": "3535", "escaped letters": "%55", "escaped twice": `%5cu0055`, "plus": "+", "soft": "=\n", "names": "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "number": "&#0000000000000000"} {
		b.Run(name, func(b *testing.B) {
			body := bytes.Repeat([]byte(part), 1<<20/len(part))
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				r.Hide(body)
			}
		})
	}
}
