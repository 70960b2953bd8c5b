package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// fileSuffix makes the key of a secret into the key of a file that holds it.
const fileSuffix = "_file"

const mostSecretBytes = 64 << 10

// secrets reads the vendor's secret keys. Nothing is looked up for a vendor
// that is off.
func (s *vendorSection) secrets(to map[string]string) {
	for _, k := range s.descriptor.Secrets {
		value, hasValue := s.get(k.Name)
		file, hasFile := s.get(k.Name + fileSuffix)
		switch {
		case hasValue && hasFile:
			s.r.add(file.key, file.path, fmt.Sprintf("stands beside %s: give one of the two", k.Name))
		case !s.enabled:
		case hasValue:
			s.secret(value, to)
		case hasFile:
			s.secretFile(file, k.Name, to)
		case k.Default != "":
			to[k.Name] = k.Default
		case k.Required:
			s.lacks(k.Name, missing(k, fmt.Sprintf("is missing: give %s: ${NAME}, or %s: PATH", k.Name, k.Name+fileSuffix)))
		}
	}
}

func (s *vendorSection) secret(f field, to map[string]string) {
	text, resolved, ok := s.expanded(f)
	if !ok {
		return
	}
	s.r.secrets = append(s.r.secrets, text)
	if !resolved && bareVariable.MatchString(text) {
		f.wrong("begins with $: write ${NAME} for a variable, or keep a secret that begins so in a file, with " + f.name + fileSuffix)
		return
	}
	if !resolved {
		s.r.warn(f.at(), f.path, "the secret itself stands in the file: ${NAME} or "+f.name+fileSuffix+" keeps it out")
	}
	to[f.name] = text
}

var bareVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

// secretFile reads a secret from a file. The path is never repeated: a secret
// that was put here by mistake looks like one.
func (s *vendorSection) secretFile(f field, name string, to map[string]string) {
	path, _, ok := s.expanded(f)
	if !ok {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.r.folder, path)
	}
	text, open, err := readSecret(path)
	if err == nil {
		err = checkLine(text)
	}
	if err != nil {
		f.wrong("the file with the secret cannot be used: " + err.Error())
		return
	}
	if open {
		s.r.warn(f.at(), f.path, "everyone on this machine may read the file with the secret: chmod 600 it")
	}
	s.r.secrets = append(s.r.secrets, text)
	to[name] = text
}

// readSecret returns a file's text without the line breaks at its end, and
// whether everyone may read it. The error does not name the file.
func readSecret(path string) (text string, open bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return "", false, errors.New("it is no regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", false, withoutPath(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	raw, err := io.ReadAll(io.LimitReader(file, mostSecretBytes+1))
	if err != nil {
		return "", false, withoutPath(err)
	}
	if len(raw) > mostSecretBytes {
		return "", false, errors.New("it is too long")
	}
	return strings.TrimRight(string(raw), "\r\n"), worldReadable(info), nil
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return errors.New("it cannot be read")
}

// expanded returns a text of a vendor's section with ${NAME} replaced, and
// whether there was one. For a vendor that is off it is the text as written.
func (s *vendorSection) expanded(f field) (text string, resolved, ok bool) {
	text, ok = f.text()
	if !ok || !s.enabled {
		return text, false, ok
	}
	text, resolved, err := s.r.expand(text)
	switch {
	case text == Placeholder && s.r.keyless:
		return madeUp, false, true
	case text == Placeholder:
		f.wrong("is still to be filled in" + s.helpOn(f.name))
		return text, false, false
	}
	if err == nil {
		err = checkLine(text)
	}
	if err != nil {
		f.wrong(err.Error())
	}
	return text, resolved, err == nil
}

// Placeholder stands in a draft where only the user knows the value.
const Placeholder = "<FILL-IN>"

// madeUp is the value of what is not known where nobody is called.
const madeUp = "simulated"

// helpOn says what a key of the vendor is, behind a colon; "" when nobody knows.
func (s *vendorSection) helpOn(key string) string {
	if key == "base_url" {
		return ": " + helpBaseURL
	}
	for _, k := range slices.Concat(s.descriptor.Secrets, s.descriptor.Options) {
		if k.Name == key && k.Help != "" {
			return ": " + k.Help
		}
	}
	return ""
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}?`)
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand replaces each ${NAME}. An empty variable is a missing one: it is what
// a failed lookup in a start script leaves behind.
func (r *reader) expand(text string) (string, bool, error) {
	var first error
	resolved := false
	out := variable.ReplaceAllStringFunc(text, func(match string) string {
		resolved = true
		value, err := r.variable(match)
		if first == nil {
			first = err
		}
		return value
	})
	return out, resolved, first
}

func (r *reader) variable(match string) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(match, "${"), "}")
	if !strings.HasSuffix(match, "}") || !variableName.MatchString(name) {
		return "", errors.New("holds ${ without a variable's name and }: write ${NAME}")
	}
	value, ok := r.getenv(name)
	switch value = strings.TrimRight(value, "\r\n"); {
	case (!ok || value == "") && r.keyless:
		return madeUp, nil
	case !ok:
		return "", fmt.Errorf("the environment variable %s is not set: export %[1]s first", name)
	case value == "":
		return "", fmt.Errorf("the environment variable %s is empty: export %[1]s first", name)
	}
	return value, nil
}

// checkLine refuses what no header or form may hold.
func checkLine(text string) error {
	if text == "" {
		return errors.New("is empty")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return errors.New("holds a control character or a line break")
	}
	return nil
}
