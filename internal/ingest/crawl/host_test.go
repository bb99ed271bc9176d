package crawl

import (
	"testing"
	"time"
)

// Two portals on one host share its pace, and it is that of the more careful one.
func TestHostShared(t *testing.T) {
	c := crawler(t, Options{})
	h := c.hostOf("a.test", Polite{Concurrency: 3, Budget: 100})
	for range 3 {
		if ok, err := h.enter(t.Context(), 100); !ok || err != nil {
			t.Fatalf("entered %v, %v", ok, err)
		}
	}
	if same := c.hostOf("a.test", Polite{Concurrency: 1, Delay: 20 * time.Millisecond}); same != h {
		t.Fatal("another host of the same name")
	}
	for range 3 {
		h.leave()
	}
	if n := len(h.slots); n != 2 {
		t.Errorf("%d slots are kept after the three were left; want 2, so that one is free", n)
	}
	if ok, _ := h.enter(t.Context(), 100); !ok {
		t.Fatal("the one slot is not free")
	}
	if n := len(h.slots); n != cap(h.slots) {
		t.Errorf("%d of %d slots taken while one request runs; want all", n, cap(h.slots))
	}
	h.leave()
	begin := time.Now()
	for range 3 {
		if ok, err := h.enter(t.Context(), 100); !ok || err != nil {
			t.Fatal(err)
		}
		h.leave()
	}
	if took := time.Since(begin); took < 40*time.Millisecond {
		t.Errorf("three requests within %s; the delay is 20ms", took)
	}
}
