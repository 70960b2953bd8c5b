package main

import (
	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/vendors/transport"
)

// proxies are those that the environment names. What cannot be used is refused
// before anybody is called.
func (env environment) proxies() (*transport.Proxies, error) {
	p, err := transport.ProxiesFrom(env.getenv)
	if err != nil {
		return nil, &app.CodeError{Code: app.ExitUsage, Err: err}
	}
	return p, nil
}
