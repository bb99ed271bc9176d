package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/store"
)

// TestShrunk holds that a look which finds much less than the last good one proves no
// absence, unless what is missing was asked for and is gone.
func TestShrunk(t *testing.T) {
	s := newSite(t)
	var lines []string
	for year := 2015; year <= 2024; year++ {
		path := fmt.Sprintf("/a%d.html", year)
		lines = append(lines, fmt.Sprintf("云杉街道 %d %s", year, path))
		s.put(path, answer{body: page("云杉街道", year, 5)})
	}
	s.list(lines...)
	s.refresh(t, ingest.Options{})
	if good := s.sight(t, spruce).Good; len(good) != 1 {
		t.Fatalf("%d good looks; want the first", len(good))
	}
	s.list(lines[:5]...)
	s.refresh(t, ingest.Options{})
	row := s.sight(t, spruce)
	if len(row.Good) != 1 || !strings.Contains(row.Reason, "只有 5 份报告，上次正常查看时有 10 份") {
		t.Errorf("half of the list: %d good looks, reason %q; want nothing concluded", len(row.Good), row.Reason)
	}
	s.list(lines[:8]...)
	s.refresh(t, ingest.Options{})
	if row = s.sight(t, spruce); len(row.Good) != 2 || row.Reason != "" {
		t.Errorf("four fifths of the list: %d good looks, reason %q; want a good one", len(row.Good), row.Reason)
	}
	for _, line := range lines[3:] {
		s.put(line[strings.LastIndexByte(line, ' ')+1:], answer{status: 404})
	}
	s.list(lines[:3]...)
	s.refresh(t, ingest.Options{})
	if row = s.sight(t, spruce); len(row.Good) != 3 {
		t.Errorf("reports that are gone: %d good looks, reason %q; want a good one", len(row.Good), row.Reason)
	}
}

// TestShrunkSettled holds that a list which was rebuilt with less is believed again: when
// three looks have found the same and all of it could be had, or at once where the
// portal file expects that much.
func TestShrunkSettled(t *testing.T) {
	s := newSite(t)
	var lines []string
	for year := 2015; year <= 2024; year++ {
		path := fmt.Sprintf("/a%d.html", year)
		lines = append(lines, fmt.Sprintf("云杉街道 %d %s", year, path))
		s.put(path, answer{body: page("云杉街道", year, 5)})
	}
	s.list(lines...)
	s.refresh(t, ingest.Options{})
	for i, c := range []struct {
		found  int  // reports that the list links
		broken bool // and one that cannot be had
		expect int
		good   bool
	}{
		{5, false, 0, false}, {5, false, 0, false}, {5, true, 0, false}, {4, false, 0, false}, {4, false, 0, false}, {4, false, 0, true},
		{2, false, 3, false}, {2, false, 1, false}, {2, false, 2, true},
	} {
		s.list(lines[:c.found]...)
		status := 0
		if c.broken {
			status = 418
		}
		s.put("/a2016.html", answer{body: page("云杉街道", 2016, 5), status: status})
		s.Portals[0].Expect = c.expect
		before := len(s.sight(t, spruce).Good)
		s.refresh(t, ingest.Options{Full: true})
		row := s.sight(t, spruce)
		if good := len(row.Good) > before; good != c.good {
			t.Errorf("look %d, %+v: good %v, reason %q", i, c, good, row.Reason)
		}
	}
}

// TestUnreachable holds that a host that cannot be reached, or must not be, is told to be
// so and not to have changed.
func TestUnreachable(t *testing.T) {
	for address, want := range map[string]string{"http://10.255.0.1/gknb/": "内网", "http://none.invalid/gknb/": "无法连接"} {
		s := newSite(t)
		s.Portals[0].Entries = []crawl.Entry{{URL: address}}
		summary, err := s.Refresh(t.Context(), ingest.Options{})
		if err == nil {
			t.Errorf("%s: no error; want that nothing could be done", address)
		}
		p := summary.Portals[0]
		if p.State != store.PortalUnreachable || !strings.Contains(p.Message, want) {
			t.Errorf("%s: %s, %q; want unreachable with %s", address, p.State, p.Message, want)
		}
	}
}
