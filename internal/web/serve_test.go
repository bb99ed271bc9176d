package web

import (
	"flag"
	"net/http"
	"testing"
)

var serve = flag.String("serve", "", "serve the fixtures on this address until the test is stopped")

// TestServeFixtures serves the fixtures for a person to look at:
//
//	go test -run TestServeFixtures -timeout 0 ./internal/web -serve 127.0.0.1:8099
func TestServeFixtures(t *testing.T) {
	if *serve == "" {
		t.Skip("give -serve 127.0.0.1:8099 to look at the pages")
	}
	if err := http.ListenAndServe(*serve, newFixture(t)); err != nil {
		t.Fatal(err)
	}
}
