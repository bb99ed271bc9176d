package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestBoardDecided decides on what fails in a report as the office does: the board and the
// call list say what was made of it, a report whose failures are all dismissed is nothing to
// ring up about, and an answer of the unit stands with the failure.
func TestBoardDecided(t *testing.T) {
	c := newCrowd(t, Access{})
	b, row := c.failing()
	at := fmt.Sprintf("/%s/%d", row.Agency.ID, b.Year)
	board, calls := fmt.Sprintf("/status/990101/%d", b.Year), fmt.Sprintf("/admin/calls/990101/%d", b.Year)
	called := func() bool {
		return strings.Contains(c.get(calls, "u-local").Body.String(), `id="u-`+string(row.Agency.ID)+`"`)
	}
	if !called() {
		t.Fatalf("%s fails and is not on the call list", row.Agency.Name)
	}
	todo := func() bool { return strings.Contains(c.get(board, "").Body.String(), "请核对表格") }
	others := 0
	for _, r := range b.Rows {
		if r.Status == report.Inconsistent {
			others++
		}
	}
	decide := func(verdict store.Judgement, reason, answer string) {
		t.Helper()
		for _, f := range row.Findings {
			if f.Severity != report.Error {
				continue
			}
			form := url.Values{"finding": {f.Key(row.Agency.ID, b.Year)}, "verdict": {string(verdict)}, "reason": {reason}, "answer": {answer}}
			if w := c.post("/admin/findings"+at, "u-local", form); w.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", verdict, w.Code, w.Body)
			}
		}
	}
	for _, step := range []struct {
		verdict              store.Judgement
		reason, answer, word string
		english              string
		called               bool
	}{
		{store.FindingDismissed, "当年表式不同，已经核对", "", "不采纳", "dismissed", false},
		{store.FindingConfirmed, "与原件一致，确有不符", "", "复核属实", "confirmed", true},
		{store.FindingAnswered, "", "填报有误，将更正重发", "单位已答复", "answered", true},
	} {
		decide(step.verdict, step.reason, step.answer)
		said := step.reason + step.answer
		for _, page := range []string{board, calls + "?show=all"} {
			body := c.get(page, "u-local").Body.String()
			if !strings.Contains(body, `<span class="judged">`+step.word) || !strings.Contains(body, said) {
				t.Errorf("%s does not say that it was %s and %q", page, step.word, said)
			}
			if body := strings.ToLower(c.get("/en"+page, "u-local").Body.String()); !strings.Contains(body, `<span class="judged">`+step.english) {
				t.Errorf("/en%s does not say that it was %s", page, step.english)
			}
		}
		if got := called(); got != step.called {
			t.Errorf("%s: on the call list %v; want %v", step.verdict, got, step.called)
		}
		if got, want := todo(), step.called || others > 1; got != want {
			t.Errorf("%s: the board asks for tables to be checked: %v; want %v", step.verdict, got, want)
		}
	}
}

// failing is the board of a year with a report that fails as printed and has nothing else
// to ring up about.
func (c *crowd) failing() (aggregate.Board, aggregate.BoardRow) {
	c.t.Helper()
	for year := 2024; year > 2015; year-- {
		b, err := c.Figures.Board(c.t.Context(), "990101", year, 0)
		if err != nil || b.Year != year {
			continue
		}
		for _, row := range b.Rows {
			if row.Status == report.Inconsistent && !row.Late && !row.LateByDate && row.Version != 0 {
				return b, row
			}
		}
	}
	c.t.Fatal("the fixture has no report that fails as printed")
	return aggregate.Board{}, aggregate.BoardRow{}
}
