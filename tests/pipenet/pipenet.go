// Package pipenet is a network in memory, for tests whose time is counted and not
// measured (testing/synctest): such time goes on only while all wait for each other,
// which nobody can say of who waits for a real connection.
//
// In: handlers, each under the name of its host. Out: connections to them. It is for
// tests alone.
package pipenet

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
)

// A Network holds hosts by name.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*listener
}

// New returns a network without hosts.
func New() *Network { return &Network{hosts: make(map[string]*listener)} }

// Serve lets a handler answer for a host such as a.test, on every port, until the
// test ends.
func (n *Network) Serve(tb testing.TB, host string, handler http.Handler) {
	l := &listener{name: host, came: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	n.hosts[host] = l
	n.mu.Unlock()
	server, done := &http.Server{Handler: handler}, make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // it always ends by being closed
	}()
	tb.Cleanup(func() {
		_ = server.Close() // closing what is in memory does not fail
		<-done
	})
}

// Dial connects to a host. It is the Dial of crawl.Options.
func (n *Network) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	l := n.hosts[host]
	n.mu.Unlock()
	if l == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	near, far := net.Pipe()
	select {
	case l.came <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A listener hands the far ends of connections to a server.
type listener struct {
	name   string
	came   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.came:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends the listening.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is the name of the host.
func (l *listener) Addr() net.Addr { return named(l.name) }

// named is the address of a host in memory.
type named string

func (a named) Network() string { return "memory" }
func (a named) String() string  { return string(a) }
