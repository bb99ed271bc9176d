package draw

import (
	"container/list"
	"sync"
)

// A Cache keeps finished pictures up to a number of bytes; the one longest unasked
// goes first. Its keys hold the data version, so nothing in it grows old.
type Cache struct {
	mu    sync.Mutex
	most  int
	held  int
	order *list.List
	byKey map[string]*list.Element
}

type kept struct {
	key  string
	body []byte
}

// NewCache returns a Cache of at most so many bytes.
func NewCache(most int) *Cache {
	return &Cache{most: most, order: list.New(), byKey: make(map[string]*list.Element)}
}

// Get returns the picture of a key; false where there is none.
func (c *Cache) Get(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(at)
	return at.Value.(kept).body, true
}

// Put keeps a picture. One larger than the whole bound is not kept.
func (c *Cache) Put(key string, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok || len(body) > c.most {
		return
	}
	c.byKey[key] = c.order.PushFront(kept{key, body})
	c.held += len(body)
	for c.held > c.most {
		last := c.order.Back()
		old := c.order.Remove(last).(kept)
		c.held -= len(old.body)
		delete(c.byKey, old.key)
	}
}
