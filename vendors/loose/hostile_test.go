package loose

import (
	"runtime"
	"strings"
	"testing"
)

// What a hostile body of 8 MiB, the most that is taken, may cost: bounded
// memory, and never more than an error.
func TestHostileBodies(t *testing.T) { // not parallel: it counts what is allocated
	const size = 8 << 20
	fill := func(head, part, tail string) []byte {
		return []byte(head + strings.Repeat(part, (size-len(head)-len(tail))/len(part)) + tail)
	}
	for name, tt := range map[string]struct {
		body []byte
		ok   bool
	}{
		"many elements":     {fill(`{"list":[`, `{"a":1},`, `{}]}`), false},
		"many empty ones":   {fill(`{"list":[`, `{},`, `{}]}`), false},
		"many keys":         {fill(`{`, `"other":0,`, `"t":1}`), false},
		"doubled keys":      {fill(`{`, `"list":[{"a":1}],`, `"t":1}`), false},
		"deep lists":        {fill("", "[", ""), false},
		"deep, closed":      {[]byte(`{"t":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"), false},
		"deep objects":      {fill("", `{"deep":`, ""), false},
		"deeper in a list":  {[]byte(`{"list":` + strings.Repeat(`[`, 9000) + strings.Repeat("]", 9000) + "}"), false},
		"one long number":   {fill(`{"t":`, "9", `}`), true},
		"one long text":     {fill(`{"t":"`, "\\u0041", `"}`), true},
		"broken characters": {fill(`{"t":"`, "\xff", `"}`), true},
		"control marks":     {fill(`{"t":"`, "\x01", `"}`), true},
		"huge exponent":     {[]byte(`{"t":1e999999999}`), true},
		"only spaces":       {fill("", " ", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			var v outer
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := Unmarshal(tt.body, &v)
			runtime.ReadMemStats(&after)
			if (err == nil) != tt.ok {
				t.Errorf("%v, %d elements", err, len(v.L))
			}
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 200 {
				t.Errorf("%d MiB", got)
			}
		})
	}
}
