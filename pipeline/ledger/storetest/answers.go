package storetest

import (
	"bytes"
	"fmt"
	"reflect"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
)

func answerPromises() []promise {
	return []promise{
		{"answers come back as they were", answersComeBack},
		{"big answers come back", bigAnswersComeBack},
		{"an answer unpacks into a buffer as without", answersUnpackIntoBuffers},
		{"LastAnswer is that of the attempt", lastAnswers},
	}
}

// roundTrip keeps an answer and reads it back.
func (b *bench) roundTrip(a ledger.Answer) {
	b.t.Helper()
	handed := a
	handed.Body = bytes.Clone(a.Body)
	a.ID = b.receive(handed)
	for i := range handed.Body {
		handed.Body[i]++
	}
	got, err := b.AnswerByID(ctx(), a.ID)
	b.must(err)
	if !bytes.Equal(got.Body, a.Body) {
		b.t.Fatalf("%d bytes came back as %d others", len(a.Body), len(got.Body))
	}
	got.Body, a.Body = nil, nil
	if !reflect.DeepEqual(got, a) {
		b.t.Fatalf("came back as %+v, was %+v", got, a)
	}
}

func answersComeBack(b *bench) {
	rapid.Check(b.t.(rapid.TB), func(t *rapid.T) {
		b := &bench{Store: b.Store, t: t}
		b.roundTrip(ledger.Answer{Lookup: rapid.Int64Range(1, 1<<40).Draw(t, "lookup"), Attempt: rapid.IntRange(0, 9).Draw(t, "attempt"),
			Call: rapid.SampledFrom([]string{"submit", "poll"}).Draw(t, "call"), Vendor: rapid.String().Draw(t, "vendor"),
			Status: rapid.IntRange(0, 599).Draw(t, "status"), Failure: rapid.String().Draw(t, "failure"), Head: rapid.String().Draw(t, "head"),
			ReceivedAt: noon.Add(time.Duration(rapid.Int64Range(1, 1e12).Draw(t, "after")) * time.Microsecond),
			Body:       rapid.SliceOf(rapid.Byte()).Draw(t, "body")})
	})
	if a, err := b.AnswerByID(ctx(), 1<<40); err == nil {
		b.t.Errorf("an answer that is not there: %+v", a)
	}
}

func bigAnswersComeBack(b *bench) {
	for name, body := range map[string][]byte{
		"nothing": nil, "empty": {}, "a megabyte of one letter": bytes.Repeat([]byte("a"), 1<<20),
		"noise": noise(3<<20 + 17), "eight megabytes": bytes.Repeat(noise(1<<16), 128),
	} {
		b.roundTrip(ledger.Answer{Lookup: 1, Attempt: 1, Call: "poll", Vendor: name, Status: 200, ReceivedAt: noon, Body: body})
	}
}

// noise is bytes that no packer makes smaller.
func noise(n int) []byte {
	out := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x >> 32)
	}
	return out
}

func answersUnpackIntoBuffers(b *bench) {
	sizes := []int{40_000, 5, 700, 0, 39_999}
	run, work := b.simple("one", int64(len(sizes)))
	for i, w := range work {
		b.found(b.intend(w, 1), string(noise(sizes[i])))
	}
	for _, buffer := range [][]byte{nil, make([]byte, 0, 1000), make([]byte, 50_000)} {
		for i, r := range b.rows(run) {
			p := r.Lookups[0].Packed
			a, err := b.UnpackInto(p, buffer)
			if err != nil || !bytes.Equal(a.Body, noise(sizes[i])) || a.ID != p.ID || a.Vendor != "acme" || !a.ReceivedAt.Equal(noon) {
				b.t.Errorf("%d bytes come back as %d, of %+v: %v", sizes[i], len(a.Body), p, err)
			}
		}
	}
}

func lastAnswers(b *bench) {
	for i, a := range []ledger.Answer{{Lookup: 1, Attempt: 1}, {Lookup: 1, Attempt: 2}, {Lookup: 1, Attempt: 2}, {Lookup: 2, Attempt: 1}} {
		a.Body = fmt.Append(nil, "answer ", i+1)
		b.receive(a)
	}
	for attempt, want := range map[int]string{1: "answer 1", 2: "answer 3", 3: ""} {
		a, ok, err := b.LastAnswer(ctx(), 1, attempt)
		b.must(err)
		if ok != (want != "") || string(a.Body) != want {
			b.t.Errorf("attempt %d: %q %v, want %q", attempt, a.Body, ok, want)
		}
	}
}
