package record

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMomentJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 16, 4, 5, 120_000_999, time.UTC)
	for want, m := range map[string]Moment{`"2026-01-03T00:04:05.12+08:00"`: At(at), "null": {}} {
		text, err := json.Marshal(m)
		if err != nil || string(text) != want {
			t.Errorf("%v became %s, %v; want %s", m, text, err, want)
		}
		var back Moment
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(m.Truncate(time.Microsecond)) {
			t.Errorf("%s is read back as %v, %v", text, back, err)
		}
	}
	for _, wrong := range []string{`""`, `"2026-01-02"`, `17`, `{}`} {
		var m Moment
		if err := json.Unmarshal([]byte(wrong), &m); err == nil {
			t.Errorf("%s is read as %v", wrong, m)
		}
	}
}

func TestAmountsInJSON(t *testing.T) {
	t.Parallel()
	type sums struct {
		Sure    Fen         `json:"sure"`
		Perhaps Opt[Fen]    `json:"perhaps"`
		Limit   Opt[Fen]    `json:"limit,omitzero"`
		Word    Opt[string] `json:"word"`
	}
	for want, s := range map[string]sums{
		`{"sure":17.00,"perhaps":null,"word":null}`:                       {Sure: 1700},
		`{"sure":-0.05,"perhaps":0.00,"limit":5000.50,"word":"\u003ca>"}`: {Sure: -5, Perhaps: Some[Fen](0), Limit: Some[Fen](500050), Word: NonZero("<a>")},
	} {
		var back sums
		if err := json.Unmarshal([]byte(want), &back); err != nil || back != s {
			t.Errorf("%s is read as %+v, %v; want %+v", want, back, err, s)
		}
		text, err := json.Marshal(s)
		var again sums
		if err != nil || json.Unmarshal(text, &again) != nil || again != s {
			t.Errorf("%+v became %s, %v", s, text, err)
		}
	}
	if text, err := Some("<&>").MarshalJSON(); err != nil || string(text) != "\"<&>\"\n" {
		t.Errorf("%s, %v: the encoder around it decides what is escaped", text, err)
	}
	for _, wrong := range []string{"null", `"17.00"`, "17.001", "1e2", "true"} {
		if err := json.Unmarshal([]byte(`{"sure":`+wrong+`}`), &sums{}); err == nil {
			t.Errorf("%s is read as an amount", wrong)
		}
	}
}

func TestDateOfProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-4e9, 8e9).Draw(t, "seconds"), 0)
		d := DateOf(at)
		if want := at.In(China()).Format(time.DateOnly); d.String() != want {
			t.Fatalf("%v is of the day %v, want %s", at, d, want)
		}
		if begin := d.Begin(); begin.After(at) || !(d + 1).Begin().After(at) || begin.Format(time.TimeOnly) != "00:00:00" {
			t.Fatalf("%v is in the day that begins at %v", at, begin)
		}
	})
}
