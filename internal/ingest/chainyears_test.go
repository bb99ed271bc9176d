package ingest_test

import (
	"testing"

	"gongkai/internal/standard"
)

// TestChainYears writes two reports on one page, of one agency or two: each is read as
// if it stood alone, or is in doubt.
func TestChainYears(t *testing.T) {
	var c tally
	d := seeded(3, 41)
	for range campaign(20) {
		first := newPaper(d, of(d, standard.Formats()...), false)
		second := newPaper(d, of(d, standard.Formats()...), false)
		if first.year == second.year && first.agency == second.agency {
			continue
		}
		both := &paper{form: first.form, pieces: append(first.pieces[:len(first.pieces):len(first.pieces)], second.pieces...)}
		all, err := chain(t.Context(), both.page())
		if err != nil || len(all) != 2 {
			c.count(t, "both", several(first, all))
			continue
		}
		c.count(t, "first", first.judge(all[:1], nil))
		c.count(t, "second", second.judge(all[1:], nil))
	}
	c.judge(t, false)
}
