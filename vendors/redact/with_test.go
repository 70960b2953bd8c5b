package redact

import "testing"

func BenchmarkWith(b *testing.B) {
	r := New([]string{"0123456789abcdef0123456789abcdef", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"})
	proof := []string{`{"id":"AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA", "x-date":"Mon, 30 Nov 2026 10:00:00 GMT", "signature":"Zm9vYmFyYmF6cXV4Zm9vYmFyYmE="}`,
		"Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"}
	b.ReportAllocs()
	for b.Loop() {
		r.With(proof)
	}
}
