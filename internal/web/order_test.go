package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestOrder: numbers stand by size and words by pinyin; what has no number stays last
// whichever way.
func TestOrder(t *testing.T) {
	days := [][]string{{"b", "2026-02-01 08:00"}, {"e", ""}, {"a", "2026-01-31"}, {"c", "2026-02-01 09:30"}}
	for text, want := range map[string]string{"2": "abce", "-2": "cbae"} {
		got := ""
		for _, row := range order(days, tableOrder{column: 2, down: text == "-2"}, column) {
			got += row[0]
		}
		if got != want {
			t.Errorf("days by %q give %s, want %s", text, got, want)
		}
	}
	rows := [][]string{{"b", "1,200"}, {"a", "没有数"}, {"c", "≥ 30"}, {"d", "−5"}, {"e", "7.5%"}}
	for text, want := range map[string]string{"": "bacde", "2": "decba", "-2": "bceda", "1": "abcde", "-1": "edcba"} {
		var o tableOrder
		if text != "" {
			o.down = text[0] == '-'
			o.column = int(text[len(text)-1] - '0')
		}
		got := ""
		for _, row := range order(rows, o, column) {
			got += row[0]
		}
		if got != want {
			t.Errorf("order %q gives %s, want %s", text, got, want)
		}
	}
}

// TestOrderedPages: tables of many rows are ordered by a link in each head, without a
// script; the link keeps what the address asks for, and a sum stays last.
func TestOrderedPages(t *testing.T) {
	s := newFixture(t)
	for _, path := range []string{"/charts/regions/990101/grounds?year=2024", "/charts/indicators/open_rate/ranking?region=990101&year=2024", "/compare?units=990101001,990101002,990101003&years=2019-2024",
		"/compare/reports?a=990101003/2024&b=990101003/2023&cells=all", "/", "/regions/990101?year=2024"} {
		body := get(t, s, http.MethodGet, path).Body.String()
		asked := ""
		for _, n := range elements(t, body) {
			class, _ := attr(n, "class")
			if href, _ := attr(n, "href"); class == "sorter" && asked == "" {
				asked = href
			}
		}
		if _, query, found := strings.Cut(path, "?"); asked == "" || found && !strings.Contains(asked, strings.Split(strings.Split(query, "&")[0], ",")[0][:6]) {
			t.Errorf("%s: its heads lead to %q", path, asked)
			continue
		}
		w := get(t, s, http.MethodGet, strings.Split(asked, "#")[0])
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `aria-sort="`) {
			t.Errorf("%s answers %d and is in no order", asked, w.Code)
		}
	}
	rows := tableOf(parsed(t, get(t, s, http.MethodGet, "/charts/regions/990101/grounds?year=2024&order=-2").Body.String()))
	names := []string{}
	for _, row := range rows[1:] {
		names = append(names, row[0])
	}
	if at := slices.Index(names, "合计"); at != len(names)-1 {
		t.Errorf("the sum stands at %d of %v", at, names)
	}
	for _, wrong := range []string{"x", "0", "100"} {
		if w := get(t, s, http.MethodGet, "/compare?order="+wrong); w.Code != http.StatusBadRequest {
			t.Errorf("order=%s answers %d", wrong, w.Code)
		}
	}
}

// TestOrderedDesk: tables of administration stand in the order that their address asks
// for, and refuse one that is none.
func TestOrderedDesk(t *testing.T) {
	c := newCrowd(t, Access{})
	for _, path := range []string{"/admin/audit", "/admin/review", "/admin/calls/990101/2024"} {
		for query, want := range map[string]string{"?order=1": `aria-sort="ascending"`, "?order=-1": `aria-sort="descending"`} {
			if w := c.get(path+query, "u-administrator"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s%s: status %d, without %s", path, query, w.Code, want)
			}
		}
		if w := c.get(path+"?order=x", "u-administrator"); w.Code != http.StatusBadRequest {
			t.Errorf("%s?order=x: status %d, want 400", path, w.Code)
		}
	}
	up, down := c.get("/admin/audit?order=1", "u-administrator").Body.String(), c.get("/admin/audit?order=-1", "u-administrator").Body.String()
	if up[strings.Index(up, "<tbody>"):] == down[strings.Index(down, "<tbody>"):] {
		t.Error("the log stands alike both ways")
	}
}
