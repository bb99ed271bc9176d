package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"gongkai/internal/ingest"
	"gongkai/internal/store"
)

// TestSummary holds that a refresh is told in words and in the same order each time.
func TestSummary(t *testing.T) {
	s := &settings{DB: t.TempDir() + "/g.db", Archive: t.TempDir() + "/a"}
	a, err := openApp(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	run, err := a.db.StartRun(t.Context(), "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	summary := ingest.Summary{Run: run, State: store.RunPartial, Portals: []store.PortalRun{{
		Name: "示例市示例区人民政府", State: store.PortalBlocked, Rejected: map[string]int{"b": 1, "register.unknown": 1, "a": 40}}}}
	var b bytes.Buffer
	if err := a.printSummary(t.Context(), &b, summary); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"示例市示例区人民政府（有页面受阻）：", "  排除 40：a\n  排除 1：b\n  排除 1：名录中没有这个机关，或没有读出年度", "：完成，有未取得的页面，用时 0.0 秒\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
