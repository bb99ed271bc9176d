package ingest_test

import (
	"testing"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/tests/s3test"
)

// TestBucket holds that a refresh keeps its originals in a bucket as it does in a folder,
// and goes on where the store refuses or cuts off for a while.
func TestBucket(t *testing.T) {
	server := s3test.New(t)
	s := newSite(t)
	var err error
	s.Archive, err = archive.Open(t.Context(), server.Archive)
	must(t, err)
	s.list("云杉街道 2020 /a.html", "雪松街道 2020 /b.html")
	s.put("/a.html", answer{body: page("云杉街道", 2020, 5), etag: `"1"`})
	s.put("/b.html", answer{body: page("雪松街道", 2020, 6), etag: `"2"`})
	server.Refuse.Store(2)
	server.Drop.Store(1)
	if got := s.refresh(t, ingest.Options{}); got.New != 2 || got.Failed != 0 {
		t.Fatalf("%+v; want two new", got)
	}
	number, damaged, err := s.Archive.Verify(t.Context())
	must(t, err)
	if number != 3 || len(damaged) != 0 {
		t.Errorf("%d originals, damaged %v; want the list and two reports", number, damaged)
	}
	must(t, s.Archive.Walk(t.Context(), func(hash report.SHA256) error {
		_, err := s.Store.Original(t.Context(), hash)
		return err
	}))
	if got := s.refresh(t, ingest.Options{}); got.Unchanged != 2 {
		t.Errorf("again: %+v; want two unchanged", got)
	}
}
