package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

var jumdataMessages = map[string]string{
	"200": "成功", "400": "参数错误", "404": "接口地址不正确", "500": "系统维护,请稍候再试",
	"601": "接口未开通", "602": "账号停用", "603": "余额不足请充值", "604": "接口停用",
	"701": "报告还未生成,请稍后查询 ", "702": "查询失败", "703": "暂不支持该品牌", "999": "渠道维护中",
}

// jumdataAdmit checks what every interface of jumdata checks first. The page
// has no code of its own for a wrong signature: to the vendor the account has
// not opened the interface (601). It names no window for the time stamp.
func (x *exchange) jumdataAdmit(required ...string) bool {
	var code string
	stamp := x.param("timestamp")
	sum := sha256.Sum256([]byte(x.sim.keys.JumdataAppID + x.sim.keys.JumdataSecret + stamp))
	_, err := strconv.ParseInt(stamp, 10, 64)
	switch {
	case err != nil || x.param("appId") == "" || x.param("sign") == "":
		code = "400"
	case !sameText(x.param("appId"), x.sim.keys.JumdataAppID), !sameText(x.param("sign"), hex.EncodeToString(sum[:])):
		code = "601"
	default:
		code = x.sim.accounts.Load().code(Jumdata)
	}
	if code == "" {
		for _, name := range required {
			if x.param(name) == "" {
				code = "400"
			}
		}
	}
	if code != "" {
		x.jumdataFail(code)
		return false
	}
	return true
}

func (x *exchange) jumdataFail(code string) {
	x.out.open('{')
	x.out.str("msg", jumdataMessages[code])
	x.out.raw("code", code)
	x.out.close('}')
}

// jumdataOpen begins a good answer; the caller adds data and closes it.
func (x *exchange) jumdataOpen(key ticketKey) {
	c := chance(uint64(key[0])<<24 | uint64(key[5])<<16 | uint64(key[9])<<8 | uint64(key[15]))
	x.out.open('{')
	x.out.str("msg", jumdataMessages["200"])
	x.out.raw("code", "200")
	task := strconv.FormatUint(c.next()|1<<63, 10)
	x.out.str("taskNo", "0"+task)
}

func jumdataGenerate(x *exchange) {
	if !x.jumdataAdmit("vin", "licenseImgUrl") {
		return
	}
	vin := x.param("vin")
	if len(vin) != vinLength {
		x.jumdataFail("400")
		return
	}
	known := x.sim.outcomeOf(jumdataNo, vin, true)
	if known == unsupported {
		x.jumdataFail("703")
		return
	}
	fen := x.sim.price(Jumdata, Maintenance)
	if x.sim.accounts.Load().reserve(Jumdata, fen) != noTrouble {
		x.jumdataFail("603")
		return
	}
	ids := joinIDs(vin, "", "")
	a := x.accept(jumdataNo, ids, fen)
	x.bill(jumdataNo, ids, a.no, fen)
	x.jumdataOpen(a.key)
	x.jumdataTicket(vin, a, known)
	x.out.close('}')
}

// jumdataTicket gives the number of the report; a fifth of the reports that are
// found stand beside it at once.
func (x *exchange) jumdataTicket(vin string, a accepted, known outcome) {
	c := newChance(x.sim.seed, "at once", vin)
	j := &x.out
	j.object("data")
	j.str("requestId", formatTicket(jumdataNo, a.key))
	switch {
	case c.hit(200) && known == foundReport:
		j.key("info")
		o := order{at: x.now.UnixNano(), key: a.key}
		x.jumdataReport(&o, vin)
		x.sim.orders.readyNow(a.no)
	case c.hit(300):
		j.raw("info", "null")
	}
	j.close('}')
}

// readyNow is for an order whose report has been given already: nobody is told
// to wait for what he has.
func (t *orders) readyNow(no int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.rows.at(int(no))
	o.ready = o.at
}

func jumdataGet(x *exchange) {
	if !x.jumdataAdmit("requestId") {
		return
	}
	o, _, ok := x.sim.poll(jumdataNo, x.param("requestId"), x.now)
	if !ok {
		x.jumdataFail("702")
		return
	}
	vin, _, _ := splitIDs(o.ids)
	switch {
	case !o.isReady(x.now):
		x.jumdataFail("701")
	case x.sim.outcomeOf(jumdataNo, vin, true) != foundReport:
		x.jumdataNothing(&o, vin)
	default:
		x.jumdataOpen(o.key)
		x.out.key("data")
		x.jumdataReport(&o, vin)
		x.out.close('}')
	}
}

// jumdataNothing is about a car that the vendor knows nothing of. The page has
// no code for it: half of them fail, half are reports without a visit.
func (x *exchange) jumdataNothing(o *order, vin string) {
	c := newChance(x.sim.seed, "nothing", vin)
	if c.hit(500) {
		x.jumdataFail("702")
		return
	}
	x.jumdataOpen(o.key)
	j := &x.out
	j.object("data")
	j.str("content_numbers", "0")
	j.str("brand_name", "")
	j.str("vinNO", vin)
	j.raw("is_accident", "0")
	j.raw("result_content", "[]")
	j.day("updatetime", chinaDay(time.Unix(0, o.at)))
	j.close('}')
	j.close('}')
}
