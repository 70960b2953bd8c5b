package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"vehiclebatch/pipeline/spelling"
)

// reader holds what every part of a file is read with.
type reader struct {
	mistakes
	getenv  func(string) (string, bool)
	folder  string // of the file: secret files are relative to it
	keyless bool   // nobody is called: what is not known may be made up
}

// field is one key and its value.
type field struct {
	r    *reader
	name string // the key itself
	path string // the keys from the top, with dots
	key  position
	node ast.Node // nil when the value is missing
}

// at is where mistakes in the value are reported.
func (f field) at() position {
	if p := positionOf(f.node); p.line > 0 && f.node.Type() != ast.NullType {
		return p
	}
	return f.key
}

func (f field) wrong(problem string, fits ...string) { f.r.add(f.at(), f.path, problem, fits...) }

// text returns the value as it is written, whatever YAML takes it for: an
// identifier keeps its zeros, a price never becomes a float.
func (f field) text() (string, bool) {
	switch n := f.node.(type) {
	case nil:
		return "", false // reported when it was followed
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case *ast.NullNode:
		f.wrong("has no value")
	case *ast.MappingNode, *ast.MappingValueNode:
		f.wrong("wants one value, not keys below it")
	case *ast.SequenceNode:
		f.wrong("wants one value, not a list")
	case *ast.TagNode:
		f.wrong("begins with an exclamation mark: quote the text")
	default:
		f.wrong("wants one value")
	}
	return "", false
}

// oneOf returns a value that is one of those that fit; what it is not stands in the
// report of any other.
func (f field) oneOf(fits []string, problem string) (string, bool) {
	text, ok := f.text()
	if ok && !slices.Contains(fits, text) {
		f.wrong(quote(text)+" "+problem, spelling.Sorted(text, fits)...)
		return "", false
	}
	return text, ok
}

// items returns the elements of a list, each as a field of its own.
func (f field) items() []field {
	list, ok := f.node.(*ast.SequenceNode)
	if !ok {
		if f.node != nil {
			f.wrong("wants a list: [a, b]")
		}
		return nil
	}
	all := make([]field, 0, len(list.Values))
	for i, v := range list.Values {
		all = append(all, field{f.r, fmt.Sprint(i + 1), fmt.Sprintf("%s[%d]", f.path, i+1), positionOf(v), v})
	}
	return all
}

// section is a mapping: the fields that it has, in the order of the file.
type section struct {
	field
	fields []field
}

// get returns the field of a key.
func (s *section) get(key string) (field, bool) {
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == key })
	if i < 0 {
		return field{}, false
	}
	return s.fields[i], true
}

// child is the section below a key; an empty one when there is none.
func (s *section) child(key string, known ...string) section {
	f, ok := s.get(key)
	if !ok {
		return section{field: field{r: s.r, name: key, path: join(s.path, key), key: s.key}}
	}
	return f.section(known...)
}

// lacks reports a key that should be there, at the section's own key.
func (s *section) lacks(key, problem string) { s.r.add(s.key, join(s.path, key), problem) }

// section reads the value as a mapping with known keys; any keys when none are
// given. Unknown and doubled keys are reported and left out.
func (f field) section(known ...string) section {
	s := f.mapping()
	if len(known) == 0 {
		return s
	}
	s.fields = slices.DeleteFunc(s.fields, func(f field) bool {
		if slices.Contains(known, f.name) {
			return false
		}
		f.r.add(f.key, f.path, "unknown key", spelling.Sorted(f.name, known)...)
		return true
	})
	return s
}

func (f field) mapping() section {
	s := section{field: f}
	switch f.node.(type) {
	case nil, *ast.NullNode:
		return s
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		f.wrong("wants keys below it")
		return s
	}
	for _, p := range pairs(f.node) {
		s.addPair(p)
	}
	return s
}

func (s *section) addPair(p *ast.MappingValueNode) {
	name, at := keyText(p), positionOf(p.Key)
	if first, ok := s.get(name); ok {
		s.r.add(at, first.path, fmt.Sprintf("the key stands twice, first in line %d", first.key.line))
		return
	}
	s.fields = append(s.fields, field{s.r, name, join(s.path, name), at, p.Value})
}

func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func keyText(p *ast.MappingValueNode) string {
	var n ast.Node = p.Key
	if explicit, ok := n.(*ast.MappingKeyNode); ok && explicit.Value != nil {
		n = explicit.Value
	}
	if text, ok := n.(*ast.StringNode); ok {
		return text.Value
	}
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

var plainKey = regexp.MustCompile(`^[\pL\pN_.<-]{1,60}$`)

// join adds a key to a path of keys.
func join(path, key string) string {
	if !plainKey.MatchString(key) {
		key = quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// read reads a key of a section, or returns what stands for a missing one.
func read[T any](s *section, key string, missing T, parse func(string) (T, error)) T {
	f, ok := s.get(key)
	if !ok {
		return missing
	}
	text, ok := f.text()
	if !ok {
		return missing
	}
	v, err := parse(text)
	if err != nil {
		f.wrong(err.Error())
		return missing
	}
	return v
}
