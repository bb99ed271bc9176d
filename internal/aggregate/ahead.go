package aggregate

import (
	"sync"

	"gongkai/internal/store"
)

// A readAhead reads the reports of single years while other things are read: on two
// cores a page of a province is there sooner. The nil readAhead has nothing.
type readAhead struct {
	all  sync.WaitGroup
	year map[int]*aheadYear
}

type aheadYear struct {
	done chan struct{}
	got  []store.VersionValues
	err  error
}

// newReadAhead begins to read some years; whoever calls it waits for them by wait.
func newReadAhead(read func(year int) ([]store.VersionValues, error), years ...int) *readAhead {
	r := &readAhead{year: make(map[int]*aheadYear)}
	for _, year := range years {
		y := &aheadYear{done: make(chan struct{})}
		r.year[year] = y
		r.all.Go(func() {
			defer close(y.done)
			y.got, y.err = read(year)
		})
	}
	return r
}

// wait returns when nothing is read any more.
func (r *readAhead) wait() { r.all.Wait() }

// figures returns what was read of a year, once; what was not begun is read now.
func (r *readAhead) figures(year int, read func() ([]store.VersionValues, error)) ([]store.VersionValues, error) {
	if r == nil || r.year[year] == nil {
		return read()
	}
	y := r.year[year]
	delete(r.year, year)
	<-y.done
	return y.got, y.err
}
