package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of what is read as a configuration. The parser's cost grows with the
// square of the lines and steeply with nesting; no real file comes near these.
const (
	mostBytes   = 64 << 10
	mostNesting = 32
)

// position is a place in the file, from 1. The zero position is the file.
type position struct{ line, column int }

func positionOf(n ast.Node) position {
	if n == nil {
		return position{}
	}
	return positionOfToken(n.GetToken())
}

func positionOfToken(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{line: t.Position.Line, column: t.Position.Column}
}

const howToBegin = "begin with a vendor, for example\n" +
	"vendors:\n  NAME:\n    base_url: https://HOST\n    secret: ${VARIABLE}"

// parseDocument returns the top of the one document in src, nil after a
// mistake that was added.
func (m *mistakes) parseDocument(src []byte) (top ast.Node) {
	defer func() {
		if recover() != nil { // the parser is not ours; a configuration is no reason to crash
			m.add(position{}, "", "the YAML cannot be read: simplify it")
			top = nil
		}
	}()
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !m.checkText(src) {
		return nil
	}
	tokens := lexer.Tokenize(string(src))
	if at, deep := tooDeep(tokens); deep {
		m.add(at, "", fmt.Sprintf("nested more than %d levels deep", mostNesting))
		return nil
	}
	if m.refuseAliases(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		m.addSyntax(err, src)
		return nil
	}
	return m.onlyDocument(file)
}

func (m *mistakes) checkText(src []byte) bool {
	if len(src) > mostBytes {
		m.add(position{}, "", fmt.Sprintf("the file has %d bytes: too many for a configuration", len(src)))
		return false
	}
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 || r == 0 {
			line := 1 + bytes.Count(src[:i], []byte("\n"))
			column := 1 + utf8.RuneCount(src[bytes.LastIndexByte(src[:i], '\n')+1:i])
			m.add(position{line, column}, "", "the text is not UTF-8: save the file as UTF-8")
			return false
		}
		i += size
	}
	return true
}

// tooDeep finds nesting that the parser should not be given: flow brackets, and
// block markers that follow each other on one line.
func tooDeep(tokens token.Tokens) (position, bool) {
	brackets, markers, line := 0, 0, 0
	for _, t := range tokens {
		if at := positionOfToken(t); at.line != line {
			line, markers = at.line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets = max(0, brackets-1)
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.AliasType:
			markers++
		}
		if brackets > mostNesting || markers > 4*mostNesting {
			return positionOfToken(t), true
		}
	}
	return position{}, false
}

// refuseAliases adds a mistake for each anchor, alias and merge key: what they set
// does not stand where it holds, and aliases of aliases multiply. It repeats nothing of
// the file, for an unquoted secret may begin with such a sign.
func (m *mistakes) refuseAliases(tokens token.Tokens) bool {
	any := false
	for _, t := range tokens {
		var problem string
		switch t.Type {
		case token.AnchorType:
			problem = "an anchor (&) is not read: write the keys out where they hold, and quote a value that begins with &"
		case token.AliasType:
			problem = "an alias (*) is not read: write the keys out where they hold, and quote a value that begins with *"
		case token.MergeKeyType:
			problem = "a merge key (<<) is not read: write the keys out where they hold"
		default:
			continue
		}
		any = true
		m.add(positionOfToken(t), "", problem)
	}
	return any
}

// quoted finds what a parser's message repeats of the file, but for single
// characters: it could be part of a secret.
var quoted = regexp.MustCompile(`"[^"]{2,}"`)

// addSyntax adds a parser's error, in its words and without its picture of the
// source.
func (m *mistakes) addSyntax(err error, src []byte) {
	var syntax yaml.Error
	if !errors.As(err, &syntax) {
		m.add(position{}, "", "the YAML cannot be read: simplify it")
		return
	}
	at := positionOfToken(syntax.GetToken())
	problem := "not YAML: " + quoted.ReplaceAllString(syntax.GetMessage(), "…")
	if strings.Contains(problem, "\t") || strings.Contains(problem, "tab character") {
		problem = "a tab: YAML is indented with spaces"
	}
	if variableInFlow.Match(lineOf(src, at.line)) {
		problem += "; inside braces or brackets quote it: \"${NAME}\""
	}
	m.add(at, "", problem)
}

// variableInFlow finds a ${NAME} after a bracket that is not its own.
var variableInFlow = regexp.MustCompile(`(^|[^$])[{\[].*\$\{`)

func lineOf(src []byte, line int) []byte {
	lines := bytes.Split(src, []byte("\n"))
	if line < 1 || line > len(lines) {
		return nil
	}
	return lines[line-1]
}

func (m *mistakes) onlyDocument(file *ast.File) ast.Node {
	var top ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if top != nil {
			m.add(positionOfToken(doc.Start), "", "a second document begins here: a configuration is one")
			return nil
		}
		top = doc.Body
	}
	if top == nil || top.Type() == ast.NullType {
		m.add(position{}, "", "the file is empty: "+howToBegin)
		return nil
	}
	return top
}
