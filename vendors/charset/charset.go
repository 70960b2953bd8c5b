// Package charset turns the bytes of a vendor's answer into UTF-8, whatever its
// header calls them. Answers in GB18030 (with GBK and GB2312 inside it) come
// named as such, named as UTF-8, and without a name; so the bytes decide.
//
// It imports nothing of ours, is pure, and is safe for concurrent use.
package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const byteOrderMark = "\ufeff"

// UTF8 is the body as valid UTF-8 without a byte order mark: UTF-16 by its mark or
// by the zeros between its first letters, else UTF-8 where it is, else GB18030
// where more of it can be read so. What stays broken is one U+FFFD a run. The
// body is not changed; what is UTF-8 already is returned as it is, without a copy.
func UTF8(body []byte) []byte {
	if text, ok := fromUTF16(body); ok {
		body = text
	}
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	if utf8.Valid(body) {
		return body
	}
	if text, ok := fromGB18030(body); ok {
		return text
	}
	return bytes.ToValidUTF8(body, []byte("\ufffd"))
}

// fromUTF16 reads a body that has the mark of UTF-16, or begins as JSON and pages
// do in it: an ASCII character and a zero, twice.
func fromUTF16(body []byte) ([]byte, bool) {
	if len(body) < 4 || len(body)%2 != 0 {
		return nil, false
	}
	order := unicode.BigEndian
	switch {
	case body[0] == 0xfe && body[1] == 0xff:
	case body[0] == 0xff && body[1] == 0xfe:
		order = unicode.LittleEndian
	case body[0] == 0 && body[2] == 0 && isText(body[1]) && isText(body[3]):
	case body[1] == 0 && body[3] == 0 && isText(body[0]) && isText(body[2]):
		order = unicode.LittleEndian
	default:
		return nil, false
	}
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(body)
	return text, err == nil
}

func isText(b byte) bool { return b >= ' ' && b < utf8.RuneSelf || b == '\n' || b == '\r' || b == '\t' }

// fromGB18030 reads a body that is not UTF-8, if it is rather GB18030 than UTF-8
// with a slip: it holds hardly a character of three bytes, as Chinese has in UTF-8,
// and less of it is broken when it is read so.
func fromGB18030(body []byte) ([]byte, bool) {
	han, broken := countUTF8(body)
	if 2*han >= broken {
		return nil, false
	}
	text, err := decode(simplifiedchinese.GB18030, body)
	if err != nil || bytes.Count(text, []byte("\ufffd")) >= broken {
		return nil, false
	}
	return text, true
}

// decode is one run of broken bytes for one U+FFFD.
func decode(from encoding.Encoding, body []byte) ([]byte, error) {
	text, err := from.NewDecoder().Bytes(body)
	for err == nil && bytes.Contains(text, []byte("\ufffd\ufffd")) {
		text = bytes.ReplaceAll(text, []byte("\ufffd\ufffd"), []byte("\ufffd"))
	}
	return text, err
}

// countUTF8 counts the characters of three and four bytes, and the bytes that are
// part of no character.
func countUTF8(body []byte) (long, broken int) {
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && size == 1:
			broken++
		case size > 2:
			long++
		}
		body = body[size:]
	}
	return long, broken
}
