package messages_test

import (
	"fmt"
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

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// The sources are held against the catalogue: what they say is in it, with as
// many arguments, and what is in it they say.

// speakers are the folders whose sources say messages.
func speakers() []string {
	return []string{"cmd/batch", "cmd/batch/ui", "pipeline/export", "sinks/report"}
}

// sayers are the functions and methods that take a message's name first.
func sayers() []string { return []string{"Say", "tell", "prints"} }

// families are the names that are put together: a beginning, and a code.
func families() map[string][]string {
	texts := func(list any) []string {
		return strings.Fields(strings.Trim(fmt.Sprint(list), "[]"))
	}
	datasets, statuses, classes := texts(record.Datasets()), texts(record.Statuses()), texts(record.Classes())
	open := slices.DeleteFunc(slices.Clone(statuses), func(s string) bool { return s == string(record.Pending) })
	var findings []string
	for _, f := range normalise.Findings(&record.Report{}) {
		findings = append(findings, f.Column+"_true", f.Column+"_false")
	}
	return map[string][]string{
		"name_": append(slices.Clone(datasets), statuses...), "count_": open, "class_name_": classes, "class_": classes,
		"dataset_": datasets, "status_": statuses, "level_": {"high", "medium", "low"}, "billed_": {"yes", "no", "unknown"},
		"kind_":   texts([]record.ServiceType{record.Service, record.Repair, record.Bodywork, record.Inspection, record.Other}),
		"state_":  texts([]record.ViolationStatus{record.UnprocessedUnpaid, record.ProcessedUnpaid, record.ProcessedPaid}),
		"notify_": {"parked", "max_spend", "halted", "no_room", "interrupted", "settled"}, // why a run is not finished
		"change_": texts(record.ChangeKinds()), "news_sum_": {string(record.ViolationNew), string(record.ValuationMoved)}, "finding_": findings,
		"step_": {"invalid_input", "rejected", "rejected_paid", "bad_response", "in_doubt", "in_doubt_paid", "expired"},
	}
}

// alone are the beginnings of names that stand whole in the sources: a text
// that begins so is a message's name.
var alone = regexp.MustCompile(`^(?:why|step|next|fix|left|end|stand|plan|head|live|retry|input|run|file|failed)_[a-z_]+$`)

// columns are names of columns and keys that look like those of messages.
func columns() []string { return []string{"run_id", "run_date", "next_step", "next_at"} }

// search collects the names that sources ask for.
type search struct {
	t     *testing.T
	known map[string]int // the arguments of each message
	used  map[string]bool
	calls int
}

func TestSourcesAndCatalogueAgree(t *testing.T) {
	t.Parallel()
	s := search{t: t, known: messages.Arguments(), used: map[string]bool{}}
	for _, folder := range speakers() {
		s.folder(filepath.Join("../..", folder))
	}
	if s.calls < 60 {
		t.Errorf("only %d calls were found: is the search broken?", s.calls)
	}
	for key := range s.known {
		if !s.used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

func (s *search) folder(dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	pages, _ := filepath.Glob(filepath.Join(dir, "assets", "*.html"))
	if err != nil || len(files) == 0 {
		s.t.Fatalf("%s: %d files: %v", dir, len(files), err)
	}
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			s.source(name)
		}
	}
	for _, name := range pages {
		s.template(name)
	}
}

func (s *search) source(name string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		s.t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			s.call(name, n)
		case *ast.BinaryExpr:
			if family, ok := literal(n.X); ok && n.Op == token.ADD {
				s.family(name, family, false)
			}
		case *ast.BasicLit:
			if text, ok := literal(n); ok && (s.has(text) || alone.MatchString(text) && !slices.Contains(columns(), text)) {
				s.use(name, text)
			}
		}
		return true
	})
}

func (s *search) has(key string) bool {
	_, ok := s.known[key]
	return ok
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// call checks a call that says a message: its name, and how many arguments.
func (s *search) call(where string, c *ast.CallExpr) {
	if len(c.Args) == 0 || !slices.Contains(sayers(), called(c)) {
		return
	}
	key, ok := literal(c.Args[0])
	if sum, composed := c.Args[0].(*ast.BinaryExpr); composed {
		if family, isText := literal(sum.X); isText {
			s.calls++
			s.family(where, family, true)
		}
		return
	}
	if !ok {
		return
	}
	s.calls++
	s.use(where, key)
	if want, got := s.known[key], len(c.Args)-1; c.Ellipsis == token.NoPos && got != want {
		s.t.Errorf("%s: %s has %d arguments, and is given %d", where, key, want, got)
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func (s *search) use(where, key string) {
	if !s.has(key) {
		s.t.Errorf("%s: the catalogue lacks %q", where, key)
	}
	s.used[key] = true
}

// family uses every name of a family; must says that it has to be one.
func (s *search) family(where, family string, must bool) {
	codes, ok := families()[family]
	if !ok && must {
		s.t.Errorf("%s: %q is no beginning of names", where, family)
	}
	for _, code := range codes {
		s.use(where, family+code)
	}
}

var (
	inTemplate = regexp.MustCompile(`\b(?:t|rich) "([a-z_0-9]+)"((?: [^ "{}()]+| \([^)]*\))*)`)
	composed   = regexp.MustCompile(`\(print "([a-z_]+)" `)
)

func (s *search) template(name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range inTemplate.FindAllStringSubmatch(string(text), -1) {
		s.calls++
		s.use(name, m[1])
		if got, want := len(regexp.MustCompile(` \([^)]*\)| [^ ]+`).FindAllString(m[2], -1)), s.known[m[1]]; got != want {
			s.t.Errorf("%s: %s has %d arguments, and is given %d", name, m[1], want, got)
		}
	}
	for _, m := range composed.FindAllStringSubmatch(string(text), -1) {
		s.family(name, m[1], true)
	}
}
