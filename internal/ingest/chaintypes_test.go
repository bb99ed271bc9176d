package ingest_test

import (
	"testing"

	"gongkai/internal/standard"
)

// A tally counts how the papers of one kind were read.
type tally struct{ papers, doubted int }

// TestChainTypes writes reports in their plain layout in every file type: the same
// cells come out of each.
func TestChainTypes(t *testing.T) {
	for n, w := range writers() {
		t.Run(w.name, func(t *testing.T) {
			var c, blanks tally
			for _, format := range standard.Formats() {
				d := seeded(uint64(n), 11)
				for range campaign(12) {
					p := newPaper(d, format, true)
					all, err := chain(t.Context(), w.write(p, t))
					c.count(t, string(format), p.judge(all, err))
					p = newPaper(d, format, false)
					all, err = chain(t.Context(), w.write(p, t))
					blanks.count(t, string(format), p.judge(all, err))
				}
			}
			c.judge(t, false)
			blanks.judge(t, w.guessed)
		})
	}
}

// count takes a verdict.
func (c *tally) count(t *testing.T, name string, v verdict) {
	t.Helper()
	c.papers++
	if len(v.silent) > 0 {
		t.Errorf("%s: %d wrong in silence: %.400q", name, len(v.silent), v.silent)
	}
	if v.doubt != "" {
		c.doubted++
		t.Logf("%s: in doubt: %.300s", name, v.doubt)
	}
}

// judge holds that at most one in a hundred is in doubt, unless doubt is allowed.
func (c *tally) judge(t *testing.T, doubtful bool) {
	t.Helper()
	t.Logf("%d of %d in doubt", c.doubted, c.papers)
	if c.doubted*100 > c.papers && !doubtful {
		t.Errorf("%d of %d in doubt; want at most one in a hundred", c.doubted, c.papers)
	}
}
