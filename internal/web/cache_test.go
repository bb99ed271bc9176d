package web

import "testing"

func TestCache(t *testing.T) {
	c := newCache(10, func(b []byte) int { return len(b) })
	c.put("a", make([]byte, 6))
	c.put("b", make([]byte, 4))
	c.get("a")
	c.put("c", make([]byte, 4))
	if _, ok := c.get("b"); ok {
		t.Error("b was longest unasked, and is still there")
	}
	if _, ok := c.get("a"); !ok {
		t.Error("a was asked for lately, and is gone")
	}
	if c.put("d", make([]byte, 11)); c.held > 10 {
		t.Errorf("%d bytes held of 10", c.held)
	}
}

// TestCacheBegin: what was kept of an earlier state is forgotten, and a reader who was
// slower than the data forgets nothing.
func TestCacheBegin(t *testing.T) {
	c := newCache(10, func(s string) int { return len(s) })
	c.begin(1)
	c.put("a", "one")
	c.begin(1)
	if _, ok := c.get("a"); !ok {
		t.Error("the same state forgets")
	}
	c.begin(2)
	if _, ok := c.get("a"); ok || c.held != 0 {
		t.Errorf("kept %v, %d bytes held; want nothing of an earlier state", ok, c.held)
	}
	c.put("b", "two")
	c.begin(1)
	if _, ok := c.get("b"); !ok {
		t.Error("an earlier state forgets a later one")
	}
}
