package transport

import (
	"net/url"
	"strings"
	"testing"
)

// environ reads variables out of "A=1 B=2".
func environ(pairs string) func(string) (string, bool) {
	set := map[string]string{}
	for _, pair := range strings.Fields(pairs) {
		name, value, _ := strings.Cut(pair, "=")
		set[name] = value
	}
	return func(name string) (string, bool) { v, ok := set[name]; return v, ok }
}

func TestProxiesFrom(t *testing.T) {
	t.Parallel()
	const vendor = "https://api.vendor.cn/order"
	tests := map[string]struct{ env, target, proxy, variable string }{
		"none":                    {"", vendor, "", ""},
		"https":                   {"HTTPS_PROXY=http://10.0.0.1:3128", vendor, "10.0.0.1:3128", "HTTPS_PROXY"},
		"small letters first":     {"HTTPS_PROXY=http://a:1 https_proxy=http://b:2", vendor, "b:2", "https_proxy"},
		"all":                     {"ALL_PROXY=socks5://10.0.0.1:1081", vendor, "10.0.0.1:1081", "ALL_PROXY"},
		"all, small letters":      {"ALL_PROXY=http://a:1 all_proxy=http://b:2", vendor, "b:2", "all_proxy"},
		"https before all":        {"all_proxy=http://a:1 HTTPS_PROXY=http://b:2", vendor, "b:2", "HTTPS_PROXY"},
		"empty says nothing":      {"HTTPS_PROXY= ALL_PROXY=http://a:1", vendor, "a:1", "ALL_PROXY"},
		"of plain http alone":     {"HTTP_PROXY=http://a:1", vendor, "", ""},
		"host alone":              {"ALL_PROXY=proxy", vendor, "proxy:80", "ALL_PROXY"},
		"host and port":           {"ALL_PROXY=proxy:8080", vendor, "proxy:8080", "ALL_PROXY"},
		"user without scheme":     {"ALL_PROXY=me:S3CRET@proxy:8080", vendor, "proxy:8080", "ALL_PROXY"},
		"ports by default":        {"ALL_PROXY=https://proxy/", vendor, "proxy:443", "ALL_PROXY"},
		"port of socks":           {"ALL_PROXY=socks5h://proxy", vendor, "proxy:1080", "ALL_PROXY"},
		"version 6":               {"ALL_PROXY=http://[2001:db8::1]:3128", vendor, "[2001:db8::1]:3128", "ALL_PROXY"},
		"version 6, default port": {"ALL_PROXY=http://[2001:db8::1]", vendor, "[2001:db8::1]:80", "ALL_PROXY"},
		"not for a domain":        {"ALL_PROXY=http://a:1 NO_PROXY=other.com,vendor.cn", vendor, "", ""},
		"but for another":         {"ALL_PROXY=http://a:1 NO_PROXY=other.com", vendor, "a:1", "ALL_PROXY"},
		"not for a network":       {"ALL_PROXY=http://a:1 no_proxy=10.0.0.0/8", "https://10.1.2.3/", "", ""},
		"not for a port":          {"ALL_PROXY=http://a:1 NO_PROXY=api.vendor.cn:8443", vendor, "a:1", "ALL_PROXY"},
		"not for anybody":         {"HTTPS_PROXY=http://a:1 NO_PROXY=*", vendor, "", ""},
		"never for loopback":      {"ALL_PROXY=http://a:1", "https://127.0.0.1:8080/", "", ""},
		"never for plain http":    {"ALL_PROXY=http://a:1 HTTP_PROXY=http://a:1", "http://vendor.cn/", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := ProxiesFrom(environ(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			target, err := url.Parse(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			if proxy, variable := p.For(target); proxy != tt.proxy || variable != tt.variable {
				t.Errorf("by way of %q (%s), want %q (%s)", proxy, variable, tt.proxy, tt.variable)
			}
		})
	}
}

// What cannot be used is refused by the variable's name; its value is not shown.
func TestUnusableProxies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ env, variable string }{
		"unknown scheme":     {"ALL_PROXY=socks4://S3CRET:S3CRET@proxy:1080", "ALL_PROXY"},
		"another":            {"https_proxy=ftp://S3CRET@proxy", "https_proxy"},
		"no host":            {"HTTPS_PROXY=http://me:S3CRET@:3128", "HTTPS_PROXY"},
		"scheme alone":       {"HTTPS_PROXY=socks5://", "HTTPS_PROXY"},
		"port in words":      {"HTTPS_PROXY=http://me:S3CRET@proxy:squid", "HTTPS_PROXY"},
		"port too high":      {"HTTPS_PROXY=http://me:S3CRET@proxy:65536", "HTTPS_PROXY"},
		"port nought":        {"HTTPS_PROXY=http://proxy:0", "HTTPS_PROXY"},
		"hash in password":   {"HTTPS_PROXY=http://S3CRET:123#S3CRET@proxy:3128", "HTTPS_PROXY"},
		"query in password":  {"HTTPS_PROXY=http://S3CRET:123?S3CRET@proxy:3128", "HTTPS_PROXY"},
		"slash in password":  {"HTTPS_PROXY=http://S3CRET:123/S3CRET@proxy:3128", "HTTPS_PROXY"},
		"broken escape":      {"HTTPS_PROXY=http://me:S3CRET%zz@proxy:3128", "HTTPS_PROXY"},
		"all behind a https": {"HTTPS_PROXY=gopher://proxy ALL_PROXY=http://proxy:1", "HTTPS_PROXY"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ProxiesFrom(environ(tt.env))
			if err == nil || !strings.Contains(err.Error(), "'s "+tt.variable+" cannot be used") {
				t.Fatalf("%v, want an error that names %s", err, tt.variable)
			}
			if strings.Contains(err.Error(), "S3CRET") {
				t.Errorf("%v holds what must not be shown", err)
			}
		})
	}
}
