package record

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Fen(0).Yuan(): "¥0.00", Fen(99999).Yuan(): "¥999.99", Fen(100000).Yuan(): "¥1,000.00", Fen(-123456780).Yuan(): "¥-1,234,567.80",
		Listed([]string{}, "or"): "", Listed([]string{"a"}, "or"): "a", Listed([]Dataset{"a", "b"}, "and"): "a and b", Listed([]string{"a", "b", "c"}, "or"): "a, b or c",
		Counted(0, "lookup"): "0 lookups", Counted(1, "lookup"): "1 lookup", Counted(int64(24), "lookup"): "24 lookups",
		Brief(0): "0s", Brief(10 * time.Second): "10s", Brief(20 * time.Minute): "20m", Brief(2 * time.Hour): "2h", Brief(90 * time.Minute): "1h30m",
		Brief(time.Hour + time.Second): "1h0m1s", Brief(1500 * time.Millisecond): "1.5s",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
