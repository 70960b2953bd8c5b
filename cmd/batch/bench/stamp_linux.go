package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stampedConn is a TCP connection that knows when what it read last came to this
// machine, by the kernel: this process may have been asleep at that time.
type stampedConn struct {
	*net.TCPConn
	raw syscall.RawConn

	mu   sync.Mutex
	last time.Time
}

func newStampedConn(c *net.TCPConn) (arriving, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("reach the socket: %w", err)
	}
	return &stampedConn{TCPConn: c, raw: raw}, nil
}

// stampArrivals has the kernel stamp what comes to the sockets of a listener,
// from before they are accepted.
func stampArrivals(_, _ string, socket syscall.RawConn) error {
	var set error
	err := socket.Control(func(fd uintptr) { set = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) })
	if err := errors.Join(err, set); err != nil {
		return fmt.Errorf("have arrivals stamped: %w", err)
	}
	return nil
}

// Read reads, and keeps the kernel's stamp of what it read.
func (c *stampedConn) Read(p []byte) (int, error) {
	var n, more int
	var failed error
	control := make([]byte, 64)
	err := c.raw.Read(func(fd uintptr) bool {
		n, more, _, _, failed = unix.Recvmsg(int(fd), p, control, unix.MSG_DONTWAIT)
		return !errors.Is(failed, unix.EAGAIN) && !errors.Is(failed, unix.EINTR)
	})
	if err != nil {
		return 0, err // as it is: a deadline that has passed ends no TLS
	}
	if failed != nil {
		return 0, failed
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	at := stampIn(control[:more])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = at
	return n, nil
}

// stampIn finds the stamp among the messages about what was read.
func stampIn(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Now()
}

func (c *stampedConn) arrival() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}
