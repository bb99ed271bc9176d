package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/store"
)

// TestBar holds that a refresh tells all that it counts, in plain lines where there is
// no terminal, and how long it will still take once it has dealt with something.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := newBar(&out)
	b.began = time.Now().Add(-10 * time.Second)
	b.show(ingest.Progress{Portal: "a", Stage: ingest.Looking})
	counts := store.PortalRun{Lists: 3, Candidates: 20, Fetched: 7, Unchanged: 2, New: 4, Revised: 1, Failed: 2, Blocked: 1}
	b.show(ingest.Progress{Portal: "a", Stage: ingest.Fetching, Pages: 10, Of: 20, Counts: counts})
	b.show(ingest.Progress{Portal: "a", Stage: ingest.Fetching, Pages: 11, Of: 20, Counts: counts}) // too soon for another line
	b.show(ingest.Progress{Portal: "a", Stage: ingest.Done, Pages: 20, Of: 20, Counts: counts})
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 3 || strings.ContainsAny(out.String(), "\r\x1b") {
		t.Fatalf("%d lines %q; want three, for each stage one, and nothing that is for a terminal", len(lines), lines)
	}
	if !strings.HasSuffix(lines[0], "正在读列表 1") {
		t.Errorf("while the lists are read: %q", lines[0])
	}
	want := "门户 1，列表 3，候选 20，报告页 10/20，取得 7，未变 2，新增 4，修订 1，未取得 3，剩余约 "
	if !strings.Contains(lines[1], want) || !strings.HasPrefix(lines[1], "[████████████░") {
		t.Errorf("half way: %q; want …%q", lines[1], want)
	}
	b.portals["a"] = ingest.Progress{Portal: "a", Stage: ingest.Fetching, Pages: 10, Of: 20, Counts: counts}
	if line := b.line(b.began.Add(30 * time.Second)); !strings.HasSuffix(line, "剩余约 30s") {
		t.Errorf("half way after 30 s: %q", line)
	}
}
