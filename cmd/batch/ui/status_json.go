package ui

import (
	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// underWay is what status says beyond the manifest: what is going on now.
type underWay struct {
	NotSent    map[string]int64   `json:"not_sent"`           // lookups, by vendor
	Awaits     map[string]int64   `json:"awaits_maintenance"` // not sent before their vehicle's maintenance answer, by vendor
	Waiting    map[string]waiting `json:"waiting"`            // ordered, their reports awaited, by vendor
	Halts      []halted           `json:"halts"`
	Pauses     []paused           `json:"pauses"`           // vendors in trouble that are waited for
	Unfinished []unfinished       `json:"unfinished_runs"`  // other ones
	AtWork     string             `json:"at_work"`          // the process that works here now; "" is none
	Ending     string             `json:"ending,omitempty"` // why the run that prints this has ended
}

type waiting struct {
	Lookups  int64         `json:"lookups"`
	NextPoll record.Moment `json:"next_poll"`
}

type halted struct {
	Vendor  string        `json:"vendor"`
	Dataset string        `json:"dataset"` // "" is all of them
	Stops   string        `json:"stops"`   // calls, or orders alone
	Class   string        `json:"class"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Since   record.Moment `json:"since"`
}

type paused struct {
	Vendor  string        `json:"vendor"`
	Dataset string        `json:"dataset"` // whose orders wait; "" is the vendor's polls
	Class   string        `json:"class"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Since   record.Moment `json:"since"`
	NextTry record.Moment `json:"next_try"`
	Nth     int           `json:"nth"`
}

type unfinished struct {
	RunID string `json:"run_id"`
	Left  int64  `json:"lookups"`
}

// StatusJSON prints the manifest's object, with what is under way.
func (s *Screen) StatusJSON(st *app.Standing) error {
	now := underWayOf(st)
	now.AtWork = st.Holder
	return s.object(st.Manifest, now)
}

// object prints the manifest's keys and those of what is under way as one object.
func (s *Screen) object(m sinks.Manifest, now underWay) error {
	object, err := m.MarshalJSON()
	if err != nil {
		return err
	}
	if object, err = withFields(object, now); err != nil {
		return err
	}
	return writeIndented(asJSON(s.Out), object)
}

// underWayOf says what is under way; a report without a moment is due now.
func underWayOf(st *app.Standing) underWay {
	now := underWay{NotSent: map[string]int64{}, Awaits: map[string]int64{}, Waiting: map[string]waiting{}, Halts: []halted{}, Pauses: []paused{}, Unfinished: []unfinished{}}
	for _, c := range st.Counts {
		switch c.State {
		case ledger.Planned:
			if c.Blocked {
				now.Awaits[c.Vendor] += c.N
				continue
			}
			now.NotSent[c.Vendor] += c.N
		case ledger.Waiting:
			w := now.Waiting[c.Vendor]
			w.Lookups += c.N
			if c.NextAt.IsZero() {
				c.NextAt = st.At
			}
			if w.NextPoll.IsZero() || c.NextAt.Before(w.NextPoll.Time) {
				w.NextPoll = record.At(c.NextAt)
			}
			now.Waiting[c.Vendor] = w
		}
	}
	for _, h := range st.Halts {
		now.Halts = append(now.Halts, halted{h.Vendor, string(h.Dataset), string(h.Stops), string(h.Class), h.Code, h.Message, record.At(h.At)})
	}
	for _, p := range st.Pauses {
		now.Pauses = append(now.Pauses, paused{p.Vendor, string(p.Dataset), string(p.Class), p.Code, p.Message, record.At(p.Since), record.At(p.NextAt), p.Nth})
	}
	for _, o := range st.Others {
		now.Unfinished = append(now.Unfinished, unfinished{o.Run.ID, o.Left})
	}
	return now
}
