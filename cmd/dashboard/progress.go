package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"gongkai/internal/ingest"
)

// A bar shows how far a refresh has come: one line that is redrawn in a terminal,
// plain lines elsewhere.
type bar struct {
	out      io.Writer
	terminal bool

	mu      sync.Mutex
	began   time.Time
	drawn   time.Time
	portals map[string]ingest.Progress
}

func newBar(out io.Writer) *bar {
	return &bar{out: out, terminal: isTerminal(out), began: time.Now(), portals: make(map[string]ingest.Progress)}
}

// show takes one event. In a terminal the line is redrawn ten times a second at
// most; elsewhere a line is written when a portal changes its stage and every ten
// seconds.
func (b *bar) show(p ingest.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, known := b.portals[p.Portal]
	b.portals[p.Portal] = p
	now := time.Now()
	pace := 10 * time.Second
	if b.terminal {
		pace = 100 * time.Millisecond
	}
	changed := !known || before.Stage != p.Stage
	if !changed && now.Sub(b.drawn) < pace {
		return
	}
	b.drawn = now
	if b.terminal {
		fmt.Fprintf(b.out, "\r\x1b[K%s", b.line(now))
	} else {
		fmt.Fprintln(b.out, b.line(now))
	}
}

// line says how far all portals together have come.
func (b *bar) line(now time.Time) string {
	var pages, of, lists, candidates, fetched, found, revised, unchanged, failed, looking int
	for _, p := range b.portals {
		pages, of = pages+p.Pages, of+p.Of
		lists, candidates, fetched = lists+p.Counts.Lists, candidates+p.Counts.Candidates, fetched+p.Counts.Fetched
		found, revised = found+p.Counts.New, revised+p.Counts.Revised
		unchanged, failed = unchanged+p.Counts.Unchanged, failed+p.Counts.Failed+p.Counts.Blocked
		if p.Stage == ingest.Looking {
			looking++
		}
	}
	s := fmt.Sprintf("门户 %d，列表 %d，候选 %d，报告页 %d/%d，取得 %d，未变 %d，新增 %d，修订 %d，未取得 %d",
		len(b.portals), lists, candidates, pages, of, fetched, unchanged, found, revised, failed)
	if looking > 0 {
		return s + fmt.Sprintf("，正在读列表 %d", looking)
	}
	if pages == 0 || of == 0 {
		return s
	}
	const width = 24
	full := min(width, width*pages/of)
	left := time.Duration(float64(now.Sub(b.began)) / float64(pages) * float64(of-pages)).Round(time.Second)
	return "[" + strings.Repeat("█", full) + strings.Repeat("░", width-full) + "] " + s + fmt.Sprintf("，剩余约 %s", left)
}

// end leaves the last line standing.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.terminal && len(b.portals) > 0 {
		fmt.Fprintf(b.out, "\r\x1b[K%s\n", b.line(time.Now()))
	}
}
