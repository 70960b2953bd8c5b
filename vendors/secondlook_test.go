package vendors_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/redact"
	"vehiclebatch/vendors/wapi"
)

const key = "5f4dcc3b5aa765d61d8327deb882cf99"

// joiner is a vendor whose answers are read by dropping every tilde: "ok" and a text is an
// answer, all else is a refusal in its words.
type joiner struct{}

func (joiner) Read(_ record.Dataset, _ vendors.Call, _ *record.Vehicle, body []byte) vendors.Outcome {
	if said, ok := bytes.CutPrefix(body, []byte("ok ")); ok {
		number, _, _ := strings.Cut(string(said), " ")
		return vendors.Outcome{Kind: vendors.Answered, Billed: vendors.BilledYes, Ticket: joined(number)}
	}
	return vendors.Outcome{Kind: vendors.Refused, Class: record.Rejected, Code: "17", Message: normalise.Excerpt(joined(string(body)))}
}

func (joiner) Decode(_ record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	return record.Answer{Report: &record.Report{Visits: []record.Visit{{Content: joined(string(body))}}}}, nil
}

func joined(text string) string { return strings.ReplaceAll(text, "~", "") }

func arrived(body string) vendors.Response {
	return vendors.Response{Status: http.StatusOK, Body: []byte(body), Secrets: redact.New([]string{key})}
}

// What no search of the bytes can find is found in what is made of them, and taken out of the bytes.
func TestAKeyThatReadingPutsTogether(t *testing.T) {
	t.Parallel()
	const number = "ok T2026 机油 "
	stars := strings.Repeat("*", 16)
	sixes := key[:6] + "~" + key[6:12] + "~" + key[12:18] + "~" + key[18:24] + "~" + key[24:30] + "~" + key[30:]
	escaped := strings.Join(strings.Split(key, ""), "~") + `~\u0020`
	for name, c := range map[string]struct{ body, kept string }{
		"in halves":             {number + key[:16] + "~~~" + key[16:] + " end", number + stars + "~~~" + stars + " end"},
		"in quarters":           {number + key[:8] + "~" + key[8:16] + "~" + key[16:24] + "~" + key[24:], number + "********~********~********~********"},
		"a piece that is short": {number + key[:29] + "~" + key[29:], number + strings.Repeat("*", 29) + "~" + key[29:]},
		"escaped pieces":        {number + `\u0035` + key[1:12] + "~" + key[12:], number + strings.Repeat("*", 17) + "~" + strings.Repeat("*", 20)},
		"in pieces of six":      {number + sixes, strings.Repeat("*", len(number)+len(sixes))},
		"in escaped letters":    {number + escaped, strings.Repeat("*", len(number)+len(escaped))},
		"in a refusal":          {"sign " + key[:10] + "~" + key[10:] + " is wrong", "sign **********~********************** is wrong"},
		"cut by an excerpt":     {strings.Repeat("x", 40) + " " + key[:9] + "~" + key[9:], strings.Repeat("x", 40) + " *********~***********************"},
	} {
		r, out := vendors.ReadNew(joiner{}, nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, arrived(c.body))
		if string(r.Body) != c.kept {
			t.Errorf("%s: kept is %q, want %q", name, r.Body, c.kept)
		}
		if text := told(t, joiner{}, r, out); strings.Contains(text, key[:8]) {
			t.Errorf("%s: it tells %q", name, text)
		}
		if len(r.Body) != len(c.body) || r.Status != http.StatusOK {
			t.Errorf("%s: %d bytes are kept of %d", name, len(r.Body), len(c.body))
		}
		switch answered := strings.HasPrefix(c.body, "ok"); {
		case answered && (out.Kind != vendors.Answered || out.Billed != vendors.BilledYes || out.Ticket != "T2026"):
			t.Errorf("%s: it is %+v", name, out)
		case !answered && (out.Kind != vendors.Refused || out.Code != "17"):
			t.Errorf("%s: it is %+v", name, out)
		case (out.Flaw != "") != (name == "in pieces of six" || name == "in escaped letters"):
			t.Errorf("%s: its flaw is %q", name, out.Flaw)
		}
	}
}

// told is all that is said of an answer when it comes, and whenever it is read again.
func told(t *testing.T, v vendors.Reader, r vendors.Response, out vendors.Outcome) string {
	t.Helper()
	kept := vendors.Response{Status: r.Status, Head: r.Head, Body: r.Body}
	again := vendors.ReadResponse(v, nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, kept)
	text := out.Message + "|" + out.Code + "|" + out.Ticket + "|" + out.Flaw + "|" + again.Message + "|" + again.Ticket + "|" + again.Flaw + "|" + vendors.Words(kept)
	if answer, err := v.Decode(record.DatasetMaintenance, &record.Vehicle{}, r.Body); err == nil {
		answer.EachText(func(said string) { text += "|" + said })
	}
	return text
}

// An answer that tells no key is the one that came, and so is one that was looked at before.
func TestWhatTellsNoKeyIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	for _, r := range []vendors.Response{arrived("ok T1 " + key[:16] + " and " + key[16:]), arrived("no~thing"), {Status: 200, Body: []byte("ok T1 " + key[:9] + "~" + key[9:])}} {
		want := vendors.ReadResponse(joiner{}, nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, r)
		got, out := vendors.ReadNew(joiner{}, nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, r)
		if &got.Body[0] != &r.Body[0] || out != want {
			t.Errorf("%q became %q: %+v, want %+v", r.Body, got.Body, out, want)
		}
	}
}

// A number whose letters are lost to a gateway's page in another character set is no key either.
func TestAPageWithBrokenBytesInAKey(t *testing.T) {
	t.Parallel()
	r := arrived("<html><title>sign " + key[:15] + "\xff" + key[15:] + "</title>")
	r.Status = http.StatusForbidden
	if said := vendors.Words(r); !strings.Contains(said, key) {
		t.Fatalf("%q: nothing has put it together", said)
	}
	r, out := vendors.ReadNew(wapi.Descriptor().Reader, nil, record.DatasetMaintenance, vendors.Submit, &record.Vehicle{}, r)
	if text := told(t, wapi.Descriptor().Reader, r, out); strings.Contains(text, key[:8]) || !strings.Contains(text, "sign ***") {
		t.Errorf("it tells %q", text)
	}
}

// In GB18030 a letter that is not seen is four bytes which nothing but its decoder knows.
func TestAKeyAroundALetterThatIsNotSeenInGB18030(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]string{"in two": key[:13] + "\u200b" + key[13:], "in all": strings.Join(strings.Split(key, ""), "\u200b")} {
		body, err := simplifiedchinese.GB18030.NewEncoder().String(`{"codeid":10000,"message":"返回成功","retdata":{"res":"1","carNo":"闽DX009U","vioNum":1,"data":[` +
			`{"vioTime":"2017-10-29 02:39:17","vioAction":"闯红灯","vioAddress":"季华六路` + said + `","vioCityName":"佛山","vioScore":"2","handleSign":1}]}}`)
		if err != nil {
			t.Fatal(err)
		}
		reader, car := wapi.Descriptor().Reader, &record.Vehicle{Plate: "闽DX009U"}
		before, err := reader.Decode(record.DatasetViolations, car, []byte(body))
		if err != nil || before.Violations[0].Address != "季华六路"+key {
			t.Fatalf("%+v (%v): nothing has put it together", before, err)
		}
		secrets := redact.New([]string{key})
		r, out := vendors.ReadNew(reader, nil, record.DatasetViolations, vendors.Submit, car, vendors.Response{Status: 200, Body: secrets.Hide([]byte(body)), Secrets: secrets})
		after, err := reader.Decode(record.DatasetViolations, car, r.Body)
		if name == "in all" {
			if err == nil || out.Kind != vendors.Answered || out.Flaw == "" || out.Billed != vendors.BilledYes {
				t.Errorf("%s: it is %+v and says %+v", name, out, after)
			}
			continue
		}
		if err != nil || out.Kind != vendors.Answered || out.Flaw != "" || after.Violations[0].Address != "季华六路"+strings.Repeat("*", len(key)) || after.Violations[0].Action != "闯红灯" {
			t.Errorf("%s: it is %+v and says %+v (%v)", name, out, after, err)
		}
	}
}
