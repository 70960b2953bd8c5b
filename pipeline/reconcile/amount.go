package reconcile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// clock is a time of day alone.
var clock = regexp.MustCompile(`^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$`)

// sinceEpoch is a moment as seconds or milliseconds since 1970: of 2001 to 2286.
var sinceEpoch = regexp.MustCompile(`^[1-9]\d{9}(\d{3})?$`)

// readTime reads a moment or a day in China, as the span that it leaves open.
func readTime(s string) (from, until time.Time, err error) {
	text := sources.CleanIdentifier(s)
	if sinceEpoch.MatchString(text) {
		n, _ := strconv.ParseInt(text, 10, 64)
		if len(text) == 13 {
			return time.UnixMilli(n).UTC(), time.UnixMilli(n).UTC().Add(time.Second), nil
		}
		return time.Unix(n, 0).UTC(), time.Unix(n+1, 0).UTC(), nil
	}
	if at, err := normalise.ParseMoment(text); err == nil && at.OK {
		if strings.Count(text, ":") == 1 {
			return at.V, at.V.Add(time.Minute), nil
		}
		return at.V, at.V.Add(time.Second), nil
	}
	day, err := normalise.ParseDay(text)
	if err != nil || !day.OK {
		return from, until, fmt.Errorf("the time %q cannot be read: write it as 2026-01-02 15:04:05, in China time", normalise.Excerpt(s))
	}
	from = day.V.Begin().UTC()
	return from, from.Add(24 * time.Hour), nil
}

// dashes are the signs that stand for a minus beside the plain one. CleanIdentifier
// makes plain ones of the full-width forms.
var dashes = strings.NewReplacer("\u2212", "-", "\u2013", "-", "\u2014", "-", "\u2010", "-", "\u2011", "-", "，", ",", " ", "", "\u00a0", "")

// readAmount reads an amount in yuan, or in fen, exactly, with its sign: -17.00, -¥17.00,
// ¥-17.00, 17.00-, (17.00), +17, 17.00元, 1,234.00. said is false when nothing stands
// there, or a dash in place of a number.
func readAmount(s string, inFen bool) (fen record.Fen, said bool, err error) {
	text := dashes.Replace(sources.CleanIdentifier(s))
	switch strings.Trim(text, "-") {
	case "", "/", "NULL", "NONE", "N/A", "无":
		return 0, false, nil
	}
	wrong := fmt.Errorf("the amount %q cannot be read: write it in yuan, as 17.00", normalise.Excerpt(s))
	bare, negative, ok := unsign(text)
	if !ok {
		return 0, true, wrong
	}
	amount, e := normalise.FenOfYuan(bare)
	if inFen {
		amount, e = normalise.Fen(bare)
	}
	if e != nil || !amount.OK || amount.V < 0 {
		return 0, true, wrong
	}
	if negative {
		return -amount.V, true, nil
	}
	return amount.V, true, nil
}

// unsign takes sign and currency off an amount, in whatever order they stand. ok is
// false when there is more than one sign.
func unsign(text string) (bare string, negative, ok bool) {
	signs := 0
	for {
		before := text
		for _, word := range []string{"\u00a5", "\uffe5", "RMB", "CNY", "人民币", "元", "圆"} {
			text = strings.TrimSuffix(strings.TrimPrefix(text, word), word)
		}
		if inner, found := strings.CutPrefix(text, "("); found && strings.HasSuffix(inner, ")") {
			text, negative, signs = strings.TrimSuffix(inner, ")"), true, signs+1
		}
		for _, sign := range []string{"-", "+"} {
			rest, found := strings.CutPrefix(text, sign)
			if !found {
				rest, found = strings.CutSuffix(text, sign)
			}
			if found {
				text, negative, signs = rest, sign == "-", signs+1
			}
		}
		if text == before {
			return text, negative, signs <= 1
		}
	}
}
