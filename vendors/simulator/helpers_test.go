package simulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// fakeClock is a clock that stands until it is moved. Sleeping moves it.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(china string) *fakeClock {
	t, err := time.ParseInLocation("2006-01-02 15:04", china, record.China())
	if err != nil {
		panic(err)
	}
	return &fakeClock{now: t}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(_ context.Context, d time.Duration) error {
	c.move(d)
	return nil
}

func (c *fakeClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// customer signs requests with code of its own, as the vendors' pages say.
type customer struct {
	t     testing.TB
	sim   *simulator.Simulator
	clock simulator.Clock
}

func newCustomer(t testing.TB, o simulator.Options) *customer {
	if o.Clock == nil {
		o.Clock = newClock("2024-06-12 11:00")
	}
	return &customer{t: t, sim: simulator.New(o), clock: o.Clock}
}

// reply is an answer, or a cut connection.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
	cut    bool
}

func (c *customer) do(r *http.Request) (out reply) {
	w := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // net/http panics with this very value
				panic(p)
			}
			out = reply{cut: true, raw: w.Body.String(), header: w.Header()}
		}
	}()
	c.sim.ServeHTTP(w, r)
	out = reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	_ = json.Unmarshal(w.Body.Bytes(), &out.body) // some answers are no JSON
	return out
}

func wapiSign(params map[string]string, secret string) string {
	var keys []string
	for k, v := range params {
		if v != "" && k != "sign" {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k + params[k])
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(b.String()+secret)))
}

// wapiParams adds what every call carries; a value "-" leaves a parameter out.
func (c *customer) wapiParams(params map[string]string) url.Values {
	all := map[string]string{"appid": "10086", "format": "json", "time": fmt.Sprint(c.clock.Now().Unix())}
	for k, v := range params {
		all[k] = v
	}
	for k, v := range all {
		if v == "-" {
			delete(all, k)
		}
	}
	if _, ok := params["sign"]; !ok {
		all["sign"] = wapiSign(all, simulator.DefaultCredentials().WAPISecret)
	}
	form := url.Values{}
	for k, v := range all {
		form.Set(k, v)
	}
	return form
}

func (c *customer) wapi(path string, params map[string]string) reply {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(c.wapiParams(params).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	return c.do(r)
}

func (c *customer) tencentRequest(path string, query map[string]string) *http.Request {
	q := url.Values{}
	for k, v := range query {
		q.Set(k, v)
	}
	r := httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
	signTencent(r, c.clock.Now(), simulator.DefaultCredentials().TencentSecretID, simulator.DefaultCredentials().TencentKey)
	return r
}

func signTencent(r *http.Request, at time.Time, id, key string) {
	date := at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte("x-date: " + date + "\nx-source: market"))
	r.Header.Set("X-Date", date)
	r.Header.Set("X-Source", "market")
	r.Header.Set("Authorization", fmt.Sprintf(`hmac id="%s", algorithm="hmac-sha1", headers="x-date x-source", signature="%s"`,
		id, base64.StdEncoding.EncodeToString(mac.Sum(nil))))
}

// marketRequest asks by the newer gateway.
func (c *customer) marketRequest(path string, query map[string]string) *http.Request {
	r := c.tencentRequest(path, query)
	r.Header = http.Header{}
	signMarket(r, c.clock.Now(), simulator.DefaultCredentials().TencentSecretID, simulator.DefaultCredentials().TencentKey)
	return r
}

func signMarket(r *http.Request, at time.Time, id, key string) {
	date := at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte("x-date: " + date))
	r.Header.Set("Authorization", fmt.Sprintf(`{"id": "%s", "x-date": "%s", "signature": "%s"}`, id, date, base64.StdEncoding.EncodeToString(mac.Sum(nil))))
	r.Header.Set("request-id", "5d0d4d5e-8a5c-4f0e-9a43-0f7f3c1b2a10")
}

func (c *customer) tencent(path string, query map[string]string) reply {
	return c.do(c.tencentRequest(path, query))
}

func (c *customer) jumdata(path string, params map[string]string) reply {
	k := simulator.DefaultCredentials()
	stamp := fmt.Sprint(c.clock.Now().UnixMilli())
	all := map[string]string{"appId": k.JumdataAppID, "timestamp": stamp,
		"sign": fmt.Sprintf("%x", sha256.Sum256([]byte(k.JumdataAppID+k.JumdataSecret+stamp)))}
	for name, v := range params {
		all[name] = v
	}
	q := url.Values{}
	for name, v := range all {
		q.Set(name, v)
	}
	return c.do(httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil))
}

// at walks through objects and lists: at(body, "data", "detail", "vin").
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// text is a scalar as text, whether it came as a number or a text.
func text(v any) string {
	if v == nil {
		return ""
	}
	if f, ok := v.(float64); ok && f == float64(int64(f)) {
		return fmt.Sprint(int64(f))
	}
	return fmt.Sprint(v)
}

func (c *customer) wapiOrder(vin, engine string) string {
	c.t.Helper()
	r := c.wapi("/pyi/170/378", map[string]string{"vin": vin, "engine_no": engine, "car_no": "粤AJ44E6"})
	if text(r.body["codeid"]) != "10023" {
		c.t.Fatalf("submit of %s: %s", vin, r.raw)
	}
	ticket := text(r.body["retdata"])
	if m, ok := r.body["retdata"].(map[string]any); ok {
		ticket = text(m["request_id"]) + text(m["car_request_id"])
	}
	return ticket
}

func (c *customer) wapiPoll(ticket string) reply {
	return c.wapi("/pyi/170/379", map[string]string{"car_request_id": ticket})
}

func (c *customer) tencentOrder(vin string) string {
	c.t.Helper()
	r := c.tencent("/release/maintenance/order", map[string]string{"vin": vin, "plate_number": "", "engine_number": ""})
	id := text(at(r.body, "data", "detail", "orderId"))
	if len(id) != 32 {
		c.t.Fatalf("order of %s: %s", vin, r.raw)
	}
	return id
}

func (c *customer) tencentReport(id string) reply {
	return c.tencent("/release/maintenance_report/get", map[string]string{"order_id": id})
}

func (c *customer) jumdataOrder(vin string) reply {
	return c.jumdata("/vehicle/maintenance-report/generate", map[string]string{"vin": vin, "licenseImgUrl": "https://img.example.com/1.jpg"})
}

func (c *customer) jumdataGet(id string) reply {
	return c.jumdata("/vehicle/maintenance-report/get", map[string]string{"requestId": id})
}

func (c *customer) violations(plate, vin string) reply {
	return c.wapi("/pyi/65/173", map[string]string{"car_no": plate, "car_type": "02", "engine_number": "AD50EG081600062", "frame_number": vin})
}

func (c *customer) valuation(change map[string]string) reply {
	p := map[string]string{"car_type_id": "52", "car_city_id": "341800", "car_first_regtime": "2022-01", "car_miles": "3.62",
		"car_transfer": "0", "car_accident": "0", "car_appearance": "0", "car_color": "2", "car_electrical": "0",
		"car_engine": "0", "car_interior": "0"}
	for k, v := range change {
		p[k] = v
	}
	return c.wapi("/pyi/201/377", p)
}

// vinOf makes VINs of the right shape, n of them for each prefix.
func vinOf(wmi string, n int) string { return fmt.Sprintf("%sFA49J0J%07d", wmi, n) }

// vinWith finds a VIN for which the vendor's outcome is the wanted one.
func (c *customer) vinWith(vendor, wmi, want string) string {
	for n := range 10_000 {
		if vin := vinOf(wmi, n); c.sim.Outcome(vendor, vin, "") == want {
			return vin
		}
	}
	c.t.Fatalf("no VIN is %s at %s", want, vendor)
	return ""
}
