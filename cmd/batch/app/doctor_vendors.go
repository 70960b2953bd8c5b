package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/transport"
)

// How far the clocks may be apart. Signatures carry the time; the vendors refuse
// one that is 10 (wapi) or 15 minutes (tencent) off.
const (
	clockOdd   = 30 * time.Second
	clockWrong = 5 * time.Minute
)

// tryVendors asks every vendor of the configuration something free.
func (d *doctor) tryVendors(ctx context.Context) error {
	d.about = "configuration"
	if d.Path == "" {
		if !d.Offline {
			d.say("", "no batch.yaml here and no --config: no vendor was tried (`batch init` writes one)")
		}
		return nil
	}
	conf, err := d.Load(d.Path)
	if err != nil {
		d.say("WRONG", "%s cannot be used: no vendor was tried", d.Path)
		return err
	}
	d.say("ok", "%s", d.Path)
	for _, w := range conf.Warnings {
		d.say("odd", "%s", w)
	}
	d.sayUnconfigured(conf)
	if d.proxies, err = d.Proxies(); err != nil {
		d.say("WRONG", "a proxy stands in the environment that cannot be used: no vendor was tried")
		return err
	}
	before := d.failures
	for _, v := range conf.Vendors {
		d.about = v.Name
		if !v.Enabled {
			d.say("", "off, not tried")
			continue
		}
		if err := d.tryVendor(ctx, v); err != nil {
			return err
		}
	}
	if d.failures > before {
		return &CodeError{Code: ExitUnexpected, Err: errors.New("a vendor cannot be bought from until that is put right; nothing was bought by looking")}
	}
	return nil
}

// tryVendor asks one vendor: by a probe for each dataset that has one, else only
// whether anybody is there.
func (d *doctor) tryVendor(ctx context.Context, v config.Vendor) error {
	v.Settings.NewID = d.NewID
	adapter, err := v.Descriptor.New(v.Settings, d.Clock.Now)
	if err != nil {
		return err
	}
	client := transport.New(transport.Options{Timeout: v.Timeout, InFlight: 1, Proxies: d.proxies, Now: d.Clock.Now})
	defer client.Close()
	call := caller{doctor: d, sender: transport.Hush(client, secretsOf(v)), base: v.Settings.BaseURL}
	var silent []string // datasets without a free call
	probed := false
	for _, o := range configuredOffers(v) {
		prober, ok := adapter.(vendors.Prober)
		if !ok || o.Probe == "" {
			silent = append(silent, string(o.Dataset))
			continue
		}
		probed = true
		if err := call.probe(ctx, prober, o); err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
	if !probed {
		if err := call.ping(ctx); err != nil {
			return err
		}
	}
	if len(silent) > 0 {
		d.say("", "%s: no call is certainly free, so none was made: let the first order be a small one", strings.Join(silent, ", "))
	}
	return ctx.Err()
}

// caller sends the doctor's requests to one vendor.
type caller struct {
	*doctor
	sender vendors.Sender
	base   string
}

// probe sends the free request about a dataset and says what its answer tells.
func (c caller) probe(ctx context.Context, p vendors.Prober, o vendors.Offer) error {
	req, err := p.NewProbe(ctx, o.Dataset)
	if err != nil {
		return err
	}
	resp := c.send(req)
	h := vendors.ReadProbe(p, o.Dataset, resp)
	if h.By != "" {
		c.say("", "the gateway that answers there is %s", h.By)
	}
	switch h.Ill {
	case vendors.Disconnected: // send has said it
	case vendors.Well:
		c.say("ok", "the keys are good and open %s (%s)", o.Dataset, h.Code)
		c.say("", "whether there is money left in the account shows only when something is bought")
	case vendors.Unclear:
		c.say("odd", "%s: %s (%s)", o.Dataset, Printable(h.Message), h.Code)
	default:
		c.failures++
		c.say("WRONG", "%s (%s)", Printable(h.Message), h.Code)
	}
	return nil
}

// ping asks for the vendor's front page, without keys: nobody can be billed.
func (c caller) ping(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, c.base+"/", nil)
	if err != nil {
		return err
	}
	c.send(req)
	return nil
}

// send sends a request and says whether the vendor was reached and whether the
// clocks agree.
func (c caller) send(req *http.Request) vendors.Response {
	if proxy, variable := c.proxies.For(req.URL); proxy != "" {
		c.say("", "called by way of the proxy %s (%s)", proxy, variable)
	}
	began := c.Clock.Now()
	resp := c.sender.Do(req, nil)
	took := c.Clock.Now().Sub(began)
	if resp.Err != nil {
		c.failures++
		c.say("WRONG", "%s cannot be reached: %s; %s", c.base, Printable(record.Shorten(resp.Err.Error())), reachHint(resp.Err))
		return resp
	}
	c.say("ok", "%s answers, in %s", c.base, max(took, time.Millisecond).Round(time.Millisecond))
	if !resp.Date.IsZero() {
		// Between the moments that the header's whole second may stand for, and half way of the call.
		c.sayClock(resp.Date.Add(time.Second / 2).Sub(began.Add(took / 2)))
	}
	return resp
}

// sayClock judges how far the vendor's clock is ahead of ours. Its Date is in whole seconds.
func (c caller) sayClock(ahead time.Duration) {
	apart, direction := ahead.Abs().Round(time.Second), "behind"
	if ahead < 0 {
		direction = "ahead of"
	}
	switch {
	case apart <= clockOdd:
		c.say("ok", "the clocks agree")
	case apart < clockWrong:
		c.say("odd", "this machine's clock is %s %s the vendor's: set it (timedatectl set-ntp true)", apart, direction)
	default:
		c.failures++
		c.say("WRONG", "this machine's clock is %s %s the vendor's, which refuses signatures with such a time: set it (timedatectl set-ntp true)", apart, direction)
	}
}

// reachHint says what the user can do where nobody answers.
func reachHint(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "certificate"):
		return "check base_url, this machine's clock, and whether a proxy looks into TLS"
	case strings.Contains(text, "no such host"):
		return "check base_url for a slip, and the name server"
	case strings.Contains(text, "the proxy"):
		return "see what the proxy has logged"
	}
	return "check base_url, the firewall, and whether a proxy is needed (HTTPS_PROXY)"
}
