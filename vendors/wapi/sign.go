package wapi

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// field is one parameter of a request, as raw UTF-8.
type field struct{ key, value string }

// form is the parameters of a request.
type form []field

// sorted drops empty values and orders the rest by key. Empty means without
// characters: "0" is a value (the vendor's PHP sample tests strlen).
func (f form) sorted() form {
	f = slices.DeleteFunc(f, func(p field) bool { return p.value == "" })
	slices.SortFunc(f, func(a, b field) int { return cmp.Compare(a.key, b.key) })
	return f
}

// md5 signs a sorted form: MD5, in lower-case hex, of each key and its raw
// value joined, with the secret behind.
func (f form) md5(secret string) string {
	text := make([]byte, 0, 512)
	for _, p := range f {
		text = append(append(text, p.key...), p.value...)
	}
	sum := md5.Sum(append(text, secret...))
	return hex.EncodeToString(sum[:])
}

// encode makes a form body. Only here are values escaped.
func (f form) encode() string {
	var b strings.Builder
	b.Grow(512)
	for i, p := range f {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.key))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}
