package redact

// opening says what a byte may begin.
type opening uint8

const (
	opensHidden opening = 1 << iota // an invisible character or a tag
	opensMarkup                     // the end of plain text (CDATA)
	opensBlank                      // white space, as it stands there or escaped
)

var opens = openings()

func openings() (out [256]opening) {
	for what, bytes := range map[opening]string{
		opensHidden: "<&%\\\xc2\xcc\xcd\xd8\xdb\xdc\xe0\xe1\xe2\xe3\xef\xf0\xf3" +
			"\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f",
		opensMarkup: "]",
		opensBlank:  " \t\r\n\\&%\xc2\xe3",
	} {
		for i := range len(bytes) {
			out[bytes[i]] |= what
		}
	}
	return out
}

// firstOf is where a byte stands, from a place on, that may begin something; the end of the text if nowhere. All of
// each answer is gone through so.
func firstOf(what opening, text []byte, at int) int {
	for at+8 <= len(text) {
		b := text[at : at+8 : at+8]
		if (opens[b[0]]|opens[b[1]]|opens[b[2]]|opens[b[3]]|opens[b[4]]|opens[b[5]]|opens[b[6]]|opens[b[7]])&what != 0 {
			break
		}
		at += 8
	}
	for at < len(text) && opens[text[at]]&what == 0 {
		at++
	}
	return at
}
