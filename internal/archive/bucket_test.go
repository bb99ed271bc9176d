package archive

import (
	"errors"
	"strings"
	"testing"
	"time"

	minio "github.com/minio/minio-go/v7"

	"gongkai/internal/report"
	"gongkai/tests/s3test"
)

// openS3 opens an archive in a bucket of a new store.
func openS3(t *testing.T) (*Store, *s3test.Server) {
	t.Helper()
	server := s3test.New(t)
	return openAt(t, server.Archive), server
}

// places runs a test on an archive of each kind.
func places(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("folder", func(t *testing.T) { test(t, open(t)) })
	t.Run("bucket", func(t *testing.T) {
		s, _ := openS3(t)
		test(t, s)
	})
}

// object writes over the object of an original.
func object(t *testing.T, s *Store, hash report.SHA256, text string) {
	t.Helper()
	b := s.place.(*bucket)
	_, err := b.client.PutObject(t.Context(), b.name, b.object(hash), strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBucketDamage: an object that is not what was kept is damaged, never believed.
func TestBucketDamage(t *testing.T) {
	s, _ := openS3(t)
	good := put(t, s, "good", record)
	for body, text := range map[string]string{"blank": "\n", "cut": "gongkai original 1 2 9\n{}\nshort", "other": "gongkai original 1 2 5\n{}\nother"} {
		hash := put(t, s, body, record)
		object(t, s, hash, text)
		if _, _, err := s.Get(t.Context(), hash); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v; want %v", body, err, ErrDamaged)
		}
	}
	if n, damaged, err := s.Verify(t.Context()); err != nil || n != 4 || len(damaged) != 3 {
		t.Errorf("%d originals, damaged %v, err %v; want 4 and 3", n, damaged, err)
	}
	if _, _, err := s.Get(t.Context(), good); err != nil {
		t.Error(err)
	}
}

// TestBucketRefuses: a store that refuses or cuts off for a while is waited for, and
// nothing is lost or kept twice.
func TestBucketRefuses(t *testing.T) {
	s, server := openS3(t)
	server.Drop.Store(1)
	server.Refuse.Store(1)
	hash := put(t, s, "body", record)
	server.Refuse.Store(1)
	if body, _, err := s.Get(t.Context(), hash); err != nil || string(body) != "body" {
		t.Errorf("get: %q, %v", body, err)
	}
	if n, damaged, err := s.Verify(t.Context()); err != nil || n != 1 || len(damaged) != 0 {
		t.Errorf("%d originals, damaged %v, err %v; want 1", n, damaged, err)
	}
}

// TestBucketOutage: an outage ends in an error and nobody is told of an original that is
// not kept.
func TestBucketOutage(t *testing.T) {
	s, server := openS3(t)
	s.place.(*bucket).wait = time.Millisecond
	server.Refuse.Store(1 << 30)
	if hash, err := s.Put(t.Context(), []byte("body"), record); err == nil || hash != "" {
		t.Errorf("put: %q, %v; want an error", hash, err)
	}
	server.Refuse.Store(0)
	put(t, s, "body", record)
}

// TestBucketKeepsFirst: of the same bytes nothing is sent again.
func TestBucketKeepsFirst(t *testing.T) {
	s, server := openS3(t)
	put(t, s, "body", record)
	before := server.Asked.Load()
	put(t, s, "body", report.Original{URL: "https://example.test/other.html"})
	if n := server.Asked.Load() - before; n != 1 {
		t.Errorf("%d requests; want one that asks whether it is there", n)
	}
}

func TestBucketAddress(t *testing.T) {
	host := s3test.New(t).Host
	for at, want := range map[string]string{
		"s3://":                                     "names no host or no bucket",
		"s3://host":                                 "names no host or no bucket",
		"s3://key:secret@host/bucket":               "holds a key",
		"s3://host/bucket?tls=no":                   "says tls=no, which is not known",
		"s3://host/bucket?insecure=perhaps":         "says insecure=perhaps",
		"s3://" + host + "/nothing?insecure=true":   "there is no bucket nothing; make it",
		"s3://" + host + "/UP_case%?insecure=false": "is no address",
	} {
		if _, err := Open(t.Context(), at); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret@") {
			t.Errorf("open %q: %v; want %q", at, err, want)
		}
	}
}
