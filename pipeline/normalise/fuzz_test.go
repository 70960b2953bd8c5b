package normalise

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// FuzzNumbers: numbers of vendors are read exactly or not at all, in bounded
// time, and what was read is written and read again as the same.
func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"", "85142", "85142.0", "8,514", "1.3811616E12", "1e999999999", "-5", "28.16", "39.88万", "¥1,234.50元", "3.62万公里",
		"9223372036854775807", "9223372036854775808", "1E99", "-0", "0.000000000000000000000000000001", "+1", "暂无", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		type reading = func(string) (record.Opt[int64], error)
		fen := func(read func(string) (record.Opt[record.Fen], error)) reading {
			return func(s string) (record.Opt[int64], error) {
				v, err := read(s)
				return record.Opt[int64]{V: int64(v.V), OK: v.OK}, err
			}
		}
		for name, c := range map[string]struct {
			read  reading
			write func(int64) string
		}{
			"Whole":     {Whole, func(n int64) string { return strconv.FormatInt(n, 10) }},
			"KMOfWan":   {KMOfWan, WanOfKM},
			"FenOfYuan": {fen(FenOfYuan), func(n int64) string { return record.Fen(n).String() }},
			"FenOfWan":  {fen(FenOfWan), func(n int64) string { return WanOfKM(n / 100) }},
		} {
			v, err := c.read(s)
			w, again := c.read(s)
			if v != w || (err == nil) != (again == nil) || !v.OK && v.V != 0 || v.OK && err != nil {
				t.Fatalf("%s(%q) = %+v, %v; again %+v, %v", name, s, v, err, w, again)
			}
			if !v.OK || name == "FenOfWan" && v.V%100 != 0 {
				continue
			}
			if back, err := c.read(c.write(v.V)); err != nil || back != v {
				t.Fatalf("%s(%q) = %d, written %q, read %+v, %v", name, s, v.V, c.write(v.V), back, err)
			}
		}
	})
}

// FuzzTimes: a day or moment that was read is one of the calendar, near enough
// to our days, and reads back as itself.
func FuzzTimes(f *testing.F) {
	for _, seed := range []string{"2014-09-21", "2014/9/1", "20140921", "2014年9月21日", "2014-09-21 10:11:12.5", "20140921101112", "2014-09-21T10:11:12Z",
		"2014-09-21 10:11+0900", "0000-00-00", "1970-01-01 08:00:00", "2014-02-30", "99999999", "1980-01-01", "2099-12-31 23:59:59", "2014年9月21日10:11"} {
		f.Add(seed, int64(1411228800))
	}
	f.Fuzz(func(t *testing.T, s string, stamp int64) {
		day, err := ParseDay(s)
		if again, _ := ParseDay(s); again != day || day.OK && err != nil {
			t.Fatalf("ParseDay(%q) = %+v, %v", s, day, err)
		}
		if day.OK {
			if back, err := ParseDay(day.V.String()); err != nil || back != day {
				t.Fatalf("ParseDay(%q) = %s, which reads %+v, %v", s, day.V, back, err)
			}
		}
		moment, err := ParseMoment(s)
		if moment.OK {
			year := moment.V.In(record.China()).Year()
			if err != nil || year < firstYear-1 || year > endYear {
				t.Fatalf("ParseMoment(%q) = %v, %v", s, moment.V, err)
			}
			if again, err := ParseMoment(moment.V.In(record.China()).Format("2006-01-02 15:04:05.999999999")); err == nil && !again.V.Equal(moment.V) && again.OK {
				t.Fatalf("ParseMoment(%q) = %v, read again %v", s, moment.V, again.V)
			}
		}
		for _, d := range []record.Opt[record.Date]{DayOfSeconds(stamp), DayOfMillis(stamp)} {
			if d.OK && !plausible(d.V.Time().Year()) {
				t.Fatalf("%d is %s", stamp, d.V)
			}
		}
	})
}

// FuzzText: cleaning ends, is idempotent and gives UTF-8; an excerpt is short.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", " 更换机油\r\n机滤 ", "a\x00b\xff", "\u2028", "\u200b\ufeff", strings.Repeat("长", 500), "ﬁ", "换机油&nbsp;机滤<br/>&amp;lt;b&amp;gt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := CleanText(s)
		if CleanText(clean) != clean || !utf8.ValidString(clean) {
			t.Fatalf("%q cleaned is %q, again %q", s, clean, CleanText(clean))
		}
		if plain := PlainText(s); !utf8.ValidString(plain) || CleanText(plain) != plain {
			t.Fatalf("%q as plain text is %q", s, plain)
		}
		if e := Excerpt(s); utf8.RuneCountInString(e) > 61 || !utf8.ValidString(e) {
			t.Fatalf("the excerpt of %q is %q", s, e)
		}
		if !SameVIN(s, s) {
			t.Fatalf("%q is not itself", s)
		}
		_ = TypeOf(s)
	})
}
