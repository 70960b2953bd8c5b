package simulator

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wapiMessages are the words of wapi's table of codes.
var wapiMessages = map[string]string{
	"10000": "返回成功",
	"10001": "appid必须指定,可以我的应用里面查看",
	"10002": "sign值必须指定,加密规则请前往帮助中心查看",
	"10003": "sign值验证不通过,加密规则请前往帮助中心查看",
	"10004": "时差不能超过10分钟,可以不传递这个参数,注意时间戳单位是秒",
	"10005": "appid错误,请检查appid值,前往会员中心->我的应用查看或添加",
	"10006": "当前IP地址未授权,请前往用户中心->我的应用添加ip",
	"10007": "应用被禁用,请联系客服处理",
	"10008": "应用内没有该接口,请到我的应用里面添加这个接口",
	"10009": "api接口不存在",
	"10010": "您没有添加该api接口",
	"10011": "api已经到期",
	"10012": "没有订购任何api,请前往购买后再操作",
	"10013": "该接口已经暂停使用",
	"10014": "未知的错误,可以联系客服处理",
	"10015": "参数个数错误",
	"10017": "time必须是整型",
	"10018": "次数不足",
	"10020": "子接口不存在,可能已经被关闭",
	"10021": "服务器发生错误",
	"10022": "帐户余额不足,请充值!",
	"10023": "订单提交成功,等待回调结果",
	"10024": "调试模式数据",
	"10025": "查无数据",
}

const wapiWindow = 10 * time.Minute

// wapiAdmit checks what every interface of wapi checks first. A call that is not
// admitted has been answered.
func (x *exchange) wapiAdmit(required ...string) bool {
	code := x.wapiCheck()
	if code == "" {
		code = x.sim.accounts.Load().code(WAPI)
	}
	if code == "" {
		for _, name := range required {
			if x.param(name) == "" {
				code = "10015"
			}
		}
	}
	if code == "" && x.param("format") != "" && x.param("format") != "json" {
		x.wapiSay("10019", "模拟接口只支持json格式")
		return false
	}
	if code != "" {
		x.wapiFail(code)
		return false
	}
	return true
}

func (x *exchange) wapiCheck() string {
	appid, sign, stamp := x.param("appid"), x.param("sign"), x.param("time")
	switch {
	case appid == "":
		return "10001"
	case sign == "":
		return "10002"
	case !sameText(appid, x.sim.keys.WAPIAppID):
		return "10005"
	}
	if stamp != "" {
		seconds, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			return "10017"
		}
		if off := x.now.Sub(time.Unix(seconds, 0)); off > wapiWindow || off < -wapiWindow {
			return "10004"
		}
	}
	if !sameText(sign, x.wapiSign()) {
		return "10003"
	}
	return ""
}

// wapiSign is the signature that the request should carry.
func (x *exchange) wapiSign() string {
	if x.sim.keys.WAPISign == "hash" {
		return x.sim.keys.WAPISecret
	}
	return signMD5(x.form, x.sim.keys.WAPISecret)
}

func signMD5(form url.Values, secret string) string {
	names := make([]string, 0, 16)
	for name, values := range form {
		if name != "sign" && values[0] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	text := make([]byte, 0, 256)
	for _, name := range names {
		text = append(append(text, name...), form[name][0]...)
	}
	sum := md5.Sum(append(text, secret...))
	return hex.EncodeToString(sum[:])
}

// sameText compares in a time that tells nothing about where they differ.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// wapiOpen begins an answer: the caller adds retdata and closes it.
func (x *exchange) wapiOpen(code, message string) {
	x.out.open('{')
	// The page calls codeid a number; its own answers do not always agree.
	c := newChance(x.sim.seed, "codeid", x.param("sign"))
	if c.hit(150) {
		x.out.str("codeid", code)
	} else {
		x.out.raw("codeid", code)
	}
	x.out.str("message", message)
	stamp := x.param("time")
	if stamp == "" {
		stamp = strconv.FormatInt(x.now.Unix(), 10)
	}
	x.out.str("time", stamp)
}

func (x *exchange) wapiFail(code string) {
	message := wapiMessages[code]
	if code == "10006" {
		host, _, _ := net.SplitHostPort(x.req.RemoteAddr)
		message += host
	}
	x.wapiSay(code, message)
}

func (x *exchange) wapiSay(code, message string) {
	x.wapiOpen(code, message)
	if code == "10025" {
		x.out.raw("retdata", "[]") // an empty array of PHP
	} else {
		x.out.str("retdata", "")
	}
	x.out.close('}')
}

func wapiSubmit(x *exchange) {
	if !x.wapiAdmit("vin") {
		return
	}
	vin, engine := x.param("vin"), x.param("engine_no")
	if len(vin) != vinLength || strings.ToUpper(vin) != vin {
		x.wapiSay("10019", "vin格式错误")
		return
	}
	c := newChance(x.sim.seed, "submit", vin)
	if wantsEngine(vin) && engine == "" && c.hit(500) {
		x.wapiSay("10019", "该品牌查询需要提供发动机号")
		return
	}
	fen := x.sim.price(WAPI, Maintenance)
	if !x.wapiReserve(fen) {
		return
	}
	ticket := formatTicket(wapiNo, x.accept(wapiNo, joinIDs(vin, x.param("car_no"), engine), fen).key)
	x.wapiOpen("10023", wapiMessages["10023"])
	switch c.n(3) {
	case 0:
		x.out.str("retdata", ticket)
	case 1:
		x.out.object("retdata")
		x.out.str("car_request_id", ticket)
		x.out.close('}')
	default:
		x.out.object("retdata")
		x.out.str("request_id", ticket)
		x.out.close('}')
	}
	x.out.close('}')
}

// wapiReserve answers the call itself when the account cannot pay.
func (x *exchange) wapiReserve(fen int64) bool {
	switch x.sim.accounts.Load().reserve(WAPI, fen) {
	case noBalance:
		x.wapiFail("10022")
		return false
	case noQuota:
		x.wapiFail("10018")
		return false
	}
	return true
}

// accepted is an order that has just been taken.
type accepted struct {
	no    int32
	key   ticketKey
	ready time.Time
}

func (x *exchange) accept(vendor uint8, ids string, fen int64) accepted {
	vin, _, engine := splitIDs(ids)
	o := order{ids: ids, at: x.now.UnixNano(), vendor: vendor, fen: int32(fen)}
	if engine != "" {
		o.flags |= orderEngine
	}
	ready := x.sim.readyAt(vendor, vin, x.now)
	o.ready = ready.UnixNano()
	no, key := x.sim.orders.add(o)
	return accepted{no: no, key: key, ready: ready}
}

func wapiPoll(x *exchange) {
	if !x.wapiAdmit("car_request_id") {
		return
	}
	o, no, ok := x.sim.poll(wapiNo, x.param("car_request_id"), x.now)
	if !ok {
		x.wapiSay("10019", "car_request_id错误,订单不存在")
		return
	}
	vin, _, _ := splitIDs(o.ids)
	if !o.isReady(x.now) {
		x.wapiPending(&o)
		return
	}
	switch x.sim.outcomeOf(wapiNo, vin, o.flags&orderEngine != 0) {
	case noRecord:
		x.wapiSettle(&o, no, false)
		x.wapiFail("10025")
	case failedQuery:
		x.wapiSettle(&o, no, false)
		x.wapiStatus(&o, "3", "查询失败,该品牌需要提供发动机号")
	default:
		x.wapiSettle(&o, no, true)
		x.wapiReport(&o)
	}
}

// wapiSettle books an order whose outcome is data, once, and gives back the
// money of one whose outcome is none.
func (x *exchange) wapiSettle(o *order, no int32, data bool) {
	if !x.sim.orders.settle(no) {
		return
	}
	if data {
		x.sim.book.charge(charge{ids: o.ids, at: x.now.UnixNano(), order: no, fen: o.fen,
			vendor: wapiNo, dataset: maintenanceNo})
	} else if o.flags&orderAdopted == 0 {
		x.sim.accounts.Load().release(WAPI, int64(o.fen))
	}
}

// wapiPending says "not yet" in one of the two ways, in turn.
func (x *exchange) wapiPending(o *order) {
	c := newChance(x.sim.seed, "pending", o.ids)
	if (c.n(2)+int(o.polls))%2 == 0 {
		x.wapiFail("10023")
		return
	}
	x.wapiStatus(o, "2", "查询中")
}

// wapiStatus answers 10000 without a report: the page bills 10000, but an order
// without data is not booked.
func (x *exchange) wapiStatus(o *order, status, message string) {
	vin, plate, engine := splitIDs(o.ids)
	x.wapiOpen("10000", message)
	x.out.object("retdata")
	x.out.raw("result_status", status)
	x.out.str("vin", vin)
	x.out.str("engine_no", engine)
	x.out.str("car_no", plate)
	x.out.raw("result", "[]")
	x.out.close('}')
	x.out.close('}')
}
