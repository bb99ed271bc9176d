package ingest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestTurns takes turns in a time of its own: documents that could need much and those
// that take long delay their own kind alone, and no turn is lost.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page, large := []byte("<html>"), bytes.Repeat([]byte("x"), light+1)
		turns := NewTurns(2)
		take := func(body []byte) (done func(), waited time.Duration) {
			t.Helper()
			began := time.Now()
			done, err := turns.Take(t.Context(), body)
			if err != nil {
				t.Fatal(err)
			}
			return done, time.Since(began)
		}
		first, waited := take(large)
		if waited != 0 {
			t.Errorf("the first heavy document waited %v", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if _, err := turns.Take(ctx, large); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second heavy document: %v; want that it waits for its turn", err)
		}
		cancel()
		var hostile []func()
		for range 2 * (slowAtATime + 1) {
			done, waited := take(page)
			if waited > patience {
				t.Errorf("an ordinary document waited %v behind %d that take long", waited, len(hostile))
			}
			hostile = append(hostile, done)
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
		if _, err := turns.Take(ctx, page); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one more than there are turns of any kind: %v; want that it waits", err)
		}
		cancel()
		first()
		for _, done := range hostile {
			done()
		}
		if n := len(turns.quick) + len(turns.heavy) + len(turns.slow); n != 0 {
			t.Errorf("%d turns are held after all have ended", n)
		}
		done, waited := take(page)
		if waited != 0 {
			t.Errorf("after all have ended a document waited %v", waited)
		}
		done()
	})
}
