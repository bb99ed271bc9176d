package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// TestOwedLook holds that no two states look or read alike, so that a missing
// report is never taken for one that nobody looked for.
func TestOwedLook(t *testing.T) {
	p := page{Lang: zh}
	seen := make(map[look]string)
	show := func(name string, o aggregate.Owed) {
		l := p.owedLook(o)
		if was, ok := seen[l]; ok {
			t.Errorf("%s looks like %s", name, was)
		}
		if l.Class == "" || l.Word == "" {
			t.Errorf("%s has no look: %+v", name, l)
		}
		seen[l] = name
	}
	for _, status := range []report.Status{report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable} {
		show(string(status), aggregate.Owed{Publication: report.Published, Status: status})
	}
	for _, publication := range []report.Publication{report.Missing, report.Unknown, report.NotWatched, report.NotDue, ""} {
		show("publication "+string(publication), aggregate.Owed{Publication: publication})
	}
	if len(seen) != 9 {
		t.Errorf("%d looks, want 9", len(seen))
	}
	late := p.lateLook(aggregate.Owed{Late: true, LateDays: 3})
	byDate := p.lateLook(aggregate.Owed{LateByDate: true, LateDays: 3})
	if late == byDate || late.Word == "" || byDate.Word == "" {
		t.Errorf("late %+v and late by date %+v must differ", late, byDate)
	}
}

// TestCell executes the partial of a cell with every state: six looks, and a
// printed 0 is one of its own.
func TestCell(t *testing.T) {
	s := newFixture(t)
	set, err := s.pages.page(zh, "report")
	if err != nil {
		t.Fatal(err)
	}
	p := page{Lang: zh}
	var outs []string
	for _, v := range []report.Value{
		{}, {State: report.Blank}, {State: report.Dash, Text: "/"}, {State: report.Words, Text: "不涉及"},
		{State: report.Printed, Amount: report.Count(35), Text: "35"}, {State: report.Printed, Text: "0"}, {State: report.Unread, Text: "O"},
	} {
		ref := cellRef{State: v.State.String(), Shown: p.printed(v), Raw: v.Text, Href: "/x", Label: "y"}
		var b bytes.Buffer
		if err := set.ExecuteTemplate(&b, "cell", ref); err != nil {
			t.Fatal(err)
		}
		out := strings.TrimSpace(b.String())
		if !strings.Contains(out, ref.Shown) && v.State != report.Unread {
			t.Errorf("%v does not show %q: %s", v.State, ref.Shown, out)
		}
		if v.State != report.Printed && strings.Contains(out, ">0<") {
			t.Errorf("%v is shown as 0", v.State)
		}
		if slices.Contains(outs, out) {
			t.Errorf("%v looks like another: %s", v.State, out)
		}
		outs = append(outs, out)
	}
}

// TestStrip holds that a strip has a tick for each agency, and that a long one
// becomes a bar of the same length.
func TestStrip(t *testing.T) {
	p := page{Lang: zh}
	b := aggregate.Basis{Due: 3, Usable: 1, Missing: 1, NeedsReview: 1, Ticks: []aggregate.Tick{aggregate.TickVerified, aggregate.TickMissing, aggregate.TickReview}}
	v := p.strip(b)
	if got := strings.Join(v.Ticks, " "); got != "ok mis rev" {
		t.Errorf("ticks %q", got)
	}
	if want := "计入 1 / 3 份，待复核 1，未发布 1"; v.Words != want {
		t.Errorf("words %q, want %q", v.Words, want)
	}
	for range 100 {
		b.Ticks = append(b.Ticks, aggregate.TickVerified)
	}
	v = p.strip(b)
	sum := 0.0
	for _, part := range v.Parts {
		sum += part.W
	}
	if len(v.Ticks) != 0 || sum < 99.99 || sum > 100.01 {
		t.Errorf("bar of %v, ticks %v", v.Parts, v.Ticks)
	}
}
