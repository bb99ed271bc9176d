package web

import (
	"net/http"
	"strings"
	"testing"
)

// englishOf is the address of a page in English.
func englishOf(path string) string { return englishRoot + path }

// TestEnglishAddresses holds that every page answers in English below /en, names
// itself in both languages, and leads out of English only where it says so.
func TestEnglishAddresses(t *testing.T) {
	s := newFixture(t)
	for _, path := range routes() {
		w := get(t, s, http.MethodGet, englishOf(path))
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", englishOf(path), w.Code)
			continue
		}
		alternates := make(map[string]string)
		for _, n := range elements(t, w.Body.String()) {
			href, _ := attr(n, "href")
			tongue, _ := attr(n, "hreflang")
			if got, _ := attr(n, "lang"); n.Data == "html" && got != "en" {
				t.Errorf("%s: lang %q", path, got)
			}
			if n.Data == "link" && tongue != "" {
				alternates[tongue] = href
			}
			if n.Data == "form" {
				href, _ = attr(n, "action")
			}
			if tongue == "" && strings.HasPrefix(href, "/") && !free(href) && !strings.HasPrefix(href, "/en/") {
				t.Errorf("%s leads to %s, which is Chinese", englishOf(path), href)
			}
		}
		if alternates["en"] != "http://example.com/en"+path || alternates["zh-CN"] != "http://example.com"+path {
			t.Errorf("%s names as its languages %v", path, alternates)
		}
	}
}

// free reports whether an address is of no language: data, static files, the bytes
// of an original.
func free(href string) bool {
	return outside(href) || strings.HasPrefix(href, "/originals/") && !strings.Contains(href, "/view")
}

// TestLanguageOfAnswers holds what else an address decides: the tag of a page, the
// language of an error, where a redirect goes, and what is of no language.
func TestLanguageOfAnswers(t *testing.T) {
	s := newFixture(t)
	tag := func(path string) string { return get(t, s, http.MethodGet, path).Header().Get("ETag") }
	if tag("/methods") == tag("/en/methods") {
		t.Error("both languages have one ETag")
	}
	if tag("/en") != tag("/en/") || get(t, s, http.MethodGet, "/en").Code != http.StatusOK {
		t.Error("/en is not /en/")
	}
	for path, says := range map[string]string{"/en/nowhere": `lang="en"`, "/nowhere": `lang="zh-CN"`, "/english": `lang="zh-CN"`} {
		if w := get(t, s, http.MethodGet, path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s answers %d and does not say %s", path, w.Code, says)
		}
	}
	if got := get(t, s, http.MethodGet, "/en/status").Header().Get("Location"); !strings.HasPrefix(got, "/en/status/") {
		t.Errorf("/en/status leads to %q", got)
	}
	if w := get(t, s, http.MethodGet, "/en/api/v1/regions"); w.Code != http.StatusNotFound {
		t.Errorf("data below a language answer %d", w.Code)
	}
}
