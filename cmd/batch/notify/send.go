package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"vehiclebatch/vendors"
	"vehiclebatch/vendors/transport"
)

// Message is what a run came to, in both forms.
type Message struct {
	Summary []byte // one JSON object
	Text    string // a few lines for people
}

// Options bound a delivery. The zero Options are usable.
type Options struct {
	Timeout time.Duration // of one attempt; 0 is 10 s
	First   time.Duration // pause before the second attempt, about; it doubles. 0 is 500 ms
	Within  time.Duration // all attempts and pauses; 0 is 30 s
	Proxies *transport.Proxies
}

const (
	mostTries  = 4
	mostAnswer = 64 << 10
)

// Send posts the message until it is taken: again after a broken connection, a
// 429 or a 5xx, four times at most. A redirect is not followed. The error says
// what the last attempt came to and never holds the address.
func (t Target) Send(ctx context.Context, m Message, o Options) error {
	o = withDefaults(o)
	ctx, cancel := context.WithTimeout(ctx, o.Within)
	defer cancel()
	body, err := t.body(m)
	if err != nil {
		return err
	}
	client := transport.New(transport.Options{Timeout: o.Timeout, InFlight: 1, MaxBody: mostAnswer, Proxies: o.Proxies})
	defer client.Close()
	sender := transport.Hush(client, t.secrets())
	var last error
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		last = t.post(ctx, sender, body)
		return struct{}{}, last
	}, backoff.WithBackOff(&backoff.ExponentialBackOff{InitialInterval: o.First, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 10 * time.Second}),
		backoff.WithMaxTries(mostTries), backoff.WithMaxElapsedTime(o.Within))
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s was not notified: %w", t, reason(last))
}

func withDefaults(o Options) Options {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&o.Timeout, 10 * time.Second}, {&o.First, 500 * time.Millisecond}, {&o.Within, 30 * time.Second}} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	return o
}

// reason is an error without what backoff wraps around it.
func reason(err error) error {
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		return permanent.Err
	}
	var later *tryLater
	if errors.As(err, &later) {
		return later.why
	}
	return err
}

// tryLater is a refusal that says when to come again.
type tryLater struct {
	*backoff.RetryAfterError
	why error
}

// Unwrap leads backoff to the time.
func (l *tryLater) Unwrap() error { return l.RetryAfterError }

// post sends the message once.
func (t Target) post(ctx context.Context, sender vendors.Sender, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.address, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(errors.New("its address cannot be posted to"))
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "batch")
	r := sender.Do(req, nil)
	switch {
	case r.Err != nil:
		return r.Err
	case r.Status == http.StatusTooManyRequests && r.RetryAfter > 0:
		return &tryLater{&backoff.RetryAfterError{Duration: r.RetryAfter}, errors.New("it says http 429, too many requests")}
	case r.Status == http.StatusTooManyRequests || r.Status >= 500:
		return fmt.Errorf("it says http %d", r.Status)
	case r.Status < 200 || r.Status > 299:
		return backoff.Permanent(fmt.Errorf("it says http %d: check the address", r.Status))
	}
	return t.believe(r.Body)
}

// body is what is posted.
func (t Target) body(m Message) ([]byte, error) {
	switch t.format {
	case WeCom, DingTalk:
		return json.Marshal(map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Text}})
	case Feishu:
		return json.Marshal(map[string]any{"msg_type": "text", "content": map[string]string{"text": m.Text}})
	case JSON:
	}
	return m.Summary, nil
}

// verdict is what a robot answers, with http 200 whatever it means.
type verdict struct {
	ErrCode int    `json:"errcode"` // WeCom, DingTalk
	ErrMsg  string `json:"errmsg"`
	Code    int    `json:"code"` // Feishu
	Msg     string `json:"msg"`
}

// believe holds a robot to its own code.
func (t Target) believe(answer []byte) error {
	if t.format == JSON {
		return nil
	}
	var v verdict
	if err := json.Unmarshal(answer, &v); err != nil {
		return backoff.Permanent(fmt.Errorf("its answer is not that of a %s robot: check the address", t.format))
	}
	if code, said := v.ErrCode+v.Code, v.ErrMsg+v.Msg; code != 0 {
		return backoff.Permanent(fmt.Errorf("the %s robot refuses the message (%d %s): check its address and its security settings", t.format, code, excerpt(said)))
	}
	return nil
}

// excerpt is a robot's words, shortened.
func excerpt(said string) string {
	if r := []rune(said); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return said
}

// secrets are what an answer may repeat of the address, and nobody may read.
func (t Target) secrets() []string {
	out := append(strings.FieldsFunc(t.address, func(r rune) bool { return strings.ContainsRune("/?&=", r) }), t.address)
	for _, part := range out {
		if plain, err := url.QueryUnescape(part); err == nil && plain != part {
			out = append(out, plain)
		}
	}
	return out
}
