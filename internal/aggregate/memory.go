package aggregate

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/singleflight"

	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A memory keeps answers that take seconds and change only when the data do. What it
// keeps is named by the data version and by the day that deadlines are judged by, so
// that it cannot show yesterday's figures as today's. It forgets the oldest first.
type memory struct {
	flight singleflight.Group // of several who ask the same at once, one computes
	mu     sync.Mutex
	kept   map[string]any
	order  []string // of kept, the oldest first
}

// remembered is how many answers are kept: those of a province take some megabytes.
const remembered = 64

func newMemory() *memory { return &memory{kept: make(map[string]any)} }

func (m *memory) get(key string) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.kept[key]
	return v, ok
}

func (m *memory) put(key string, v any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.kept[key]; !known {
		m.order = append(m.order, key)
	}
	m.kept[key] = v
	if len(m.order) > remembered {
		delete(m.kept, m.order[0])
		m.order = m.order[1:]
	}
}

// recall returns the answer to a question about a region and year as it was given
// before, or asks and keeps it. While a run works its facts are not settled, and
// nothing is kept that was asked after it began.
func recall[T any](ctx context.Context, s *Service, what string, region standard.RegionCode, year int, asOf store.RunID, ask func() (T, error)) (T, error) {
	settled, at, err := s.db.Settled(ctx)
	if err != nil {
		var none T
		return none, err
	}
	if !settled {
		return ask()
	}
	key := fmt.Sprint(what, " ", region, " ", year, " ", asOf, " ", at, " ", date(s.today()))
	if v, ok := s.memory.get(key); ok {
		return v.(T), nil
	}
	v, err, _ := s.memory.flight.Do(key, func() (any, error) {
		answer, err := ask()
		if err != nil {
			return nil, err
		}
		// A run that began meanwhile may have been seen in part.
		if still, now, err := s.db.Settled(ctx); err == nil && still && now == at {
			s.memory.put(key, answer)
		}
		return answer, nil
	})
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return ask() // the other one who asked has gone
	}
	if err != nil {
		var none T
		return none, err
	}
	return v.(T), nil
}
