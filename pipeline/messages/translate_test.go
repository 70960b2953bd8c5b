package messages

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Reasons as they are kept, and what a clerk reads.
func TestWord(t *testing.T) {
	t.Parallel()
	zh := chinese(t)
	for en, want := range map[string]string{
		"": "", "车辆不存在": "车辆不存在", "no such car": "no such car",
		"vin: the VIN has 16 characters, it must have 17": "车架号(vin)：车架号有 16 位，应为 17 位",
		"vin: the VIN holds the letter O; a VIN has no I, O or Q (1 or 0?); engine_no: C3: this is the date 2020-01-02: format the column as text and enter it again": "车架号(vin)：车架号含字母 O，而车架号中没有 I、O、Q（应为 1 或 0？）；发动机号(engine_no)：C3：这是日期 2020-01-02：请将该列设为文本格式后重新录入",
		"wapi needs engine_no, plate":                                                                                                                                                                  "wapi 需要 发动机号(engine_no)、车牌号(plate)",
		"wapi needs accident; its maintenance lookup ended as no_record":                                                                                                                               "wapi 需要 事故情况(accident)；其维修保养查询的结果为：无记录",
		"valuation: not asked at wapi: it needs city_id, model_id":                                                                                                                                     "估值：未向 wapi 查询：需要 城市ID(city_id)、车型ID(model_id)",
		"the vendor refused the question (车辆不存在)":                                                                                                                                                      "供应商拒绝了查询（车辆不存在）",
		"an earlier run's order is in doubt: no answer within 10s":                                                                                                                                     "较早批次的订单待核实：10s 内没有应答",
		"the list sets this row apart: it is hidden, by hand or by a filter, B2 is struck through":                                                                                                     "清单将该行另作标示：该行被隐藏（手动或筛选）、B2 加了删除线",
		`the plate stands beside "; the plate has 3": leave the plate alone in its cell`:                                                                                                               `车牌号旁有 "; the plate has 3"：单元格内请只留车牌号`,
		`3 lines are skipped, which name no vehicle: line 4 (a sum, "合计"), line 9 (a note, "the header again"), line 12 (a signature)`:                                                                 `跳过 3 行（没有车辆）：第 4 行（合计、"合计"）、第 9 行（说明、"the header again"）、第 12 行（签字栏）`,
		"the engine number holds 'А' (U+0410, a Cyrillic letter that looks like the Latin A: type it again); it is written in letters A-Z and digits":                                                  "发动机号含 'А'（U+0410，形似字母 A，请重新输入），只能用字母 A-Z 和数字",
		`fleet.csv:1: the header has no column for the VIN or the plate; found "a", "b": name one vin (车架号) or plate (车牌号), in a line above the vehicles`:                                              `fleet.csv:1：表头中没有车架号或车牌号列；现有 "a", "b"：请在车辆之上的表头行中，将一列命名为 vin（车架号）或 plate（车牌号）`,
		`4 rows are set apart by the list, and read all the same: row 3 ("停用" stands in its column "状态"), row 5 (it is hidden, by hand or by a filter), and 2 more`:                                    `清单将 4 行另作标示，仍予读取：第 3 行（该行的列 "状态"中有 "停用"）、第 5 行（该行被隐藏（手动或筛选））、另有 2 处`,
		"the row has 5 fields, the header has 4; it runs from line 3 to line 9: is a quote not closed?":                                                                                                "该行有 5 个字段，表头有 4 个；它从第 3 行延续到第 9 行：是否有引号没有闭合？",
		"mileage_km: the mileage is \"36.200\", which may mean 36,200 or 36.2: write 36200, or 36.2万 if it is in 万 km":                                                                                 "行驶里程(mileage_km)：行驶里程是 \"36.200\"，可能是 36,200，也可能是 36.2：请写成 36200；若单位是万公里，请写成 36.2万",
		"D4: the engine_no is a number in the sheet, so zeros in front of it would be lost":                                                                                                            "D4：发动机号(engine_no)在表中是数字，前面的零会丢失",
		"vin: 1.2E+16 was written by a spreadsheet in place of the value, whose digits are lost: format the column as text and enter it again":                                                         "车架号(vin)：1.2E+16 是表格软件改写的，原来的数字已丢失：请将该列设为文本格式后重新录入",
		"tencent: the answer holds no report":                                                                                                                                                          "tencent：结果中没有报告",
		"the answer is longer than allowed: more than 10 bytes":                                                                                                                                        "应答超过允许的长度：多于 10 字节",
		"points: the vendor says 6 in all, the list has 3":                                                                                                                                             "points：供应商称共 6，列表为 3",
		"the proxy 10.0.0.1:80 refused the connection to a.cn:443: 407 Proxy Authentication Required (check HTTPS_PROXY)":                                                                              "代理 10.0.0.1:80 拒绝连接 a.cn:443：407 Proxy Authentication Required（请检查 HTTPS_PROXY）",
		"the gateway does not believe the time that is signed: this machine's clock is 3 hours 1 minute ahead of the vendor's (by the answer's Date header): set it (timedatectl set-ntp true) (签名过期)": "网关不认可签名中的时间：本机时钟比供应商快 3 小时 1 分钟（按应答的 Date 头）：请校准（timedatectl set-ntp true）（签名过期）",
	} {
		if got := zh.Word(en); got != want {
			t.Errorf("%s\nis  %s\nnot %s", en, got, want)
		}
	}
	en, err := New(English)
	if err != nil {
		t.Fatal(err)
	}
	if got := en.Word("vin: the VIN has 16 characters, it must have 17"); got != "vin: the VIN has 16 characters, it must have 17" {
		t.Errorf("in English it is %s", got)
	}
}

func chinese(t testing.TB) *Printer {
	t.Helper()
	p, err := New(Chinese)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each wording is found again when it is filled with values, all of it is Chinese, and nothing of the values is lost.
func TestEachWordingIsWorded(t *testing.T) {
	t.Parallel()
	zh, seen := chinese(t), map[string]bool{}
	for i, w := range slices.Concat(wordings(), errorWordings()) {
		word := zh.Word
		if i >= len(wordings()) {
			word = zh.Error
		}
		if seen[w.en] {
			t.Errorf("%q stands twice", w.en)
		}
		seen[w.en] = true
		english, values := filled(w.en)
		want := w.zh
		for i, m := range slices.Backward(hole.FindAllStringSubmatchIndex(w.zh, -1)) {
			n := i
			if m[2] >= 0 {
				n, _ = strconv.Atoi(w.zh[m[2]:m[3]])
				n--
			}
			if n >= len(values) || !strings.HasSuffix(hole.FindAllString(w.en, -1)[n], w.zh[m[4]:m[5]]) {
				t.Fatalf("%q takes an argument that %q has not", w.zh, w.en)
			}
			want = want[:m[0]] + values[n] + want[m[1]:]
		}
		if got := word(english); got != want {
			t.Errorf("%s\nis  %s\nnot %s", english, got, want)
		}
		for _, word := range latin.FindAllString(quotedCode.ReplaceAllString(w.zh, " "), -1) {
			if !strings.Contains(w.en, word) && word != "ID" || plainWord.MatchString(word) && !slices.Contains(typed, word) {
				t.Errorf("%q holds the word %s", w.zh, word)
			}
		}
	}
}

// filled is a wording with a value of its own in each hole.
func filled(en string) (text string, values []string) {
	text = hole.ReplaceAllStringFunc(en, func(verb string) string {
		value := map[string]string{"%d": "40", "%c": "甲", "%s": "值", "%v": "值", "%q": `"值"`}[verb]
		if verb == "%d" || verb == "%s" || verb == "%v" {
			value += strconv.Itoa(len(values) + 1)
		}
		values = append(values, value)
		return value
	})
	return text, values
}

var (
	latin     = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9_]`)
	plainWord = regexp.MustCompile(`^[a-z]+$`)
)

// typed are the words in small letters that are typed so or stand so in files: commands, keys, columns, endings, vendors.
var typed = []string{"true", "false", "batch", "run", "plan", "route", "secret", "sign", "hash", "gateway", "res", "status", "visits", "recall", "vin", "plate", "transfers", "color", "accident",
	"appearance", "interior", "electrical", "engine", "tencent", "wapi", "jumdata", "vendors", "sep", "xlsx", "xls", "xlsb", "et", "zip", "gzip", "zstd", "bzip", "xz",
	"mht", "rtf", "docx", "pptx", "ods", "odt", "slk", "troff", "rar", "csv", "psql", "mysql", "header", "sqlite", "dc", "for", "sheet", "codeid", "timedatectl", "http", "https", "help", "init", "diff", "bash", "zsh", "fish", "en", "zh", "maintenance", "valuation", "violations", "vendor", "dataset", "day", "yes", "parquet", "html",
	"quota", "df", "all", "enabled", "body", "burst", "haproxy", "interval", "export", "positive", "negative", "doctor", "resume", "retry", "rm", "go", "set", "createdb", "on", "fsync", "ledger", "purge", "schema", "chmod"}

// wordedPackages make reasons, remarks and notes. excused are their files and texts that are none.
var wordedPackages = []string{"sources", "pipeline/normalise", "pipeline/policy", "pipeline/planner", "pipeline/runner", "pipeline/lookup", "pipeline/resolve", "pipeline/history",
	"pipeline/record", "vendors", "vendors/wapi", "vendors/tencent", "vendors/jumdata", "vendors/loose", "vendors/transport"}

// Whatever text may become a reason has its wording.
func TestEveryReasonHasItsWording(t *testing.T) {
	t.Parallel()
	var all []string
	for _, w := range wordings() {
		all = append(all, strings.TrimSpace(bare(w.en)))
	}
	texts := strings.Join(all, "\n")
	used := map[string]bool{}
	for _, dir := range wordedPackages {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, text := range proseOf(t, name) {
				at := fmt.Sprintf("%s/%s", dir, filepath.Base(name))
				if !strings.Contains(texts, strings.Trim(bare(text), " ;,")) && !isExcused(at, text, used) {
					t.Errorf("%s: %q has no wording in Chinese", at, text)
				}
			}
		}
	}
	for _, list := range excused {
		for _, text := range list {
			if !used[text] {
				t.Errorf("%q is excused and stands nowhere", text)
			}
		}
	}
}

// bare is a text with all its verbs alike.
func bare(text string) string { return hole.ReplaceAllString(text, "%") }

func isExcused(at, text string, used map[string]bool) bool {
	for _, list := range excused {
		for _, e := range list {
			if e == at || e == text {
				used[e] = true
				return true
			}
		}
	}
	return false
}

var prose = regexp.MustCompile(`[A-Za-z]{2,}[,;:.]? |[ ].*[A-Za-z]{2,}`)

// proseOf are the texts in a file in which words stand: no patterns, and nothing of errors that end a command.
func proseOf(t *testing.T, name string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			return n.Tag == nil
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "MustCompile" || f.Sel.Name == "Panic" || f.Sel.Name == "Debug" || f.Sel.Name == "Info" || f.Sel.Name == "Warn") {
				return false
			}
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if n.Kind == token.STRING && err == nil && prose.MatchString(text) && (!strings.HasSuffix(text, ": %w") || !strings.Contains(name, "pipeline")) {
				out = append(out, text)
			}
		}
		return true
	})
	return out
}

// excused are texts that are no reason of a row, by why they are not: of a file, all of them.
var excused = map[string][]string{
	"put together with others, as TestWord shows": {"%s set apart by the list, and read all the same: %s", "the row has %d %s, the header has %d", "above the header, %s skipped: %s",
		"%ss %d to %d are read as one header", "%d %ss are", "the mileage is %s, which may mean %s,%s or %s: write %s%s, or %s万 if it is in 万 km",
		"the mileage is %s%s, which is not whole km%s", "the mileage is %s%s, more than the %d km that any vehicle has been driven: %s",
		"the mileage is %s%s, which lists write where it is not known: %s", "%s skipped, which %s: %s", "%s is %s, it must be a whole number from 0 to %d%s",
		"%s %s has %s too and is not read: --sheet %s reads it instead", "%s, where the sheet shows %s%s", "%s%s%s: it needs %s",
		"this machine's clock is %s ahead of the vendor's (by the answer's Date header): set it %s",
		"this machine's clock is %s behind the vendor's (by the answer's Date header): set it %s", "points: the vendor says %d in all, the list has %d",
		"fine_cny: the vendor says %s in all, the list has %s", "first_mileage_km: the vendor says %d, the list has %d", "%w: more than %d bytes", "%s within %s", "the proxy %s %s: %s (%s)",
		"tencent: the answer holds no report", "tencent: the report is of the vehicle %s, asked was %s", "tencent: %s is not sold here", "tencent: the report: %w",
		"tencent: the report: a visit is not an object", "tencent: a report needs the number of its order", "tencent: building the request: %w",
		"jumdata: the answer holds no report", "jumdata: the report is of the vehicle %s, asked was %s", "jumdata: %s is not sold here", "jumdata: the report: %w",
		"jumdata: a report needs %s", "jumdata: building the request: %w", "wapi: %s is not offered"},
	"about a bill": {"sources/table.go", "sources/table_sheet.go", "sources/table_text.go", "%.40q is not an amount in yuan: write it as 17.00",
		"%q is not an amount in yuan with at most two places"},
	"a name or a pattern": {" with BOM", "UTF-8 with BOM", "SQLite format 3\x00", "sources/unit.go", "http 404", "http 410", "http %d", "depends on", "poll again", "HTTP %d, %s", "{status: %d%s}", ", body: ",
		", header: 'Server: Caddy'", ", content_type: ", "settings of ",
		"vendors/transport/retryafter.go", "Basic "},
	"about the configuration or a vendor itself": {"vendors/wapi/wapi.go", "vendors/tencent/tencent.go", "vendors/tencent/gateway.go", "vendors/tencent/sign.go", "vendors/jumdata/jumdata.go",
		"vendors/transport/proxy.go", "wapi: no call about %s is certainly free"},
	"a fault of the program": {"%T is nothing to read JSON into", "%04d-%02d-%02d is not a day of the calendar"},
}
