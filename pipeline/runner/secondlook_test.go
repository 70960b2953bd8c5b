package runner

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/transport"
)

// joining is a vendor whose answers are read without the tildes in them.
type joining struct{ stagetest.Stub }

func (*joining) NewSubmit(ctx context.Context, _ record.Dataset, _ *record.Vehicle) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, http.MethodGet, "http://vendor.example/", nil)
}

func (j *joining) Read(d record.Dataset, c vendors.Call, v *record.Vehicle, body []byte) vendors.Outcome {
	out := j.Stub.Read(d, c, v, body)
	if out.Kind == vendors.Refused {
		out.Class, out.Message = record.Rejected, strings.ReplaceAll(string(body), "~", "")
	}
	return out
}

func (*joining) Decode(_ record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	return record.Answer{Report: &record.Report{Visits: []record.Visit{{Content: strings.ReplaceAll(string(body), "~", "")}}}}, nil
}

// answers is a transport that answers every request with this text.
type answers string

func (a answers) Do(_ *http.Request, turn vendors.Turn) vendors.Response {
	_ = turn.Start(context.Background())
	turn.Sent()
	return vendors.Response{Status: http.StatusOK, Body: []byte(a)}
}

// A secret key that shows only once an answer is read is in nothing that is kept of the answer:
// neither in the lookup's message, nor in what the kept answer is read as later.
func TestNothingThatIsKeptTellsAKeyInPieces(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf99"
	pieces := secret[:11] + "~" + secret[11:22] + "~" + secret[22:]
	for body, want := range map[string]ledger.State{"refused no sign=" + pieces: ledger.Failed, "answered yes sign=" + pieces: ledger.Found,
		"answered yes " + secret[:7] + "~" + secret[7:14] + "~" + secret[14:21] + "~" + secret[21:28] + "~" + secret[28:]: ledger.Failed} {
		b := stagetest.New(t)
		s := b.Policy.Vendors["acme"]
		vendor := &joining{stagetest.Stub{Called: "acme", Offers: s.Offers}}
		s.Vendor, s.Sender = vendor, transport.Hush(answers(body), []string{secret})
		s.Pace, s.InFlight = ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, still{stagetest.Noon}, 0), 4
		b.Policy.Vendors["bolt"].Pace = s.Pace
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		d, err := New(t.Context(), b.Ledger, b.Policy, run, still{stagetest.Noon}, slog.New(slog.DiscardHandler))
		b.Must(err)
		d.calls = t.Context()
		work, err := b.Ledger.Sendable(t.Context(), run.Seq, "acme", stagetest.Noon, nil, 1)
		b.Must(err)
		permit, err := s.Pace.Admit(t.Context())
		b.Must(err)
		b.Must(d.workers["acme"].submit(t.Context(), permit, task{call: vendors.Submit, work: work[0]}))

		k := b.Lookup(run)
		kept, ok, err := b.Ledger.LastAnswer(t.Context(), k.ID, 1)
		b.Must(err)
		if k.State != want || !ok || len(kept.Body) != len(body) {
			t.Errorf("%q: the lookup is %+v, of the answer %d bytes are kept", body, k, len(kept.Body))
		}
		later, err := vendor.Decode(k.Dataset, nil, kept.Body)
		b.Must(err)
		said := k.Message + k.Code + later.Report.Visits[0].Content
		if joined := strings.ReplaceAll(string(kept.Body), "~", ""); strings.Contains(said+joined, secret[:8]) || !strings.Contains(joined, "****") {
			t.Errorf("%q: %q is said, and %q kept", body, said, kept.Body)
		}
	}
}
