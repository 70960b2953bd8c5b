package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// limiter is one way in which calls are limited before a vendor.
type limiter struct {
	word   string // by which it is chosen
	name   string
	allows string // in words; %d is the rate

	from    source
	program []string // how it is started; its files are rendered from fronts/, see place
	files   []string

	// What batch.yaml says of it, as docs/configuration.md tells a user to.
	burst    int
	asks     float64 // rate.per_second, as a share of what the limiter says that it allows; 0 is all of it
	gateway  string  // rate.gateway
	notTaken string  // an item of not_taken
}

// source is where a limiter comes from.
type source struct {
	apt []string // packages of Debian, whose versions are Debian's
	mod []string // Go modules, at their versions
	npm []string // packages of npm, at their versions
}

func limiters() []limiter {
	nginx := limiter{
		from: source{apt: []string{"nginx-light"}}, program: []string{"nginx", "-p", "{{.Dir}}", "-c", "nginx.conf", "-e", "error.log"}, gateway: "nginx",
	}
	plain, burst := nginx, nginx
	plain.word, plain.name, plain.allows, plain.files, plain.burst = "nginx", "nginx limit_req", "%d r/s, no burst", []string{"nginx.conf"}, 1
	burst.word, burst.name, burst.allows, burst.files, burst.burst = "nginx-burst", "nginx limit_req", "%d r/s, burst=20 nodelay", []string{"nginx-burst.conf>nginx.conf"}, 20
	gcra := source{mod: []string{"github.com/throttled/throttled/v2@v2.15.0"}}
	throttled := []string{"throttled.go.txt>main.go", "front.go.txt>front.go"}
	return []limiter{
		plain,
		burst,
		{word: "haproxy", name: "HAProxy http_req_rate(1s)", allows: "%d in any second, refused ones counted",
			from: source{apt: []string{"haproxy"}}, program: []string{"haproxy", "-db", "-f", "haproxy.cfg"}, files: []string{"haproxy.cfg"},
			burst: 1, gateway: "haproxy"},
		{word: "modqos", name: "Apache, mod_qos QS_EventLimitCount", allows: "%d in a second, by its name",
			from: source{apt: []string{"apache2", "libapache2-mod-qos"}}, program: []string{"env", "LD_PRELOAD=libpcre.so.3", "apache2", "-d" /* Debian's mod_qos does not load it by itself */, "{{.Dir}}", "-f", "apache.conf", "-DFOREGROUND"}, files: []string{"apache.conf"},
			burst: 1, asks: 0.49, notTaken: `{status: 500, content_type: text/html}`}, // its second lasts two, see docs/limiters.md
		{word: "httprate", name: "httprate", allows: "%d in a sliding second",
			from: source{mod: []string{"github.com/go-chi/httprate@v0.16.1"}}, program: []string{"./front"}, files: []string{"httprate.go.txt>main.go", "front.go.txt>front.go"}, burst: 1},
		{word: "throttled", name: "throttled (GCRA)", allows: "%d/s, no burst", from: gcra, program: []string{"./front"}, files: throttled, burst: 1},
		{word: "throttled-burst", name: "throttled (GCRA)", allows: "%d/s, MaxBurst: 5", from: gcra, program: []string{"./front"}, files: throttled, burst: 6},
		{word: "express", name: "express-rate-limit", allows: "%d in each second",
			from: source{npm: []string{"express@5.3.0", "express-rate-limit@8.7.5"}}, program: []string{"node", "express.mjs"}, files: []string{"express.mjs", "front.mjs"}, burst: 1},
		{word: "flexible", name: "rate-limiter-flexible", allows: "%d in each second",
			from: source{npm: []string{"rate-limiter-flexible@11.4.0"}}, program: []string{"node", "flexible.mjs"}, files: []string{"flexible.mjs", "front.mjs"}, burst: 1},
	}
}

// version is the name with the versions of what was tried.
func (l limiter) version(ctx context.Context) string {
	versions := append(append([]string{}, l.from.mod...), l.from.npm...)
	for _, p := range l.from.apt {
		if out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f", "${Version}", p).Output(); err == nil {
			versions = append(versions, p+"@"+string(out))
		}
	}
	for i, v := range versions {
		at := strings.LastIndex(v, "@")
		versions[i] = strings.TrimPrefix(v[at+1:], "v")
	}
	return fmt.Sprintf("%s %s", l.name, strings.Join(versions, ", "))
}

// yaml is what batch.yaml says of the limiter.
func (l limiter) yaml(s settings) string {
	asked := float64(s.rate)
	switch {
	case s.asked > 0:
		asked = float64(s.asked)
	case l.asks > 0:
		asked *= l.asks
	}
	text := fmt.Sprintf("    rate: {per_second: %g, burst: %d, in_flight: 64", asked, l.burst)
	if l.gateway != "" && !s.undeclared {
		text += ", gateway: " + l.gateway
	}
	text += "}\n"
	if l.notTaken != "" && !s.undeclared {
		text += "    not_taken: [" + l.notTaken + "]\n"
	}
	return text
}
