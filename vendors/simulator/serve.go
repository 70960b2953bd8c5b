package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Server is a Simulator that listens.
type Server struct {
	URL string // without trailing slash

	http *http.Server
	stop func() bool // ends the watch over the context of Serve
	done chan struct{}
}

// Serve listens on addr ("127.0.0.1:0" takes a free port) until Close is called
// or ctx ends. Only loopback addresses are taken: the simulator is for this
// machine alone.
func Serve(ctx context.Context, s *Simulator, addr string) (*Server, error) {
	if err := loopbackOnly(addr); err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for the simulator: %w", err)
	}
	srv := &Server{URL: "http://" + l.Addr().String(), done: make(chan struct{}), http: NewHTTPServer(s)}
	go func() {
		defer close(srv.done)
		_ = srv.http.Serve(l) // always ErrServerClosed: only Close ends it
	}()
	srv.stop = context.AfterFunc(ctx, func() { _ = srv.http.Close() })
	return srv, nil
}

// NewHTTPServer returns an http.Server with the simulator's limits, for a
// listener of the caller's own (a net.Pipe in tests).
func NewHTTPServer(s *Simulator) *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // broken connections are its trade
	}
}

// Close ends the server: calls in flight may finish until ctx ends. It may be
// called more than once.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("closing the simulator: %w", err), s.http.Close())
	}
	<-s.done
	return err
}

func loopbackOnly(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address of the simulator: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("the simulator listens on loopback only: use 127.0.0.1:PORT instead of %q", addr)
}
