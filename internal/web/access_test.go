package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"gongkai/internal/people"
	"gongkai/internal/store"
)

// TestRoles walks every route of people with every role: each lets in those whom the
// table names and nobody else, and no write passes without the browser's word or the
// token of the session.
func TestRoles(t *testing.T) {
	base := newFixture(t)
	deps := base.Deps
	deps.People = people.New(deps.Store, people.Options{})
	s, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	cookies := map[store.Role]string{"": ""}
	for _, role := range []store.Role{store.Administrator, store.Reviewer, store.Viewer} {
		by := people.Actor{Account: store.Account{Name: "test"}}
		if _, err := s.People.Add(t.Context(), by, people.NewAccount{Name: "u-" + string(role), Role: role, Password: "五个 不相干 的词 连起来"}); err != nil {
			t.Fatal(err)
		}
		w := send(s, http.MethodPost, "/login", "name=u-"+string(role)+"&password=五个 不相干 的词 连起来", "gongkai=planted", true)
		for _, c := range w.Result().Cookies() {
			if c.Name == "gongkai" {
				cookies[role] = "gongkai=" + c.Value
			}
		}
		if w.Code != http.StatusSeeOther || cookies[role] == "" || cookies[role] == "gongkai=planted" {
			t.Fatalf("sign in as %s: %d, cookie %q", role, w.Code, cookies[role])
		}
	}
	variable := regexp.MustCompile(`:[a-z]+`)
	for _, g := range s.workplaces() {
		path := variable.ReplaceAllString(g.path, "1")
		for role, cookie := range cookies {
			if g.method == http.MethodPost {
				if w := send(s, g.method, path, "x=1", cookie, false); w.Code != http.StatusForbidden {
					t.Errorf("POST %s as %q from elsewhere: %d", path, role, w.Code)
				}
				if w := send(s, g.method, path, "x=1", cookie, true); role != "" && w.Code != http.StatusForbidden {
					t.Errorf("POST %s as %q without a token: %d", path, role, w.Code)
				}
				continue
			}
			w := send(s, g.method, path, "", cookie, true)
			toLogin := strings.Contains(w.Header().Get("Location"), "/login")
			switch {
			case g.role == "":
			case role == "" && !toLogin:
				t.Errorf("%s for nobody: %d; want the way to sign in", path, w.Code)
			case role != "" && !role.May(g.role) && w.Code != http.StatusForbidden:
				t.Errorf("%s as %s: %d; want 403", path, role, w.Code)
			case role != "" && role.May(g.role) && (w.Code == http.StatusForbidden || toLogin):
				t.Errorf("%s as %s: %d; want it let in", path, role, w.Code)
			}
		}
	}
}

// send asks as a browser does that says, or does not, that a page of ours sent it.
func send(s http.Handler, method, path, form, cookie string, ours bool) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if ours {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	if strings.HasSuffix(path, "/events") { // they go on for as long as somebody listens
		ctx, hangUp := context.WithTimeout(r.Context(), 100*time.Millisecond)
		defer hangUp()
		r = r.WithContext(ctx)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestLocalPath holds that the way back after signing in never leads elsewhere.
func TestLocalPath(t *testing.T) {
	for path, want := range map[string]string{"/admin": "/admin", "//evil.test": "x", "https://evil.test": "x", "/\\evil.test": "x", "": "x", "admin": "x"} {
		if got := localPath(path, "x"); got != want {
			t.Errorf("%q leads to %q; want %q", path, got, want)
		}
	}
}
