package record

import (
	"encoding/json"
	"time"
)

// ChinaOffset is how many seconds China's time is ahead of UTC, all year: there
// has been no summer time since 1991, before any vendor began.
const ChinaOffset = 8 * 60 * 60

// China returns China's zone. It needs no zone database, which small machines
// and Windows lack.
func China() *time.Location { return time.FixedZone("UTC+8", ChinaOffset) }

// Moment is a point in time as outputs write it. The zero Moment is unknown.
type Moment struct{ time.Time }

// At returns the moment of a time.
func At(t time.Time) Moment { return Moment{t} }

// momentFormat is RFC 3339 with as many places as the moment has, at most six.
const momentFormat = "2006-01-02T15:04:05.999999Z07:00"

// String formats the moment in RFC 3339, in China's zone.
func (m Moment) String() string { return m.In(China()).Format(momentFormat) }

// MarshalJSON writes what String returns; an unknown moment is null.
func (m Moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(m.String())
}

// UnmarshalJSON reads RFC 3339; the time comes back in UTC.
func (m *Moment) UnmarshalJSON(text []byte) error {
	*m = Moment{}
	if string(text) == "null" {
		return nil
	}
	if err := json.Unmarshal(text, &m.Time); err != nil {
		return err
	}
	m.Time = m.UTC()
	return nil
}
