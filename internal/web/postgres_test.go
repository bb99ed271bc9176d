package web

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/aggregate"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

// TestMain ends the server that a test has started.
func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }

// TestPostgresPages holds that every page is the same byte for byte from a file and from
// a server.
func TestPostgresPages(t *testing.T) {
	onFile := newFixture(t)
	server, err := store.Open(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	if err := store.Transfer(t.Context(), onFile.Store, server, func(store.Transferred) error { return nil }); err != nil {
		t.Fatal(err)
	}
	deps := onFile.Deps
	deps.Store, deps.Figures = server, aggregate.New(server, onFile.Now)
	onServer, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range routes() {
		want, got := get(t, onFile, http.MethodGet, path), get(t, onServer, http.MethodGet, path)
		if got.Code != want.Code {
			t.Errorf("%s: status %d from the server, %d from the file", path, got.Code, want.Code)
		}
		if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
			t.Errorf("%s (-file +server):\n%s", path, diff)
		}
	}
}
