package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

const (
	tencentWindow = 15 * time.Minute
	tencentDate   = "Mon, 02 Jan 2006 15:04:05 GMT"
)

// tencentAdmit checks what the gateway checks. A call that is not admitted has
// been answered.
func (x *exchange) tencentAdmit() bool {
	check, forced := x.tencentCheck, x.tencentForced
	if x.isNew {
		check, forced = x.marketCheck, x.marketForced
	}
	status, message := check()
	if status == 0 {
		status, message = forced()
	}
	if status == 0 {
		return true
	}
	if status == http.StatusOK {
		x.tencentError("-1", message)
		return false
	}
	x.gatewayError(status, message)
	return false
}

func (x *exchange) gatewayError(status int, message string) {
	if x.isNew {
		x.marketError(status, message)
		return
	}
	x.status, x.contentType = status, "application/json; charset=utf-8"
	x.out.open('{')
	x.out.str("message", message)
	x.out.close('}')
}

func (x *exchange) tencentForced() (int, string) {
	switch x.sim.accounts.Load().code(Tencent) {
	case "401":
		return http.StatusUnauthorized, "Unauthorized"
	case "403":
		return http.StatusForbidden, "Forbidden: the secret id has no permission for this api"
	case "429":
		return http.StatusTooManyRequests, "API quota exceeded"
	case "-1":
		return http.StatusOK, "服务异常"
	}
	return 0, ""
}

// tencentCheck reads the Authorization header:
// hmac id="ID", algorithm="hmac-sha1", headers="x-date x-source", signature="BASE64".
func (x *exchange) tencentCheck() (int, string) {
	header := x.req.Header
	fields, ok := strings.CutPrefix(header.Get("Authorization"), "hmac ")
	if !ok {
		return http.StatusUnauthorized, "Unauthorized"
	}
	id, signature := authField(fields, "id"), authField(fields, "signature")
	if authField(fields, "algorithm") != "hmac-sha1" || authField(fields, "headers") != "x-date x-source" {
		return http.StatusUnauthorized, "HMAC signature cannot be verified"
	}
	date, source := header.Get("X-Date"), header.Get("X-Source")
	at, err := time.Parse(tencentDate, date)
	if off := x.now.Sub(at); err != nil || off > tencentWindow || off < -tencentWindow {
		return http.StatusForbidden, "HMAC signature cannot be verified, a valid x-date header is required for HMAC Authentication"
	}
	if !sameText(id, x.sim.keys.TencentSecretID) {
		return http.StatusForbidden, "HMAC id does not exist"
	}
	mac := hmac.New(sha1.New, []byte(x.sim.keys.TencentKey))
	mac.Write([]byte("x-date: " + date + "\nx-source: " + source))
	if !sameText(signature, base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
		return http.StatusForbidden, "HMAC signature does not match"
	}
	return 0, ""
}

// authField finds name="value".
func authField(fields, name string) string {
	for part := range strings.SplitSeq(fields, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if ok && strings.TrimSpace(key) == name {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// tencentError is the form of a refusal: no data at all.
func (x *exchange) tencentError(code, message string) {
	x.out.open('{')
	x.out.str("code", code)
	x.out.str("message", message)
	x.out.raw("result", "{}")
	x.out.close('}')
}

// tencentDetail begins a good answer; the caller writes the rest of detail and
// calls tencentEnd.
func (x *exchange) tencentDetail(result, description string) {
	j := &x.out
	j.open('{')
	j.str("code", "0")
	j.str("message", "成功")
	j.object("data")
	j.str("result", result)
	j.str("description", description)
	j.object("detail")
}

func (x *exchange) tencentEnd() { x.out.b = append(x.out.b, "}}}"...) }

func tencentOrder(x *exchange) {
	if !x.tencentAdmit() {
		return
	}
	vin := x.param("vin")
	if vin == "" {
		x.tencentError("20704", "车架号不能为空")
		return
	}
	fen := x.sim.price(Tencent, Maintenance)
	if x.sim.accounts.Load().reserve(Tencent, fen) != noTrouble {
		x.gatewayError(http.StatusForbidden, x.usedUp())
		return
	}
	ids := joinIDs(vin, x.param("plate_number"), x.param("engine_number"))
	a := x.accept(tencentNo, ids, fen)
	x.bill(tencentNo, ids, a.no, fen)
	x.tencentDetail("1", "查询成功,有数据")
	x.out.num("resultCode", 1200) // a number here, a text in the report
	x.out.str("resultMsg", "购买成功")
	x.out.str("orderId", formatTicket(tencentNo, a.key))
	x.tencentEnd()
}

// bill books an order that is billed as soon as it is taken.
func (x *exchange) bill(vendor uint8, ids string, no int32, fen int64) {
	x.sim.orders.settle(no)
	x.sim.book.charge(charge{ids: ids, at: x.now.UnixNano(), order: no, fen: int32(fen),
		vendor: vendor, dataset: maintenanceNo})
}

func tencentReport(x *exchange) {
	if !x.tencentAdmit() {
		return
	}
	id := x.param("order_id")
	if id == "" {
		x.tencentError("20804", "订单号不能为空")
		return
	}
	o, _, ok := x.sim.poll(tencentNo, id, x.now)
	if !ok {
		x.tencentError("-1", "订单不存在")
		return
	}
	vin, _, _ := splitIDs(o.ids)
	switch {
	case !o.isReady(x.now):
		x.tencentPending(&o)
	case x.sim.outcomeOf(tencentNo, vin, true) == noRecord:
		x.tencentDetail("2", "查询成功,无记录")
		x.out.str("resultCode", "1206")
		x.out.str("resultMsg", "无维修保养记录")
		x.tencentEnd()
	default:
		x.tencentReport(&o, vin)
	}
}

// tencentPending is a good answer without records; the page does not name its
// resultCode.
func (x *exchange) tencentPending(o *order) {
	x.tencentDetail("1", "查询成功,报告生成中")
	if o.isPolledAgain() {
		x.out.str("resultCode", "1204")
	} else {
		x.out.num("resultCode", 1203)
	}
	x.out.str("resultMsg", "报告生成中")
	x.tencentEnd()
}
