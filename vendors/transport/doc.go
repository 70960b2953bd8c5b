// Package transport sends one HTTP request exactly once and hands back what
// came, capped and timed.
//
// A request may cost money, so nothing is ever sent a second time: no
// redirect is followed and net/http's silent repetition on a broken reused
// connection is ruled out (see once.go). Whether to send again is decided
// elsewhere, from [vendors.Response] alone.
package transport
