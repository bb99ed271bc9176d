// Package s3test gives tests an S3-compatible store on loopback.
package s3test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// A Server is a store with one bucket, which holds what it is given in memory.
type Server struct {
	Archive string       // the address of an archive in the bucket
	Host    string       // host and port
	Refuse  atomic.Int64 // requests that it still refuses
	Drop    atomic.Int64 // requests that it still answers with a closed connection
	Asked   atomic.Int64 // requests that came
}

// New starts a store until the test ends, and sets keys for it in the environment.
func New(t *testing.T) *Server {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("originals"); err != nil {
		t.Fatal(err)
	}
	s := new(Server)
	store := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Asked.Add(1)
		switch {
		case s.Drop.Add(-1) >= 0:
			panic(http.ErrAbortHandler)
		case s.Refuse.Add(-1) >= 0:
			http.Error(w, "<Error><Code>SlowDown</Code></Error>", http.StatusServiceUnavailable)
		default:
			store.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.Host = strings.TrimPrefix(server.URL, "http://")
	s.Archive = "s3://" + s.Host + "/originals/天津/dl?insecure=true"
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	return s
}
