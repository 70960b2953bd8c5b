package vendors

import (
	"net/http"
	"strings"

	"vehiclebatch/pipeline/normalise"
)

// Head is what is kept of an answer's header: what tells who gave it. It has a
// line for each of KeptHeaders that was there ("Server: nginx"), so that it can be
// stored as it is. The zero Head is that of an answer whose header nobody kept.
type Head string

// longestHeader bounds what is kept of one header's value, in bytes.
const longestHeader = 200

// KeptHeaders are the names of the headers that a Head keeps, in its order.
func KeptHeaders() []string { return []string{"Content-Type", "Retry-After", "Server"} }

// HeadOf keeps the few headers. What a terminal or a line end could be made of is
// taken out of their values.
func HeadOf(h http.Header) Head {
	var b strings.Builder
	for _, name := range KeptHeaders() {
		value := h.Get(name)
		value = normalise.CleanText(value[:min(len(value), longestHeader)])
		if value == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name + ": " + value)
	}
	return Head(b.String())
}

// Get returns the value of a header, "" when it was not there. The name is in any case.
func (h Head) Get(name string) string {
	for line := range strings.SplitSeq(string(h), "\n") {
		if key, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}
