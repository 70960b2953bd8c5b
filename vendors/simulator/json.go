package simulator

import "strconv"

// js appends JSON to a buffer. It puts the commas; the caller keeps braces
// balanced. It does no checking: what it writes is known here, except texts
// that came in with a request, and those are escaped.
type js struct{ b []byte }

func (j *js) comma() {
	if n := len(j.b); n > 0 && j.b[n-1] != '{' && j.b[n-1] != '[' && j.b[n-1] != ':' {
		j.b = append(j.b, ',')
	}
}

func (j *js) open(c byte)  { j.comma(); j.b = append(j.b, c) }
func (j *js) close(c byte) { j.b = append(j.b, c) }

func (j *js) key(k string) {
	j.comma()
	j.b = append(j.b, '"')
	j.b = append(j.b, k...)
	j.b = append(j.b, '"', ':')
}

func (j *js) object(k string) { j.key(k); j.b = append(j.b, '{') }
func (j *js) array(k string)  { j.key(k); j.b = append(j.b, '[') }

func (j *js) str(k, v string) { j.key(k); j.b = appendQuoted(j.b, v) }
func (j *js) raw(k, v string) { j.key(k); j.b = append(j.b, v...) }

func (j *js) bytes(k string, v []byte) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = append(j.b, v...) // our own texts: nothing in them wants escaping
	j.b = append(j.b, '"')
}

func (j *js) num(k string, v int64) { j.key(k); j.b = strconv.AppendInt(j.b, v, 10) }

// numStr writes a number as a text, as these vendors often do.
func (j *js) numStr(k string, v int64) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = strconv.AppendInt(j.b, v, 10)
	j.b = append(j.b, '"')
}

// day writes a day as "2006-01-02".
func (j *js) day(k string, day int) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = appendDay(j.b, day)
	j.b = append(j.b, '"')
}

const hexDigits = "0123456789abcdef"

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
