package ui

import (
	"bytes"
	"strings"
	"testing"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
)

// One bill settles all that is in doubt at a vendor, whatever the causes: its
// commands are printed once, with the flags that the next ones have.
func TestFixPrintsTheCommandsOfABillOnce(t *testing.T) {
	t.Parallel()
	said, err := messages.New(messages.English)
	if err != nil {
		t.Fatal(err)
	}
	f := Fixes{said: said, Fixing: Fixing{Run: ledger.Run{ID: "R1", Formats: "csv"}, Out: "out", Flags: " --config a.yaml --day 2026-03-01", Config: "a.yaml", Named: true}}
	var causes []export.Cause
	for _, at := range []export.AskedAt{{Dataset: record.DatasetValuation, Vendor: "wapi", Lookups: 1, Last: 500}, {Dataset: record.DatasetViolations, Vendor: "wapi", Lookups: 1, Last: 14},
		{Dataset: record.DatasetMaintenance, Vendor: "tencent", Lookups: 2, Last: 1700}} {
		causes = append(causes, export.Cause{Class: record.DoubtfulOrder, Message: "cut off", Rows: 1, Lookups: 1, Asked: []export.AskedAt{at}})
	}
	// Another doubt of the same vendor and dataset has the same commands, which open both.
	causes = append(causes, export.Cause{Class: record.DoubtfulOrder, Message: "time-out", Rows: 1, Lookups: 1, Asked: []export.AskedAt{{Dataset: record.DatasetValuation, Vendor: "wapi", Lookups: 1, Last: 500}}})
	f.addAll(causes)
	var out bytes.Buffer
	f.print(&out)
	for text, want := range map[string]int{
		"batch reconcile BILL --vendor wapi --out out --config a.yaml\n":                                                        1,
		"batch retry --class in_doubt --vendor wapi --dataset valuation --out out --config a.yaml --day 2026-03-01 --run R1\n":  1,
		"batch retry --class in_doubt --vendor wapi --dataset violations --out out --config a.yaml --day 2026-03-01 --run R1\n": 1,
		"for up to ¥10.00: it asks":                                         2,
		"for up to ¥0.14: it asks":                                          1,
		"for up to ¥34.00: it asks":                                         1,
		"the command for the bill is that above, and the retry:\n":          1,
		"batch reconcile BILL --vendor tencent --out out --config a.yaml\n": 1,
		"the commands are those above\n":                                    1,
	} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q stands there %d times, want %d:\n%s", text, got, want, out.String())
		}
	}
}

// What fix says to add to the configuration can be pasted as it is, and fits the
// answer that it was made of.
func TestWhatFixDeclaresWorksWhenPasted(t *testing.T) {
	t.Parallel()
	html := vendors.Head("Content-Type: text/html; charset=utf-8\nServer: x")
	for name, r := range map[string]vendors.Response{
		"nginx":      {Status: 503, Head: html, Body: []byte("<html><title>503</title><hr><center>nginx/1.22.1</center></html>")},
		"tengine":    {Status: 503, Body: []byte("<html><title>503</title><hr><center>tengine</center></html>")},
		"apisix":     {Status: 503, Body: []byte(`<center>openresty</center><em>Powered by <a href="https://apisix.apache.org/">APISIX</a>`)},
		"haproxy":    {Status: 503, Body: []byte("<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n")},
		"mod_qos":    {Status: 500, Head: html, Body: []byte("<title>500 Internal Server Error</title><address>Apache/2.4.57 (Debian) Server at x</address>")},
		"caddy":      {Status: 503, Head: "Server: Caddy"},
		"a title":    {Status: 500, Body: []byte("<html><title>系统'繁忙' (a+b) \\ # {x}: [y]</title>")},
		"two lines":  {Status: 500, Head: html, Body: []byte("<title>a\nb</title>")},
		"no title":   {Status: 500, Body: []byte("<html>busy</html>")},
		"odd type":   {Status: 500, Head: "Content-Type: text/html, 'x'", Body: []byte("busy")},
		"broken":     {Status: 500, Head: html, Body: []byte("<title>\xff\xfe</title>")},
		"long title": {Status: 500, Head: html, Body: []byte("<title>" + strings.Repeat("x", 500) + "</title>")},
	} {
		page, ok := vendors.PageOf(r)
		if !ok {
			t.Errorf("%s is no page", name)
			continue
		}
		file := "vendors:\n  tencent:\n    secret_id: a\n    secret_key: b\n" + strings.Join(declaring(page), "\n") + "\ndatasets: {}\n"
		c, err := config.Parse("batch.yaml", []byte(file), func(string) (string, bool) { return "", false }, all.Descriptors())
		if err != nil {
			t.Errorf("%s: %v in\n%s", name, err, file)
			continue
		}
		v, _ := c.Vendor("tencent")
		if len(v.NotTaken) != 1 || !v.NotTaken[0].Matches(r) || v.NotTaken[0].Matches(vendors.Response{Status: 502, Head: r.Head, Body: r.Body}) {
			t.Errorf("%s: %s declares %+v", name, page.Rule, v.NotTaken)
		}
	}
}
