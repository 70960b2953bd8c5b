package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

const longestDuration = 36500 * 24 * time.Hour

// parseDuration reads Go's durations, and days: 10s, 72h, 90d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%s is not a duration: write 10s, 15m, 72h or 90d", quote(text))
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "0", text
	}
	n, err := time.ParseDuration(days + "h")
	if err != nil || hasDays && rest != "" && rest[0] == '-' {
		return 0, wrong
	}
	var d time.Duration
	if rest != "" || !hasDays {
		if d, err = time.ParseDuration(rest); err != nil {
			return 0, wrong
		}
	}
	if n < 0 || d < 0 {
		return 0, fmt.Errorf("%s is negative", quote(text))
	}
	if n > longestDuration/24 || d > longestDuration {
		return 0, fmt.Errorf("%s is longer than a century", quote(text))
	}
	return 24*n + d, nil
}

func parsePositiveDuration(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d == 0 {
		return 0, errors.New("must be longer than 0s")
	}
	return d, err
}

func parseSomeDuration(text string) (record.Opt[time.Duration], error) {
	d, err := parseDuration(text)
	return record.Opt[time.Duration]{V: d, OK: err == nil}, err
}

// yuan is narrower than what a decimal library takes for a number: 1e9 is no
// price.
var yuan = regexp.MustCompile(`^[0-9]{1,13}(\.[0-9]{1,2})?$`)

// parseFen reads an exact amount in yuan.
func parseFen(text string) (record.Fen, error) {
	if !yuan.MatchString(text) {
		return 0, fmt.Errorf("%s is not an amount in yuan: write digits, at most two after the point, as 17.00", quote(text))
	}
	return record.ParseYuan(text)
}

// parsePrice reads what one lookup costs. A ledger reserves no more than the most.
func parsePrice(text string) (record.Fen, error) {
	fen, err := parseFen(text)
	if most := record.Fen(record.MostFen); err == nil && fen > most {
		return 0, fmt.Errorf("%s is more than %s, which no lookup costs: give the price of one lookup in yuan, as 17.00", quote(text), most.Yuan())
	}
	return fen, err
}

func parseSomeFen(text string) (record.Opt[record.Fen], error) {
	fen, err := parseFen(text)
	return record.Some(fen), err
}

// parseCount reads a whole number from least to most.
func parseCount(least, most int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("%s is not a whole number from %d to %d", quote(text), least, most)
		}
		return n, nil
	}
}

func parseLang(text string) (messages.Lang, error) {
	l, err := messages.ParseLang(text)
	if err != nil {
		return "", fmt.Errorf("%s is not a language: write en or zh", quote(text))
	}
	return l, nil
}

// mostTop is more vehicles than anybody reads about one by one.
const mostTop = 1_000_000

func parseTop(text string) (record.Opt[int], error) {
	n, err := parseCount(0, mostTop)(text)
	return record.Some(n), err
}

// fastestRate is beyond any vendor, and far from overflow.
const fastestRate = 1e6

var decimalNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func parsePerSecond(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !decimalNumber.MatchString(text) || math.IsNaN(v) || v > fastestRate {
		return 0, fmt.Errorf("%s is not a number of calls a second: write 10 or 0.5, or 0 for no limit", quote(text))
	}
	return v, nil
}

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither true nor false", quote(text))
}

func parseFlag(text string) (record.Flag, error) {
	v, err := parseBool(text)
	return record.Some(v), err
}

// parsePath reads the path of an interface below the base URL.
func parsePath(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || !strings.HasPrefix(text, "/") || u.Host != "" || strings.ContainsAny(text, "?# \\") {
		return "", fmt.Errorf("%s is not a path: write /release/maintenance/order", quote(text))
	}
	return text, nil
}

// parseBaseURL reads a vendor's address. Its messages never repeat the text,
// which may hold a password.
func parseBaseURL(text string, withPath bool) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return "", errors.New("is not an address: write https://HOST")
	}
	switch {
	case u.User != nil:
		return "", errors.New("holds a user name or password: the vendor's own keys are for secrets")
	case strings.Trim(u.Path, "/") != "" && !withPath:
		return "", errors.New("holds a path: paths stand in the datasets, e.g. submit_path")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#"):
		return "", errors.New("holds a query or fragment: write https://HOST alone")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", errors.New("is plain http: use https, since everyone on the way could read it (http is for loopback addresses alone)")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("is not an https address: write https://HOST")
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
