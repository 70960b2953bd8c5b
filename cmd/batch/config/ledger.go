package config

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// LedgerOf is the address of the ledger that a configuration names, "" where it names none or cannot be read: what else
// is wrong with the file is said where it is used.
func LedgerOf(path string, getenv func(string) (string, bool)) string {
	if info, err := os.Stat(path); err != nil || info.Size() > mostBytes {
		return ""
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	r := &reader{getenv: getenv, mistakes: mistakes{file: path}, folder: filepath.Dir(path)}
	top := r.parseDocument(src)
	if top == nil {
		return ""
	}
	for _, f := range (field{r: r, node: top, key: position{1, 1}}).section().fields {
		if f.name == "ledger" {
			return r.address(f)
		}
	}
	return ""
}

func (r *reader) ledger(s *section) string {
	f, ok := s.get("ledger")
	if !ok {
		return ""
	}
	return r.address(f)
}

// address reads the address of a ledger. It may hold a password: no mistake repeats it.
func (r *reader) address(f field) string {
	raw, ok := f.text()
	if !ok {
		return ""
	}
	text, resolved, err := r.expand(raw)
	if err == nil {
		err = checkLine(text)
	}
	if err != nil {
		f.wrong(err.Error())
		return ""
	}
	if r.keyless && strings.Contains(text, madeUp) {
		return ""
	}
	r.secrets = append(r.secrets, text)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		f.wrong("is no address of a ledger: write postgres://user@host:5432/database")
		return ""
	}
	if _, secret := u.User.Password(); secret && !resolved {
		r.warn(f.at(), f.path, "the password stands in the file: ${NAME}, PGPASSWORD or ~/.pgpass keep it out")
	}
	return text
}
