// Package notify posts the summary of a run to an address of the user's choice:
// one JSON object, or the text message that the group robots of WeCom, DingTalk
// and Feishu take.
//
// The address is a key to the chat behind it, so nothing here prints it whole.
package notify

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Format is the form of what is posted.
type Format string

// The formats. The robots take texts alone.
const (
	JSON     Format = "json"
	WeCom    Format = "wecom"    // 企业微信
	DingTalk Format = "dingtalk" // 钉钉
	Feishu   Format = "feishu"   // 飞书, and Lark
)

// Formats returns every format.
func Formats() []Format { return []Format{JSON, WeCom, DingTalk, Feishu} }

// robots are the hosts by which a robot's address is known.
var robots = map[string]Format{
	"qyapi.weixin.qq.com": WeCom, "oapi.dingtalk.com": DingTalk, "api.dingtalk.com": DingTalk,
	"open.feishu.cn": Feishu, "open.larksuite.com": Feishu,
}

// Target is where to post, and how. The zero Target is nowhere.
type Target struct {
	address string
	host    string
	format  Format
}

var (
	_ fmt.Formatter  = Target{}
	_ slog.LogValuer = Target{}
)

// Parse reads an address: https, or http on a loopback address. An empty format
// is the one that the host is known for, else JSON. Errors repeat no part of
// the address but its host.
func Parse(address string, format Format) (Target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" {
		return Target{}, errors.New("is not an address: write https://HOST/PATH")
	}
	switch {
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return Target{}, errors.New("is plain http: use https, since everyone on the way could read it (http is for loopback addresses alone)")
	case u.Scheme != "http" && u.Scheme != "https":
		return Target{}, errors.New("is not an https address: write https://HOST/PATH")
	case u.User != nil:
		return Target{}, errors.New("holds a user name or password: a token stands in the path or the query")
	}
	u.Fragment = ""
	if format == "" {
		format = robots[strings.ToLower(u.Hostname())]
	}
	if format == "" {
		format = JSON
	}
	if !slices.Contains(Formats(), format) {
		return Target{}, fmt.Errorf("cannot be posted to as %q; there are %v", format, Formats())
	}
	return Target{address: u.String(), host: u.Scheme + "://" + u.Host, format: format}, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// IsZero tells whether there is nowhere to post to.
func (t Target) IsZero() bool { return t.address == "" }

// String is the host alone: what follows it is a key.
func (t Target) String() string { return t.host }

// Format prints String for every verb.
func (t Target) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// GoString is String.
func (t Target) GoString() string { return t.String() }

// LogValue is String.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText makes encoders, JSON for one, write String.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
