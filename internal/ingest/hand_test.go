package ingest_test

import (
	"errors"
	"strings"
	"testing"

	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
)

// TestHandIn hands in a report of the demonstration twice: it is kept once, with who handed
// it in, and nothing is concluded from it.
func TestHandIn(t *testing.T) {
	b := newBench(t, demo.Options{Seed: 1})
	outside := newBench(t, demo.Options{Seed: 1})
	outside.refresh(t, ingest.Options{})
	truth := outside.portal.Truth()
	var want demo.Truth
	for _, w := range truth {
		if w.Case != demo.Missing && w.Case != demo.Blocked {
			want = w
			break
		}
	}
	source, err := outside.Store.Report(t.Context(), want.Agency, want.Year, 0)
	must(t, err)
	body, _, err := outside.Archive.Get(t.Context(), source.Current.Original)
	must(t, err)
	h := ingest.HandIn{By: "示例员", Documents: []ingest.Handed{{Name: "报告.html", Body: body}}}
	for _, c := range []struct{ new, unchanged int }{{1, 0}, {0, 1}} {
		s, err := b.HandIn(t.Context(), h, nil)
		must(t, err)
		if total := s.Total(); total.New != c.new || total.Unchanged != c.unchanged {
			t.Errorf("handed in: %+v; want %d new and %d unchanged", total, c.new, c.unchanged)
		}
	}
	got, err := b.Store.Report(t.Context(), want.Agency, want.Year, 0)
	must(t, err)
	if got.Current.Source.HandedIn != "示例员" || got.Current.Status != source.Current.Status || got.Current.URL == "" {
		t.Errorf("kept by %q as %s at %q; want as the portal's %s", got.Current.Source.HandedIn, got.Current.Status, got.Current.URL, source.Current.Status)
	}
	if _, err := b.HandIn(t.Context(), ingest.HandIn{By: "示例员", Agency: "nobody", Documents: h.Documents}, nil); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("for nobody: %v", err)
	}
	if _, err := b.HandIn(t.Context(), ingest.HandIn{Documents: h.Documents}, nil); err == nil || !strings.Contains(err.Error(), "say who does") {
		t.Errorf("by nobody: %v", err)
	}
	if _, err := b.HandIn(t.Context(), ingest.HandIn{By: "示例员", Portal: "none", Documents: h.Documents}, nil); err == nil {
		t.Error("a portal that is not there was taken")
	}
	// What no portal has says nothing of absence.
	looks, err := b.Store.Looks(t.Context(), "")
	must(t, err)
	if len(looks) != 0 {
		t.Errorf("%d looks; want none", len(looks))
	}
}
