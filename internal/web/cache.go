package web

import (
	"container/list"
	"sync"
)

// A cache keeps what was made, up to a number of bytes; the one longest unasked goes
// first. Its keys hold the data version, so nothing in it grows old.
type cache[T any] struct {
	size  func(T) int
	mu    sync.Mutex
	most  int
	held  int
	order *list.List
	byKey map[string]*list.Element
	state int64 // of the data, of what is kept where begin is called
}

type entry[T any] struct {
	key   string
	value T
}

// newCache returns a cache of at most so many bytes.
func newCache[T any](most int, size func(T) int) *cache[T] {
	return &cache[T]{size: size, most: most, order: list.New(), byKey: make(map[string]*list.Element)}
}

// begin forgets what was kept of an earlier state of the data: nobody asks for it again,
// and until the bound is reached it would only take room.
func (c *cache[T]) begin(state int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state <= c.state {
		return
	}
	c.state, c.held = state, 0
	c.order.Init()
	clear(c.byKey)
}

// get returns what is kept under a key; false where there is nothing.
func (c *cache[T]) get(key string) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byKey[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(at)
	return at.Value.(entry[T]).value, true
}

// put keeps something. What is larger than the whole bound is not kept.
func (c *cache[T]) put(key string, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok || c.size(value) > c.most {
		return
	}
	c.byKey[key] = c.order.PushFront(entry[T]{key, value})
	c.held += c.size(value)
	for c.held > c.most {
		old := c.order.Remove(c.order.Back()).(entry[T])
		c.held -= c.size(old.value)
		delete(c.byKey, old.key)
	}
}
