package normalise

import (
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// show makes a value or an unknown comparable in tables.
func show[T interface{ String() string }](v record.Opt[T]) string {
	if !v.OK {
		return "?"
	}
	return v.V.String()
}

type whole int64

func (w whole) String() string { return strconv.FormatInt(int64(w), 10) }

func asWhole(v record.Opt[int64]) record.Opt[whole] {
	return record.Opt[whole]{V: whole(v.V), OK: v.OK}
}

func TestDayOfSeconds(t *testing.T) {
	t.Parallel()
	for sec, want := range map[int64]string{
		1411228800: "2014-09-21", // the vendor's page of wapi 170/379: midnight in China, still the 20th in UTC
		1411228799: "2014-09-20", 1464105610: "2016-05-25",
		0: "?", -1: "?", -1 << 63: "?", 1: "?", 1<<63 - 1: "?", 1381161600000: "?",
		315504000: "1980-01-01", 315503999: "?", 4102415999: "2099-12-31", 4102416000: "?",
	} {
		if got := show(DayOfSeconds(sec)); got != want {
			t.Errorf("DayOfSeconds(%d) = %s, want %s", sec, got, want)
		}
	}
	if got := show(DayOfMillis(1381161600000)); got != "2013-10-08" {
		t.Errorf("DayOfMillis = %s", got)
	}
	if got := show(DayOfMillis(999)); got != "?" {
		t.Errorf("DayOfMillis(999) = %s", got)
	}
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2013-10-08": "2013-10-08", "2013/1/2": "2013-01-02", "2013.1.2": "2013-01-02", "20130102": "2013-01-02",
		"2013年1月2日": "2013-01-02", "2013年01月02": "2013-01-02", " 2013-10-08 ": "2013-10-08",
		"2013-10-08 00:00:00": "2013-10-08", "2013-10-08T23:59:59": "2013-10-08", "2013-10-08 23:59": "2013-10-08",
		"2013-10-08 00:00:00.0": "2013-10-08", "2013年1月2日 12:30": "2013-01-02", "2013年1月2日12:30": "2013-01-02",
		"20130102 101112": "2013-01-02", "20130102101112": "2013-01-02",
		"2016-05-24T16:00:00Z": "2016-05-25", "2016-05-24T16:00:00.000+0000": "2016-05-25", "2016-05-25T00:00:00+08:00": "2016-05-25",
		"2016-02-29": "2016-02-29",
		"":           "?", " ": "?", "null": "?", "NULL": "?", "0": "?", "-": "?", "无": "?",
		"0000-00-00": "?", "0000-00-00 00:00:00": "?", "1970-01-01 08:00:00": "?", "0001/01/01": "?",
		"2015-02-29": "!", "2013-13-01": "!", "2013-00-01": "!", "2013-10-08 25:00": "!", "2013-10-08 10:61": "!",
		"2013-10": "!", "13-10-08": "!", "yesterday": "!", "2013-1-0212:30": "!", "1381161600000": "!", "1899-12-30": "!",
		"2999-01-01": "!", "2013-10-08 morning": "!", "2013-10-08 10:11:60": "!",
	} {
		got, err := ParseDay(in)
		if text := show(got); (err != nil) != (want == "!") || err == nil && text != want {
			t.Errorf("ParseDay(%q) = %s, %v; want %s", in, text, err, want)
		}
	}
}

func TestParseMoment(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2017-10-29 02:39:17": "2017-10-28T18:39:17Z", "2017/10/29 2:39": "2017-10-28T18:39:00Z",
		"2017-10-29T02:39:17": "2017-10-28T18:39:17Z", "20171029023917": "2017-10-28T18:39:17Z",
		"2017年10月29日 02:39:17": "2017-10-28T18:39:17Z", "2017-10-29T02:39:17.5Z": "2017-10-29T02:39:17.5Z",
		"2017-10-29 02:39:17 +08:00": "2017-10-28T18:39:17Z", "2017-10-29 02:39:17-0330": "2017-10-29T06:09:17Z",
		"": "?", "null": "?", "0000-00-00 00:00:00": "?",
		"2017-10-29": "!", "2017-10-29 24:00:00": "!", "2017-02-30 01:00": "!", "02:39": "!", "x": "!",
	} {
		got, err := ParseMoment(in)
		text := "?"
		if got.OK {
			text = got.V.Format(time.RFC3339Nano)
		}
		if (err != nil) != (want == "!") || err == nil && text != want {
			t.Errorf("ParseMoment(%q) = %s, %v; want %s", in, text, err, want)
		}
	}
}

func TestDayRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sec := rapid.Int64Range(315504000, 4102415999).Draw(t, "sec")
		day := DayOfSeconds(sec)
		local := time.Unix(sec, 0).In(record.China())
		if want := local.Format(time.DateOnly); show(day) != want {
			t.Fatalf("DayOfSeconds(%d) = %s, want %s", sec, show(day), want)
		}
		for _, layout := range []string{"2006-01-02", "2006/1/2", "20060102", "2006年1月2日", "2006-01-02 15:04:05"} {
			if got, err := ParseDay(local.Format(layout)); err != nil || got != day {
				t.Fatalf("ParseDay(%q) = %v, %v", local.Format(layout), got, err)
			}
		}
		if got, err := ParseMoment(local.Format(time.DateTime)); err != nil || got.V.Unix() != sec {
			t.Fatalf("ParseMoment = %v, %v", got, err)
		}
	})
}

func TestWhole(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"85142": "85142", "85142.0": "85142", "8,514": "8514", "1,234,567": "1234567", "0": "0", "-5": "-5", "+5": "5", " 7 ": "7",
		"1.3811616E12": "1381161600000", "007": "7", "9223372036854775807": "9223372036854775807", "2.50E1": "25",
		"": "?", "null": "?", "--": "?",
		"85142.5": "!", "8,51": "!", "8,5142": "!", "9223372036854775808": "!", "1E99": "!", "1E999999999": "!", "1E-3": "!", "1e-99": "!",
		"12km": "!", "0x10": "!", "١٢": "!", "1 2": "!", ".": "!", "1.": "!",
	} {
		got, err := Whole(in)
		if text := show(asWhole(got)); (err != nil) != (want == "!") || err == nil && text != want {
			t.Errorf("Whole(%q) = %s, %v; want %s", in, text, err, want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	type reader func(string) (record.Opt[record.Fen], error)
	cases := []struct {
		name string
		read reader
		in   map[string]string
	}{
		{"yuan", FenOfYuan, map[string]string{
			"100": "100.00", "100.5": "100.50", "¥100元": "100.00", "\uffe5100": "100.00", "¥ 1,234.56": "1234.56", "100.500": "100.50", "-3": "-3.00", "0": "0.00",
			"": "?", "null": "?", "元": "?", "100.505": "!", "1万": "!", "1e99": "!", "abc": "!",
			"10000000000": "10000000000.00", "10000000000.01": "!", "-10000000000.01": "!", "92233720368547758.07": "!",
		}},
		{"wan", FenOfWan, map[string]string{
			"28.16": "281600.00", "39.88万": "398800.00", "39.88万元": "398800.00", "¥5 万": "50000.00", "0.000001": "0.01",
			"": "?", "0.0000001": "!", "x": "!", "1000000": "10000000000.00", "1000000.01": "!",
		}},
		{"fen", Fen, map[string]string{"1700": "17.00", "-3": "-0.03", "17.5": "!", "": "?", "1000000000000": "10000000000.00", "1000000000001": "!"}},
	}
	for _, c := range cases {
		for in, want := range c.in {
			got, err := c.read(in)
			if text := show(got); (err != nil) != (want == "!") || err == nil && text != want {
				t.Errorf("%s(%q) = %s, %v; want %s", c.name, in, text, err, want)
			}
		}
	}
}

func TestWan(t *testing.T) {
	t.Parallel()
	for km, want := range map[int64]string{36200: "3.62", 2000: "0.2", 10000: "1", 1: "0.0001", 0: "0", 123456: "12.3456"} {
		if got := WanOfKM(km); got != want {
			t.Errorf("WanOfKM(%d) = %s, want %s", km, got, want)
		}
	}
	for in, want := range map[string]string{"3.62": "36200", "3.62万公里": "36200", "1万": "10000", "": "?", "3.62001": "!"} {
		got, err := KMOfWan(in)
		if text := show(asWhole(got)); (err != nil) != (want == "!") || err == nil && text != want {
			t.Errorf("KMOfWan(%q) = %s, %v", in, text, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		km := rapid.Int64Range(0, 1<<40).Draw(t, "km")
		if got, err := KMOfWan(WanOfKM(km)); err != nil || got != record.Some(km) {
			t.Fatalf("%d became %v, %v", km, got, err)
		}
	})
}

func TestFlag(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]record.Flag{"1": record.Some(true), "2": record.Some(false), " 2 ": record.Some(false), "0": {}, "": {}, "3": {}} {
		if got := Flag(in, "1", "2"); got != want {
			t.Errorf("Flag(%q) = %v", in, got)
		}
	}
}

func TestCleanText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" 李云龙 安装电动踏板; ": "李云龙 安装电动踏板;", "a\xff\xfe\ufffdb": "a\ufffdb", "a\r\n\tb": "a b", "\x00\x1b[31mred": "[31mred",
		"前杠线束֐¤;": "前杠线束֐¤;", "zero\u200bwidth\u202e": "zerowidth", "two  spaces": "two  spaces", "": "", "\n": "", "a\u2028b": "a b",
		"\ufffd\u200b\ufffd": "\ufffd",
	} {
		if got := CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := CleanText(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text"))
		if !utf8.ValidString(once) || CleanText(once) != once || strings.ContainsAny(once, "\n\r\t\x00") {
			t.Fatalf("%q is not clean", once)
		}
	})
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	if got := Excerpt(strings.Repeat("保养", 1000)); got != strings.Repeat("保养", 30)+"…" {
		t.Errorf("got %q", got)
	}
	if got := Excerpt("short\n"); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]record.ServiceType{
		"保养": record.Service, "常规保养": record.Service, "首保": record.Service, "保养检查": record.Service, "换机油": record.Service,
		"维修": record.Repair, "一般维修": record.Repair, "汽车维修": record.Repair, "维修保养": record.Repair, "修理": record.Repair, "保修": record.Repair,
		"钣金喷漆": record.Bodywork, "事故维修": record.Bodywork, "喷漆": record.Bodywork,
		"检查": record.Inspection, "检测": record.Inspection, "年检": record.Inspection, "全车检查; 附件安装": record.Inspection,
		"": record.Other, "安置脚垫": record.Other, "FSA Q323": record.Other,
	} {
		if got := TypeOf(in); got != want {
			t.Errorf("TypeOf(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"换机油&nbsp;换机滤": "换机油 换机滤", "a&nbsp;&nbsp;b": "a b", "前杠<br>喷漆<br/>后杠<BR />": "前杠 喷漆 后杠", "<p>左前门</p><p>钣金</p>": "左前门 钣金",
		"<font color='red'>事故</font>": "事故", "&lt;5000km&gt;": "<5000km>", "<5000km": "<5000km", "M&M": "M&M", "A&B;C": "A&B;C", "&amp;nbsp;x&#39;&quot;&#x4e2d;": "x'\"中",
		"&amp;lt;br&amp;gt;x": "x", "R&D &amp; Co": "R&D & Co", "两  格": "两  格", "(为空)": "", "（为空）": "", "null": "", "-": "", "N/A": "", "&nbsp;": "", "<br>": "",
		"a<b and c>d": "a<b and c>d", "x\u0000y&copy;": "x y©", "&#0;&#55296;z": "\ufffdz", "现金": "现金",
	} {
		if got := PlainText(in); got != want {
			t.Errorf("PlainText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSays(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"": false, " ": false, "0": false, "0.00": false, "00": false, "-1": false, "false": false, "FALSE": false, "null": false, "-": false,
		"(为空)": false, "否": false, "不确定": false, "1": true, "0.9": true, "true": true, "2013-10-11": true, "别克": true, "-2": true} {
		if got := Says(in); got != want {
			t.Errorf("Says(%q) = %v", in, got)
		}
	}
}

func TestJoined(t *testing.T) {
	t.Parallel()
	for want, parts := range map[string][]string{"": {"", ""}, "a": {"a", "", "a"}, "a; b": {"a;", "b"}, "b": {"", "b"}, "a; b; c": {"a", "b", "c"}} {
		if got := Joined(parts...); got != want {
			t.Errorf("Joined(%q) = %q, want %q", parts, got, want)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	r := record.Report{Brand: "路\ufffd", Visits: []record.Visit{{Content: "锟斤拷换机油"}, {Content: "换机油"}}}
	FinishReport(&r)
	FinishReport(&r)
	if len(r.Problems) != 1 || r.Problems[0] != "brand: characters are broken in the vendor's answer" || len(r.Visits[0].Problems) != 1 || r.Visits[1].Problems != nil {
		t.Errorf("report %q, visits %+v", r.Problems, r.Visits)
	}
}

func TestTypeOfVisit(t *testing.T) {
	t.Parallel()
	const work = "左前门钣金修复;左前门喷漆;"
	for _, word := range []string{"维修 一般维修", "维修 保险公司", "维修 普通维修", "维修 事故", "保养", "事故", "免费保养", "小修保养", "内部结算", ""} {
		if got := TypeOfVisit(word, word+";"+work); got != record.Bodywork {
			t.Errorf("%s with bodywork: %s", word, got)
		}
	}
	for _, c := range []struct {
		word, content string
		want          record.ServiceType
	}{
		{"维修 保险公司", "更换前挡风玻璃", record.Repair}, {"内部结算", "更换机油", record.Service}, {"内部结算", "全车检查", record.Inspection},
		{"内部结算", "赠送脚垫", record.Other}, {"保养", "更换水泵;检查维修", record.Service}, {"", "", record.Other}, {"非事故维修", "更换水泵", record.Repair},
		{"维修", "预碰撞系统检修", record.Repair}, {"保养", "换机油;赠补漆笔", record.Service}, {"事故", "无事故", record.Bodywork}, {"机修", "后杠整形做漆", record.Bodywork},
	} {
		if got := TypeOfVisit(c.word, c.content); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.word, c.content, got, c.want)
		}
	}
}

func TestSameVIN(t *testing.T) {
	t.Parallel()
	const vin = "SALWA2VE5EA102383"
	for answered, want := range map[string]bool{
		"SA******02383": true, "SA***********02383": true, "LSV******": false, "SA******02384": false, vin: true, "salwa2ve5ea102383": true,
		"SALWA2VE5EA102384": false, "": true, "null": true, "******": true, "SA\uff0a\uff0a02383": true, "SA*12*02383": true,
		"SALWA2VE5EA*5EA102383": false, vin + "*": true, vin + "*3": false, "SALWA2VE5EA10238": false,
	} {
		if got := SameVIN(vin, answered); got != want {
			t.Errorf("SameVIN(%q) = %v", answered, got)
		}
	}
}

// TestNoBodywork: words that hold one of bodywork and say another thing.
func TestNoBodywork(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"非事故", "无事故", "未发生事故", "无碰撞", "未发生碰撞", "预碰撞", "防碰撞", "碰撞预警", "碰撞缓解", "补漆笔", "油漆笔"} {
		if got := TypeOf(words); got != record.Other {
			t.Errorf("%s is %s", words, got)
		}
		if got := TypeOf(words + ",更换机油"); got != record.Service {
			t.Errorf("%s with oil is %s", words, got)
		}
		if got := TypeOf(words + ",钣金"); got != record.Bodywork {
			t.Errorf("%s with bodywork is %s", words, got)
		}
	}
}
