package messages

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"vehiclebatch/pipeline/record"
)

func printer(t *testing.T, l Lang) *Printer {
	t.Helper()
	p, err := New(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNoMessageLacksATranslation(t *testing.T) {
	t.Parallel()
	for key, p := range phrases() {
		for _, l := range Langs() {
			if strings.TrimSpace(p.in(l)) == "" {
				t.Errorf("%s lacks its text in %s", key, l)
			}
			if strings.Count(p.in(l), "`")%2 != 0 {
				t.Errorf("%s in %s: a backtick is not closed", key, l)
			}
			if strings.Contains(p.in(l), "${") { // the library takes it for a variable
				t.Errorf("%s in %s holds ${", key, l)
			}
		}
	}
}

func TestNoNameStandsTwice(t *testing.T) {
	t.Parallel()
	n := 0
	for _, part := range parts() {
		n += len(part)
	}
	if all := len(phrases()); n != all || n < 150 {
		t.Errorf("the parts have %d messages, together %d", n, all)
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z%])`)

// verbs are the arguments that a text prints, by number, with their verbs.
func verbs(text string) map[string]string {
	out := map[string]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" {
			continue
		}
		at := m[1]
		if at == "" {
			at = fmt.Sprint(next)
			next++
		}
		out[at] += m[2]
	}
	return out
}

// forms are the texts of a phrase: one, or singular and plural.
func forms(text string) []string { return strings.Split(text, "|") }

// What is said in one language is said in the other: the same arguments, of
// the same types, and the same commands and flags.
func TestLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	typed := regexp.MustCompile("`[^`]+`|--[a-z_-]+|[a-z]+\\.(?:csv|yaml)")
	for key, p := range phrases() {
		en, zh := forms(p.en), forms(p.zh)
		want := verbs(en[len(en)-1])
		if got := verbs(zh[0]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: arguments %v in English, %v in Chinese", key, want, got)
		}
		if len(zh) != 1 || len(en) > 2 {
			t.Errorf("%s: Chinese has one form, English two at most", key)
		}
		for _, singular := range en[:len(en)-1] { // may leave out the count alone
			for at, v := range verbs(singular) {
				if want[at] != v {
					t.Errorf("%s: argument %s is %q in the singular, %q in the plural", key, at, v, want[at])
				}
			}
			if want["1"] != "d" {
				t.Errorf("%s: the first argument must be the count, it is printed by %q", key, want["1"])
			}
		}
		a, b := typed.FindAllString(en[len(en)-1], -1), typed.FindAllString(p.zh, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: what is typed is %q in English, %q in Chinese", key, a, b)
		}
	}
}

// sameInBoth are the messages that have no word to translate.
func sameInBoth() []string {
	return []string{"live_comma", "live_detail", "input_csv", "fact_of", "fix_reason", "end_quiet"}
}

// An English text among the Chinese ones was forgotten, and so was a Chinese
// one among the English.
func TestTextsAreInTheirLanguage(t *testing.T) {
	t.Parallel()
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for key, p := range phrases() {
		if han(p.en) {
			t.Errorf("%s: %q is not English", key, p.en)
		}
		if !han(p.zh) && !slices.Contains(sameInBoth(), key) {
			t.Errorf("%s: %q is not Chinese", key, p.zh)
		}
		if strings.ContainsAny(verb.ReplaceAllString(p.zh, ""), ",;?!") {
			t.Errorf("%s: %q has punctuation of another script", key, p.zh)
		}
	}
}

// The screen and the report call the same thing by the same word.
func TestOneWordForOneThing(t *testing.T) {
	t.Parallel()
	all := phrases()
	same := func(a, b string) {
		if all[a].zh == "" || !strings.Contains(all[a].zh, all[b].zh) {
			t.Errorf("%s is %q, and %s is %q", a, all[a].zh, b, all[b].zh)
		}
	}
	for _, d := range record.Datasets() {
		same("name_"+string(d), "dataset_"+string(d))
	}
	for _, s := range record.Statuses() {
		same("name_"+string(s), "status_"+string(s))
		if s != record.Pending {
			same("count_"+string(s), "status_"+string(s))
		}
	}
	for _, c := range record.Classes() {
		same("class_name_"+string(c), "class_"+string(c))
		if en := all["class_name_"+string(c)].en; en != string(c) {
			t.Errorf("class_name_%s is %q in English, where it is the code", c, en)
		}
	}
	for a, b := range map[string]string{"head_dataset": "col_dataset", "head_vendor": "col_vendor", "head_row": "col_row", "head_vehicle": "col_vehicle",
		"head_why": "col_why", "head_in_doubt": "status_in_doubt", "live_doubt": "status_in_doubt", "live_reserved": "col_reserved", "end_spent": "card_spent"} {
		same(a, b)
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{English, "left_parked", []any{int64(1)}, "1 lookup left, whose reports are slow"},
		{English, "left_parked", []any{int64(0)}, "0 lookups left, whose reports are slow"},
		{English, "left_parked", []any{12345}, "12,345 lookups left, whose reports are slow"},
		{English, "left_budget", []any{int64(2), record.Fen(123450000)}, "2 lookups left: the budget of ¥1,234,500.00 does not allow the next one"},
		{English, "stand_lost", []any{int64(50), int64(1)}, "1 of the 50 rows of this run were lost with a part of the ledger: give the input to `batch run` again"},
		{Chinese, "left_budget", []any{int64(2), record.Fen(-123400)}, "还有 2 条查询：预算 ¥-1,234.00 不足以支付下一条"},
		{Chinese, "left_parked", []any{int64(1)}, "还有 1 条查询的报告尚未出具，已挂起"},
		{Chinese, "input", []any{int64(24), "fleet.csv", "UTF-8"}, "fleet.csv：24 行，UTF-8。"},
		{Chinese, "why_value", []any{int64(80), "a", "b"}, "较指导价贬值 80%（a → b）"},
		{Chinese, "next_rejected_paid", []any{"100%s `x` ${y}"}, "100%s `x` ${y} 已扣费但未出报告：请联系其退款。"},
		{Chinese, "no_such_message", nil, "no_such_message"},
	} {
		if got := printer(t, c.lang).Say(c.key, c.args...); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.key, c.lang, got, c.want)
		}
	}
}

func TestPrintersAreShared(t *testing.T) {
	t.Parallel()
	p := printer(t, Chinese)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			want := fmt.Sprintf("还有 %d 条查询的报告尚未出具，已挂起", n)
			for range 200 {
				if got := p.Say("left_parked", n); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestLanguagesAreKnown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "fr", "ZH", "zh-CN", "english"} {
		if _, err := ParseLang(text); err == nil || !strings.Contains(err.Error(), "the languages are en and zh") {
			t.Errorf("%q is taken: %v", text, err)
		}
		if _, err := New(Lang(text)); err == nil {
			t.Errorf("there is a printer for %q", text)
		}
	}
	for _, l := range Langs() {
		if got, err := ParseLang(string(l)); got != l || err != nil || printer(t, l).Lang() != l {
			t.Errorf("%s is %s: %v", l, got, err)
		}
	}
}
