// Package vendors defines what a vendor of vehicle data is to the rest of the
// program: requests that it understands, outcomes that its answers mean, and
// records that its answers hold. One folder below it is one adapter.
package vendors

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"vehiclebatch/pipeline/record"
)

// Call says which of the two calls a request is.
type Call string

// A submit may be billed; a poll never is.
const (
	Submit Call = "submit"
	Poll   Call = "poll"
)

// Vendor speaks one vendor's language. It makes requests and reads answers but
// sends nothing itself: the pipeline sends, so that it can write down the
// intent before and the raw answer after.
//
// Every method is safe for concurrent use and does no I/O. Read and Decode are
// pure and total: the same bytes give the same result on every day, in every
// zone, and no bytes make them panic.
type Vendor interface {
	Reader

	// Name is the vendor's key in the configuration and in the tables.
	Name() string

	// Missing names the input columns that the vendor needs for this question
	// and the vehicle lacks, by canonical name; nil when it can be asked.
	Missing(d record.Dataset, v *record.Vehicle) []string

	// NewSubmit builds the billable request. A dataset that is answered in one
	// call has only this one.
	NewSubmit(ctx context.Context, d record.Dataset, v *record.Vehicle) (*http.Request, error)

	// NewPoll builds the free request for the answer to a ticket.
	NewPoll(ctx context.Context, d record.Dataset, ticket string) (*http.Request, error)
}

// Reader is the part of a vendor that needs no keys: it understands answers that
// were bought before. Both methods are pure and total, and keep nothing of the body.
type Reader interface {
	// Read says what an answer's body means, whatever its HTTP status and
	// Content-Type. Kind is Unreadable when the body is not the vendor's. The
	// vehicle is the one that was asked about, as for Decode.
	Read(d record.Dataset, c Call, v *record.Vehicle, body []byte) Outcome

	// Decode turns the body that Read called Answered into records. An error
	// means that the body does not hold what it should; it can be asked for
	// again. The vehicle is the one that was asked about: an answer that names
	// another one is an error (masked identifiers match on what they show).
	Decode(d record.Dataset, v *record.Vehicle, body []byte) (record.Answer, error)
}

// Descriptor is what can be known of a vendor without keys: it drives the
// configuration's checks, `batch vendors` and the registry.
type Descriptor struct {
	Name           string
	Title          string // the company and product, for people
	DefaultBaseURL string // "" when the user must give one
	// Discontinued says why the vendor is off unless enabled; "" is on.
	Discontinued string
	// DeskClosed are the hours of China time in which the vendor's desk works
	// nothing, as poll.closed has them; "" when its pages name none.
	DeskClosed string
	// Secrets and Options are the vendor's own keys in the configuration.
	Secrets []Key
	Options []Key
	Offers  []Offer
	// NotTaken are the answers by which this vendor's own gateway refuses a call
	// before it is taken, where the vendor's pages say so; the user may declare more.
	NotTaken []NotTaken
	// NotBilled are such answers where it depends on the settings which they are;
	// nil adds none.
	NotBilled func(s Settings) []NotTaken
	// BasePath says that base_url may hold a path.
	BasePath bool
	// Reader understands this vendor's answers, without keys.
	Reader Reader
	// New builds the adapter. It refuses settings that cannot work, naming the
	// key. now is the clock that signatures use.
	New func(s Settings, now Clock) (Vendor, error)
}

// Key is one key of a vendor's section of the configuration.
type Key struct {
	Name     string
	Required bool
	Default  string
	OneOf    []string // when not empty, the values it may have
	List     bool     // a list of texts, in Settings.Lists
	Help     string
}

// Offer is one dataset that a vendor sells.
type Offer struct {
	Dataset  record.Dataset
	Requires []string // input columns that must be there
	Uses     []string // input columns that are sent when there
	TwoStep  bool     // submit, then poll: configured as submit_path and poll_path, else path
	// Path and PollPath are the defaults; "" means that the user must give one.
	Path     string
	PollPath string
	PriceFen record.Fen // guide price, when the configuration names none
	Note     string     // e.g. brands that want an engine number
	// Probe says what a Prober's request asks for and why it is free, for people;
	// "" when no call is certainly free.
	Probe string
}

// Paths are the URL paths of one dataset.
type Paths struct{ Submit, Poll string }

// Settings are a vendor's section of the configuration, secrets resolved.
// Printed, logged or encoded they show their address and nothing else.
type Settings struct {
	BaseURL string // without trailing slash
	Values  map[string]string
	Lists   map[string][]string
	Paths   map[record.Dataset]Paths
	// NewID makes an id that no other request has, for a vendor that wants one to be
	// named; safe for concurrent use. nil: requests go without.
	NewID func() string
}

var (
	_ fmt.Formatter  = Settings{}
	_ slog.LogValuer = Settings{}
)

// String describes the settings without their values.
func (s Settings) String() string {
	base := s.BaseURL
	if _, after, ok := strings.Cut(base, "@"); ok { // a password may stand before it
		base = after
	}
	return "settings of " + base
}

// Format prints String for every verb: none may reach the values.
func (s Settings) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// GoString is String.
func (s Settings) GoString() string { return s.String() }

// LogValue is String.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText makes encoders, JSON for one, write String.
func (s Settings) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
