package config

import (
	"strings"

	"vehiclebatch/cmd/batch/notify"
)

// notify reads where the end of a run is posted. The address is a key, so no
// message repeats it.
func (r *reader) notify(s *section) notify.Target {
	var format notify.Format
	if f, ok := s.get("notify_format"); ok {
		format = r.notifyFormat(f)
	}
	f, ok := s.get("notify")
	if !ok {
		return notify.Target{}
	}
	text, ok := f.text()
	if !ok {
		return notify.Target{}
	}
	text, _, err := r.expand(text)
	if err == nil {
		err = checkLine(text)
	}
	if err != nil {
		f.wrong(err.Error())
		return notify.Target{}
	}
	if r.keyless && strings.Contains(text, madeUp) {
		return notify.Target{}
	}
	r.secrets = append(r.secrets, text)
	target, err := notify.Parse(text, format)
	if err != nil {
		f.wrong(err.Error())
	}
	return target
}

func (r *reader) notifyFormat(f field) notify.Format {
	var fits []string
	for _, known := range notify.Formats() {
		fits = append(fits, string(known))
	}
	text, _ := f.oneOf(fits, "is no format of a notification")
	return notify.Format(text)
}
