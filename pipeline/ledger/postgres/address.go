package postgres

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsAddress tells whether a text is meant for the address of a ledger on a server.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// WithoutPassword is an address without its passwords; "" where it cannot be read.
func WithoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(strings.ToLower(name), "password") {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// takeOutage takes the one parameter out of an address that is not the server's: how long a server that is away is tried
// again, as outage=10m.
func takeOutage(address string) (rest string, outage time.Duration, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return address, 0, errors.New("it is no URL") // which may hold a password
	}
	q := u.Query()
	text := q.Get("outage")
	if text == "" {
		return address, 0, nil
	}
	if outage, err = time.ParseDuration(text); err != nil || outage <= 0 {
		return address, 0, errors.New("outage wants a length of time, as 10m")
	}
	q.Del("outage")
	u.RawQuery = q.Encode()
	return u.String(), outage, nil
}

// reason is the innermost cause of an error of connecting: what is around it names the address.
func reason(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return errors.New(pg.Message)
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
