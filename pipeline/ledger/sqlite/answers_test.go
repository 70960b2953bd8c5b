package sqlite

import (
	"bytes"
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
)

// What comes back out is what was received, whatever it was.
func TestAnswersComeBackAsTheyWereProperty(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		a := ledger.Answer{Lookup: rapid.Int64Range(1, 1<<40).Draw(t, "lookup"), Attempt: rapid.IntRange(0, 9).Draw(t, "attempt"),
			Call: rapid.SampledFrom([]string{"submit", "poll"}).Draw(t, "call"), Vendor: rapid.String().Draw(t, "vendor"),
			Status: rapid.IntRange(0, 599).Draw(t, "status"), Failure: rapid.String().Draw(t, "failure"), Head: rapid.String().Draw(t, "head"),
			ReceivedAt: noon.Add(time.Duration(rapid.Int64Range(1, 1e12).Draw(t, "after")) * time.Microsecond),
			Body:       rapid.SliceOf(rapid.Byte()).Draw(t, "body")}
		roundTrip(t, l, a)
	})
}

func TestBigAnswersComeBack(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	for name, body := range map[string][]byte{
		"nothing": nil, "empty": {}, "a megabyte of one letter": bytes.Repeat([]byte("a"), 1<<20),
		"noise": noise(3<<20 + 17), "eight megabytes": bytes.Repeat(noise(1<<16), 128),
	} {
		roundTrip(t, l, ledger.Answer{Lookup: 1, Attempt: 1, Call: "poll", Vendor: name, Status: 200, ReceivedAt: noon, Body: body})
	}
}

func roundTrip(t fatal, l *Ledger, a ledger.Answer) {
	t.Helper()
	id, err := l.Receive(a)
	must(t, err)
	got, err := l.AnswerByID(context.Background(), id)
	must(t, err)
	if !bytes.Equal(got.Body, a.Body) {
		t.Fatalf("%d bytes came back as %d others", len(a.Body), len(got.Body))
	}
	if !got.ReceivedAt.Equal(a.ReceivedAt) {
		t.Fatalf("received at %v, came back as %v", a.ReceivedAt, got.ReceivedAt)
	}
	a.ID, a.Body, a.ReceivedAt = id, nil, time.Time{}
	got.Body, got.ReceivedAt = nil, time.Time{}
	if !sameAnswer(got, a) {
		t.Fatalf("came back as %+v, was %+v", got, a)
	}
}

func sameAnswer(a, b ledger.Answer) bool {
	return a.ID == b.ID && a.Lookup == b.Lookup && a.Attempt == b.Attempt && a.Call == b.Call && a.Vendor == b.Vendor &&
		a.Status == b.Status && a.Failure == b.Failure && a.Head == b.Head
}

func TestDamagedAnswerIsAnErrorNotAnAnswer(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	id, err := l.Receive(ledger.Answer{Lookup: 1, Attempt: 1, Body: bytes.Repeat([]byte("report"), 1000)})
	must(t, err)
	must(t, l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "UPDATE answers SET body = x'28b52ffd00' WHERE id=?", id)
	}, nil))
	if a, err := l.AnswerByID(context.Background(), id); err == nil {
		t.Errorf("read as %q", a.Body)
	}
}

func TestLastAnswerIsThatOfTheAttempt(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	for _, a := range []ledger.Answer{{Lookup: 1, Attempt: 1, Body: []byte("first")}, {Lookup: 1, Attempt: 2, Body: []byte("second")},
		{Lookup: 1, Attempt: 2, Body: []byte("third")}, {Lookup: 2, Attempt: 1, Body: []byte("another's")}} {
		_, err := l.Receive(a)
		must(t, err)
	}
	for attempt, want := range map[int]string{1: "first", 2: "third", 3: ""} {
		a, ok, err := l.LastAnswer(context.Background(), 1, attempt)
		must(t, err)
		if ok != (want != "") || string(a.Body) != want {
			t.Errorf("attempt %d: %q %v, want %q", attempt, a.Body, ok, want)
		}
	}
}
