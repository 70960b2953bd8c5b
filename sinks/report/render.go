package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"vehiclebatch/pipeline/record"
)

//go:embed assets
var assets embed.FS

// scripts are the page's own scripts, in their order; the content security
// policy lets these bytes run and no others.
var scripts = []string{"assets/uplot.min.js", "assets/report.js"}

var styles = []string{"assets/uplot.min.css", "assets/report.css"}

// Render writes the page. It ends the collecting: no row is taken after it.
func (r *Report) Render(to io.Writer) error {
	if r.err != nil {
		return r.err
	}
	r.settle()
	around, err := newShell()
	if err != nil {
		return err
	}
	t, err := template.New("page.html").Funcs(r.words.functions()).ParseFS(assets, "assets/*.html")
	if err != nil {
		return fmt.Errorf("read the report's template: %w", err)
	}
	if err := t.Execute(to, struct {
		*page
		Shell shell
	}{r.page(), around}); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// shell is the part of the page that is the same for every run.
type shell struct {
	Policy  string
	Style   template.HTML
	Scripts template.HTML
}

func newShell() (shell, error) {
	var s shell
	var js, css bytes.Buffer
	s.Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src"
	for _, name := range scripts {
		text, err := assets.ReadFile(name)
		if err != nil {
			return s, err
		}
		sum := sha256.Sum256(text)
		s.Policy += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		fmt.Fprintf(&js, "<script>%s</script>\n", text)
	}
	licence, err := assets.ReadFile("assets/uplot.LICENSE")
	if err != nil {
		return s, err
	}
	notice := "<!-- The charts are drawn by uPlot, https://github.com/leeoniya/uPlot:\n\n" + string(licence) + "-->\n"
	s.Policy += "; base-uri 'none'; form-action 'none'"
	for _, name := range styles {
		text, err := assets.ReadFile(name)
		if err != nil {
			return s, err
		}
		fmt.Fprintf(&css, "<style>%s</style>\n", text)
	}
	s.Scripts, s.Style = template.HTML(notice+js.String()), template.HTML(css.String()) //nolint:gosec // our own files
	return s, nil
}

// functions are what the template may call. A message that the catalogue lacks
// ends the rendering with an error.
func (w *words) functions() template.FuncMap {
	return template.FuncMap{
		"t":      w.say,
		"rich":   w.rich,
		"n":      w.Number,
		"yuan":   w.yuan,
		"why":    w.why,
		"names":  func(list string) string { return strings.ReplaceAll(list, ",", ", ") },
		"step":   func(f failureView) (template.HTML, error) { return w.rich(f.Step, f.Args...) },
		"day":    optional(func(d record.Date) string { return d.String() }),
		"km":     optional(w.Number),
		"amount": optional(w.yuan),
		"minute": optional(chinaMinute),
		"brief":  func(s string) string { return clip(s, longText) },
		"signed": w.signed,
		"count":  func(v []record.Visit) string { return w.Number(int64(len(v))) },
	}
}

// why says a reason, and who says so where several vendors were asked.
func (w *words) why(r reason) (string, error) {
	text, err := w.say(r.key, r.args...)
	if r.who != "" {
		text += " (" + r.who + ")"
	}
	return text, err
}

// optional prints a value that may be unknown; unknown is a dash.
func optional[T any](show func(T) string) func(record.Opt[T]) string {
	return func(v record.Opt[T]) string {
		if !v.OK {
			return "–"
		}
		return show(v.V)
	}
}

// signed prints a change with its sign.
func (w *words) signed(v record.Opt[int64]) string {
	switch {
	case !v.OK:
		return ""
	case v.V < 0:
		return "−" + w.Number(-v.V)
	}
	return "+" + w.Number(v.V)
}

// printerTag is the language for the page's lang attribute.
func (w *words) printerTag() string { return w.Lang().Tag().String() }
