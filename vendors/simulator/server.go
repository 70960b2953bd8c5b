package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Credentials are the keys of the simulated customer.
type Credentials struct {
	WAPIAppID, WAPISecret       string
	WAPISign                    string // "md5" or "hash"
	TencentSecretID, TencentKey string
	JumdataAppID, JumdataSecret string
}

// DefaultCredentials are the keys that New takes when none are given. They open
// nothing but a simulator.
func DefaultCredentials() Credentials {
	return Credentials{
		WAPIAppID: "10086", WAPISecret: "5f4dcc3b5aa765d61d8327deb882cf99", WAPISign: "md5",
		TencentSecretID: "AKIDsimulatorsimulatorsimulatorsimulator", TencentKey: "simulator-secret-key",
		JumdataAppID: "simulator", JumdataSecret: "simulator-app-secret",
	}
}

// Options configure a Simulator. The zero Options serve at once, without limit
// and without faults.
type Options struct {
	Seed        uint64
	Clock       Clock       // nil is SystemClock
	Days        int         // so many of the last days changed the violations; else only the New Year does
	Credentials Credentials // empty fields are those of DefaultCredentials
	Latency     Latency
	Desk        Desk
	Pace        map[string]Pace // by vendor
	Faults      Faults
	// Prices in fen by "vendor/dataset"; absent ones are DefaultPrices.
	Prices map[string]int64
	// Name is what it calls itself in its answers; "" is Name.
	Name string
}

// DefaultPrices are the prices in fen by "vendor/dataset". wapi's page asks for
// 22 to 42 yuan a maintenance report, 4.5 to 7 a valuation, 0.12 to 0.14 a
// question about violations; tencent's 17; jumdata's names none.
func DefaultPrices() map[string]int64 {
	return map[string]int64{
		WAPI + "/" + Maintenance: 3200, WAPI + "/" + Valuation: 500, WAPI + "/" + Violations: 14,
		Tencent + "/" + Maintenance: 1700, Jumdata + "/" + Maintenance: 2000,
	}
}

// Simulator is all the vendors. It implements http.Handler and is safe for
// concurrent use.
type Simulator struct {
	name      string
	seed      uint64
	clock     Clock
	days      int
	keys      Credentials
	latency   Latency
	desk      hours
	deskShare float64
	prices    map[string]int64
	pace      [len(vendorNames)]*bucket
	routes    map[string]*endpoint

	plan     atomic.Pointer[plan]
	accounts atomic.Pointer[accounts]
	orders   *orders
	book     *Book
	spare    sync.Pool // *exchange
}

var _ http.Handler = (*Simulator)(nil)

// Check says what is wrong with the options, if anything is.
func (o Options) Check() error {
	if _, err := parseClosed(o.Desk.Closed); err != nil {
		return err
	}
	if o.Latency.Min < 0 || o.Latency.Max < 0 || o.Latency.Max > 0 && o.Latency.Max < o.Latency.Min {
		return fmt.Errorf("a latency from %v to %v is not a span of time", o.Latency.Min, o.Latency.Max)
	}
	if o.Days < 0 || o.Days > mostDays {
		return fmt.Errorf("%d days: want 0 to %d", o.Days, mostDays)
	}
	return nil
}

// New makes a Simulator. It panics on options that Check refuses.
func New(o Options) *Simulator {
	if err := o.Check(); err != nil {
		panic("simulator: " + err.Error())
	}
	desk, _ := parseClosed(o.Desk.Closed) // checked above
	s := &Simulator{name: cmp.Or(o.Name, Name), seed: o.Seed, clock: o.Clock, keys: withDefaults(o.Credentials), latency: o.Latency,
		desk: desk, deskShare: o.Desk.Share, prices: DefaultPrices(), routes: map[string]*endpoint{},
		orders: newOrders(o.Seed)}
	if s.clock == nil {
		s.clock = SystemClock{}
	}
	s.days = o.Days
	maps.Copy(s.prices, o.Prices)
	for i, v := range vendorNames {
		s.pace[i] = newBucket(o.Pace[v])
	}
	for i := range endpoints {
		s.routes[endpoints[i].path] = &endpoints[i]
	}
	s.book = &Book{orders: s.orders}
	s.spare.New = func() any { return &exchange{sim: s} }
	s.SetFaults(o.Faults)
	return s
}

func withDefaults(c Credentials) Credentials {
	d := DefaultCredentials()
	for _, f := range []struct{ have, otherwise *string }{
		{&c.WAPIAppID, &d.WAPIAppID}, {&c.WAPISecret, &d.WAPISecret}, {&c.WAPISign, &d.WAPISign},
		{&c.TencentSecretID, &d.TencentSecretID}, {&c.TencentKey, &d.TencentKey},
		{&c.JumdataAppID, &d.JumdataAppID}, {&c.JumdataSecret, &d.JumdataSecret},
	} {
		if *f.have == "" {
			*f.have = *f.otherwise
		}
	}
	return c
}

// Book returns the book, which goes on being written.
func (s *Simulator) Book() *Book { return s.book }

func (s *Simulator) price(vendor, dataset string) int64 { return s.prices[vendor+"/"+dataset] }

// endpoint is one interface of one vendor.
type endpoint struct {
	no      int
	name    string
	path    string
	vendor  uint8
	getOnly bool
	serve   func(*exchange)
	ticket  string // the parameter that names a ticket, where one is asked for
}

const endpointCount = 8

// endpoints is read only.
var endpoints = [endpointCount]endpoint{
	{0, WAPISubmit, "/pyi/170/378", wapiNo, false, wapiSubmit, ""},
	{1, WAPIPoll, "/pyi/170/379", wapiNo, false, wapiPoll, "car_request_id"},
	{2, WAPIValuation, "/pyi/201/377", wapiNo, false, wapiValuation, ""},
	{3, WAPIViolations, "/pyi/65/173", wapiNo, false, wapiViolations, ""},
	{4, TencentOrder, "/release/maintenance/order", tencentNo, true, tencentOrder, ""},
	{5, TencentReport, "/release/maintenance_report/get", tencentNo, true, tencentReport, "order_id"},
	{6, JumdataGenerate, "/vehicle/maintenance-report/generate", jumdataNo, false, jumdataGenerate, ""},
	{7, JumdataGet, "/vehicle/maintenance-report/get", jumdataNo, false, jumdataGet, "requestId"},
}

// answerTypes are the Content-Types that the vendors send. Tencent's page says
// HTML, and it is JSON all the same.
var answerTypes = [...]string{
	wapiNo: "application/json; charset=utf-8", tencentNo: htmlType, jumdataNo: "application/json;charset=UTF-8",
}

// exchange is one request and the answer to it.
type exchange struct {
	sim   *Simulator
	ep    *endpoint
	req   *http.Request
	form  url.Values
	now   time.Time
	alien bool // answer for another vehicle
	isNew bool // came by tencent's newer gateway
	fault Fault
	plan  *plan

	status      int
	contentType string
	out         js
	car         history // scratch
}

func (x *exchange) param(name string) string {
	if v := x.form[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// What the simulator calls itself in the header "Server" of every answer. No key of DefaultCredentials is part of it, or
// it would be blotted out as one. A workspace of `run --simulate` is known by Name when it does not say any more of what
// kind it is; to one that orders from `batch simulate`, the answers are bought.
const (
	Name       = "batch made-up" // inside of a run
	ServedName = "batch simulate"
)

// ServeHTTP implements http.Handler. It panics with http.ErrAbortHandler to cut
// a connection.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Server", s.name)
	ep, isNew := s.route(r.URL.Path)
	if ep == nil {
		s.serveElse(w, r)
		return
	}
	s.book.requests[ep.no].Add(1)
	if wait, ok := s.pace[ep.vendor].take(now); !ok {
		s.book.refused[ep.vendor].Add(1)
		w.Header().Set("Retry-After", strconv.FormatInt(retryAfter(wait), 10))
		send(w, http.StatusTooManyRequests, answerTypes[ep.vendor], []byte(`{"message":"API rate limit exceeded"}`))
		return
	}
	p := s.plan.Load()
	fault, luck := p.choose(ep)
	if s.strikeBefore(w, r, fault, p, ep.vendor, luck) || isNew && withdrawn(w, fault) {
		return
	}
	x := s.newExchange(ep, r, now, fault)
	x.plan, x.isNew = p, isNew
	defer s.release(x)
	x.handle(w)
	s.sendBroken(w, x, fault, p, luck)
}

func (s *Simulator) newExchange(ep *endpoint, r *http.Request, now time.Time, f Fault) *exchange {
	x := s.spare.Get().(*exchange)
	x.ep, x.req, x.now, x.fault, x.alien = ep, r, now, f, f == OtherVehicle
	x.status, x.contentType, x.out.b = http.StatusOK, answerTypes[ep.vendor], x.out.b[:0]
	return x
}

func (s *Simulator) release(x *exchange) {
	x.req, x.form, x.plan = nil, nil, nil
	s.spare.Put(x)
}

const maxForm = 64 << 10

func (x *exchange) handle(w http.ResponseWriter) {
	if m := x.req.Method; m != http.MethodGet && (m != http.MethodPost || x.ep.getOnly) {
		x.status = http.StatusMethodNotAllowed
		x.out.b = append(x.out.b, `{"message":"Method Not Allowed"}`...)
		return
	}
	x.req.Body = http.MaxBytesReader(w, x.req.Body, maxForm)
	if err := x.req.ParseForm(); err != nil {
		x.status = http.StatusBadRequest
		x.out.b = append(x.out.b, `{"message":"Bad Request"}`...)
		return
	}
	x.form = x.req.Form
	if x.ep.ticket != "" && x.plan.isGone(x.ep, x.param(x.ep.ticket), x.fault) {
		x.goneTicket()
		return
	}
	x.ep.serve(x)
}

func send(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a customer who has gone is no concern of the vendor
}

// serveElse answers paths that are no endpoint, as the vendor whose they look
// like would.
func (s *Simulator) serveElse(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, marketPrefix):
		x := &exchange{req: r}
		x.marketError(http.StatusNotFound, "请求的服务或路径不存在")
		send(w, x.status, x.contentType, x.out.b)
	case strings.HasPrefix(path, "/_simulator/"):
		s.serveAdmin(w, r)
	case strings.HasPrefix(path, "/pyi/"):
		send(w, http.StatusOK, answerTypes[wapiNo], []byte(`{"codeid":10009,"message":"api接口不存在","time":"0","retdata":""}`))
	case strings.HasPrefix(path, "/vehicle/"):
		send(w, http.StatusOK, answerTypes[jumdataNo], []byte(`{"msg":"接口地址不正确","code":404}`))
	default:
		send(w, http.StatusNotFound, "application/json; charset=utf-8", []byte(`{"message":"There is no api match host and path"}`))
	}
}
