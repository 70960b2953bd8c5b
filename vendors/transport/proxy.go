package transport

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// Proxies says which hosts are called by way of a proxy. A nil *Proxies calls
// all of them directly.
type Proxies struct {
	address  *url.URL
	variable string // that names the proxy, as it is spelt
	standsIn func(*url.URL) (*url.URL, error)
}

// proxyVariables name the proxy of https, the first one that is set. HTTP_PROXY is
// not among them: plain http is for loopback addresses alone, which need no proxy.
func proxyVariables() []string {
	return []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}
}

// ProxiesFrom reads HTTPS_PROXY, ALL_PROXY and NO_PROXY, in lower case first, as curl
// does: http://, https://, socks5:// or socks5h:// (both leave names to the proxy) and
// HOST:PORT, with USER:PASSWORD@ before it. NO_PROXY is a list of hosts, domains,
// addresses and networks, or *. Loopback addresses are never called by way of a proxy.
// The error names the variable and holds nothing of its value.
func ProxiesFrom(getenv func(string) (string, bool)) (*Proxies, error) {
	set := func(names ...string) (name, value string) {
		for _, name := range names {
			if v, _ := getenv(name); strings.TrimSpace(v) != "" {
				return name, strings.TrimSpace(v)
			}
		}
		return "", ""
	}
	name, value := set(proxyVariables()...)
	if name == "" {
		return nil, nil
	}
	address, err := parseProxy(value)
	if err != nil {
		return nil, fmt.Errorf("the environment's %s cannot be used: %w; write http://HOST:PORT or socks5://HOST:PORT, or unset it", name, err)
	}
	_, except := set("no_proxy", "NO_PROXY")
	rules := httpproxy.Config{HTTPSProxy: address.String(), NoProxy: except}
	return &Proxies{address: address, variable: name, standsIn: rules.ProxyFunc()}, nil
}

var (
	errNoAddress = errors.New("it is not an address (in a user name or password, characters such as # / ? @ are written %23 %2F %3F %40)")
	errScheme    = errors.New("a proxy is spoken to by http, https, socks5 or socks5h")
	errPort      = errors.New("its port is not a number from 1 to 65535")
)

// parseProxy reads an address. What url.Parse says of a wrong one is not handed on:
// it may quote a password. For the same reason an address has nothing behind its
// port: a # in a password would make a host of the user's name.
func parseProxy(value string) (*url.URL, error) {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(value, "#"):
		return nil, errNoAddress
	case defaultPort(u.Scheme) == "":
		return nil, errScheme
	}
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, errPort
	}
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: host + ":" + port}, nil
}

// defaultPort is where a proxy listens that names no port; "" for what is none.
func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return ""
}

// For is the proxy, HOST:PORT and the variable that names it, by way of which an
// address is called; both are "" where it is called directly.
func (p *Proxies) For(target *url.URL) (proxy, variable string) {
	if p == nil || target.Scheme != "https" {
		return "", ""
	}
	if used, err := p.standsIn(target); err != nil || used == nil {
		return "", ""
	}
	return p.address.Host, p.variable
}
