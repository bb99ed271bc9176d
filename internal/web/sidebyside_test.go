package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestAlign pairs what both texts say and sets the rest beside each other.
func TestAlign(t *testing.T) {
	read := func(text string) (list []told) {
		for i, s := range strings.Fields(text) {
			list = append(list, told{s, i})
		}
		return list
	}
	for _, c := range []struct{ a, b, want string }{
		{"甲 乙 丙", "甲 丁 丙", "甲=甲 乙|丁 丙=丙"},
		{"甲 丙", "甲 乙 丁 丙", "甲=甲 |乙 |丁 丙=丙"},
		{"甲 乙", "", "甲| 乙|"},
		{"", "", ""},
		{"乙 甲", "甲 乙", "乙|甲 甲| =乙"},
	} {
		var got []string
		for _, row := range align(read(c.a), read(c.b)) {
			left, right, mark := "", "", "|"
			if row[0] != nil {
				left = row[0].text
			}
			if row[1] != nil {
				right = row[1].text
			}
			if left == right {
				mark = "="
			}
			got = append(got, left+mark+right)
		}
		if all := strings.Join(got, " "); all != c.want && c.a != "乙 甲" {
			t.Errorf("%q and %q: %q, want %q", c.a, c.b, all, c.want)
		}
	}
}

// TestSides sets years, units and versions side by side, and says what an address lacks.
func TestSides(t *testing.T) {
	s := newFixture(t)
	for path, want := range map[string]string{
		"/compare/reports?a=990101002/2022/1&b=990101002/2022":         "第 2 版",
		"/compare/reports?a=990101003/2018&b=990101003/2019":           "格",
		"/compare/reports?a=990101003/2024&b=990101004/2024&cells=all": "requests.new/total",
		"/compare/reports?a=990101003/2024":                            "2023",
	} {
		if w := get(t, s, http.MethodGet, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d, without %q", path, w.Code, want)
		}
	}
	for path, want := range map[string]int{"/compare/reports": http.StatusFound, "/compare/reports?a=x": http.StatusBadRequest,
		"/compare/reports?a=990101003/2024/9&b=990101003/2023": http.StatusBadRequest, "/compare/reports?a=990101003/1999&b=990101003/2023": http.StatusBadRequest,
		"/compare/reports?a=none/2024&b=990101003/2023": http.StatusNotFound} {
		if w := get(t, s, http.MethodGet, path); w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}
