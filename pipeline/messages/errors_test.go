package messages

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whatever ends a command by the user's mistake, or because of the ledger, is said in Chinese.
func TestEveryErrorHasItsWording(t *testing.T) {
	t.Parallel()
	zh, n := chinese(t), 0
	for _, dir := range []string{"cmd/batch", "cmd/batch/app", "cmd/batch/ui", "pipeline/ledger", "pipeline/ledger/sqlite", "pipeline/ledger/sqlite/repair", "pipeline/ledger/postgres"} {
		files, err := os.ReadDir(filepath.Join("../..", dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			for _, text := range saidOf(t, filepath.Join("../..", dir, f.Name())) {
				n++
				english, _ := filled(verbsOfFmt.ReplaceAllString(strings.ReplaceAll(text, "%q%s", "%q"), "%${1}"))
				if left := englishIn(zh.Error(english)); len(left) > 0 {
					t.Errorf("%s/%s: %q is said as %q: %q", dir, f.Name(), text, zh.Error(english), left)
				}
			}
		}
	}
	if n < 190 {
		t.Errorf("only %d errors were found: is the search broken?", n)
	}
}

var (
	verbsOfFmt = regexp.MustCompile(`%(?:\[\d+\])?([a-z])`)
	// quotedCode is what is typed: a command in backquotes, and what stands in brackets behind a setting.
	quotedCode = regexp.MustCompile("`[^`]*`|~/\\.pgpass|[a-z_]+=[A-Za-z_0-9.]+|\\.?[a-z]+/[A-Za-z./]+|postgres://\\S+|[a-z]+\\.(?:yaml|html|md)|--?[a-z-]+|\"[^\"]*\"")
)

// englishIn are the English words that are left in a text.
func englishIn(zh string) (left []string) {
	for _, word := range latin.FindAllString(quotedCode.ReplaceAllString(zh, " "), -1) {
		if plainWord.MatchString(word) && !slices.Contains(typed, word) {
			left = append(left, word)
		}
	}
	return left
}

// saidOf are the formats of what a file says of an error that ends a command.
func saidOf(t *testing.T, path string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) {
		if text := formatOf(e); strings.Trim(verbsOfFmt.ReplaceAllString(text, ""), " :%") != "" {
			out = append(out, strings.NewReplacer("%w", "%s", "%v", "%s").Replace(text))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name(n.Fun) == "UsageError" && len(n.Args) > 0 {
				add(n.Args[0])
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Problem" || key.Name == "Hint") {
				add(n.Value)
			}
		}
		return true
	})
	return out
}

// formatOf is a text, what a text and other things are put together to, or what fmt prints.
func formatOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return formatOf(e.X) + formatOf(e.Y)
	case *ast.CallExpr:
		if len(e.Args) > 0 && strings.HasPrefix(name(e.Fun), "Sprintf") {
			return formatOf(e.Args[0])
		}
	}
	return "%s"
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// Errors as they are printed, whole.
func TestErrorsAreWorded(t *testing.T) {
	t.Parallel()
	zh := chinese(t)
	for en, want := range map[string]string{
		"batch: the workspace out has no run: start one with `batch run INPUT --out out`":                       "batch：工作区 out 中没有批次：请用 `batch run INPUT --out out` 开始",
		"batch: there is no command \"rnu\" (did you mean `batch run`?); `batch --help` lists them":             "batch：没有命令 \"rnu\"（是否指 `batch run`？）；`batch --help` 可列出全部",
		"batch: batch run has no flag --wiat (did you mean --wait?); `batch run --help` lists the flags":        "batch：batch run 没有参数 --wiat（是否指 --wait？）；`batch run --help` 可列出全部参数",
		"batch: the input fleet.csv is not there":                                                               "batch：输入文件 fleet.csv 不存在",
		"batch: fleet.csv:1: the file is empty: give a CSV file with a header line and a line for each vehicle": "batch：fleet.csv:1：文件是空的：请给出有表头、每辆车一行的 CSV 文件",
		`batch: n.csv:1: the header has no column for the VIN or the plate; found "a": the column "b" holds what looks like VINs, but its name is not known: rename its header to vin, or take the column out if it is not to be used`: `batch：n.csv:1：表头中没有车架号或车牌号列；现有 "a"：列 "b" 中像是车架号，但列名无法识别：请改名为 车架号(vin)；若不使用，请删去该列`,
		"batch: --lang \"fr\": the languages are en and zh": "batch：--lang \"fr\"：可选语言为 en 和 zh",
		"batch: the workspace out is in use by batch run (pid 12): wait for it to end, or stop it with Ctrl-C; `batch status` shows how far it is": "batch：工作区 out 正被 batch run（进程 12） 使用：请等它结束，或用 Ctrl-C 停止它；`batch status` 可查看进度",
		"batch: there is no configuration: no batch.yaml here and no --config.\n  To try it without keys or money:  batch run a.csv --simulate":    "batch：没有配置：当前目录没有 batch.yaml，也没有指定 --config。\n  不用密钥、不花钱试用：         batch run a.csv --simulate",
	} {
		if got := zh.Error(en); got != want {
			t.Errorf("%s\nis  %s\nnot %s", en, got, want)
		}
	}
}
