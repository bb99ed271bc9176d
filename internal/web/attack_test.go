package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// evil is a text that would run where anything forgot to escape it, in text, in an
// attribute, in an address and in a script.
const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'javascript:alert(3)</title></textarea>`

// plantEvil puts the text everywhere where a report or a stranger can write.
func plantEvil(t *testing.T, c *crowd) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := c.Store.Agency(ctx, "990101004")
	must(err)
	a.Name, a.Short = evil+a.Name, evil+a.Short
	must(c.Store.PutAgencies(ctx, []report.Agency{a}))
	must(c.Store.SetRegionName(ctx, fixtureRegion, evil))
	must(c.Store.PutContacts(ctx, []store.Contact{{Agency: a.ID, Person: evil, Telephone: evil}}))
	run, err := c.Store.StartRun(ctx, "refresh", 0, false)
	must(err)
	must(c.Store.PutSubscriber(ctx, store.Subscriber{Name: evil, Channel: "mail", To: []string{evil}, Quiet: "line", AddedBy: evil}, store.Entry{Subject: evil, Detail: evil}))
	must(c.Store.LogNotice(ctx, store.Notice{Subscriber: evil, Channel: evil, At: c.Now(), Subject: evil, State: "failed", LastError: evil}))
	c.portals[0].Name, c.portals[0].Text = evil, []byte("id: demo # "+evil+"\n</textarea>"+evil)
	must(c.Store.PutPortalRun(ctx, run, store.PortalRun{Portal: "demo", Name: evil, State: store.PortalBroken, Message: evil, Layout: map[string]string{evil: evil}}))
	must(c.Store.AddFailure(ctx, run, store.Failure{Portal: "demo", URL: "http://" + evil, At: c.Now(), Reason: evil}))
	must(c.Store.AddRequests(ctx, run, []store.Request{{Portal: "demo", URL: "http://a.test/" + evil, At: c.Now(), Error: evil}}))
	must(c.Store.AddLook(ctx, store.Look{Run: run, Portal: evil, Agency: a.ID, At: c.Now(), Reason: evil}))
	r, err := c.Store.Report(ctx, a.ID, 2023, 0)
	must(err)
	v := r.Current
	read := v.Reading
	read.Title, read.Agency, read.Route = evil, evil, evil
	for i := range read.Sections {
		read.Sections[i].Heading = evil
		for j := range read.Sections[i].Paragraphs {
			read.Sections[i].Paragraphs[j].Text = evil
		}
	}
	cell, _ := standard.FormOf(read.Format).Cell("requests.new/natural")
	read.Values[cell.Index] = report.Value{State: report.Words, Text: evil, Place: read.Values[cell.Index].Place}
	doubted, _ := standard.FormOf(read.Format).Cell("requests.new/legal")
	read.Values[doubted.Index] = report.Value{State: report.Unread, Text: evil, Place: read.Values[doubted.Index].Place}
	read.Doubts = []report.Doubt{{Rule: "read.disagreement", Cell: doubted.Code, Text: evil, Proposals: []report.Value{{State: report.Words, Text: evil}, {State: report.Words, Text: evil + "2"}}}}
	_, _, err = c.Store.AddVersion(ctx, run, store.NewVersion{Agency: a.ID, Year: 2023, Reading: read, Status: report.NeedsReview, Problems: []string{evil},
		Findings: []report.Finding{{Rule: "text.requests_received", Severity: report.Warning, Text: evil, TextEN: evil, Formula: evil, Left: evil, Right: evil}},
		Original: v.Original, URL: "http://portal.example/" + evil, Reader: evil, FoundAt: c.Now()})
	must(err)
	must(c.Store.FinishRun(ctx, run, store.RunPartial, evil))
	if w := c.post("/report-error", "", url.Values{"page": {"/" + evil}, "agency": {string(a.ID)}, "year": {"2023"}, "text": {evil}, "contact": {evil}}); w.Code != http.StatusOK {
		t.Fatalf("report an error: %d", w.Code)
	}
	for path, form := range map[string]url.Values{
		"/admin/calls/990101/2023": {"agency": {string(a.ID)}, "text": {evil}},
		"/admin/errors/1":          {"state": {"none"}, "answer": {evil}},
	} {
		if w := c.post(path, "u-administrator", form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d", path, w.Code)
		}
	}
}

// TestNothingRuns holds that no text that a report or a stranger can write becomes
// markup on any page in either language, nor in a feed.
func TestNothingRuns(t *testing.T) {
	c := newCrowd(t, Access{})
	plantEvil(t, c)
	var paths []string
	for _, r := range c.echo.Routes() {
		if r.Method == http.MethodGet && admitted[r.Path].who != "" && !strings.HasPrefix(r.Path, "/static/") {
			path := strings.ReplaceAll(at(r.Path, "990101"), "990101001", "990101004")
			paths = append(paths, path, "/en"+path)
		}
	}
	paths = append(paths, "/search?q="+url.QueryEscape(evil), "/leads?region=990101", "/status/990101/2023?show=all", "/admin/calls/990101/2023?show=all",
		"/admin/errors?state=all", "/admin/review/next", "/compare?units=990101004,990101001", "/changes?region="+url.QueryEscape(evil),
		"/report-error?page=/&agency=990101004", "/login?next="+url.QueryEscape(evil), "/agencies/"+url.PathEscape(evil), "/feeds/all.atom", "/changes.atom")
	shown := 0
	for _, path := range paths {
		w := c.get(path, "u-administrator")
		if to := w.Header().Get("Location"); to != "" && strings.Contains(path, "review/next") {
			w = c.get(to, "u-administrator")
		}
		body := w.Body.String()
		shown += strings.Count(body, "&lt;script&gt;")
		kind := w.Header().Get("Content-Type")
		if strings.HasPrefix(kind, "text/html") {
			if found := running(body); found != "" {
				t.Errorf("%s: %s", path, found)
			}
		} else if (strings.Contains(kind, "xml") || strings.Contains(kind, "svg")) && strings.Contains(body, "<script") {
			t.Errorf("%s: the text is markup in %s", path, kind)
		}
	}
	if shown < 50 {
		t.Errorf("the text was shown %d times; the test looks at the wrong pages", shown)
	}
}

// running returns what of a page would run that is not ours.
func running(page string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			for _, attr := range tag.Attr {
				switch {
				case strings.HasPrefix(attr.Key, "on"):
					return fmt.Sprintf("<%s %s=%q>", tag.Data, attr.Key, attr.Val)
				case strings.HasPrefix(strings.ToLower(strings.TrimSpace(attr.Val)), "javascript:"):
					return fmt.Sprintf("<%s %s=%q>", tag.Data, attr.Key, attr.Val)
				case tag.Data == "script" && attr.Key == "src" && !strings.HasPrefix(attr.Val, "/static/"):
					return "a script from " + attr.Val
				}
			}
			if tag.Data == "script" {
				if len(tag.Attr) == 0 {
					return "a script without a source"
				}
			}
		}
	}
}

// TestSessionIsNew holds that a session which a stranger planted, or that was another's,
// is not the one that signing in begins, and that signing out ends it.
func TestSessionIsNew(t *testing.T) {
	c := newCrowd(t, Access{})
	planted := c.cookies["u-viewer"] // a valid session, of the stranger
	c.signIn("u-administrator", planted)
	if c.cookies["u-administrator"] == planted {
		t.Fatal("signing in kept the session that was planted")
	}
	w := send(c.Server, http.MethodGet, "/admin/users", "", planted, true)
	if w.Code == http.StatusOK {
		t.Error("the planted session became the administrator's")
	}
	before := c.cookies["u-reviewer"]
	if w := c.post("/logout", "u-reviewer", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("sign out: %d", w.Code)
	}
	if w := send(c.Server, http.MethodGet, "/admin", "", before, true); let(w) {
		t.Errorf("after signing out the session still lets in: %d", w.Code)
	}
}

// TestWaysOut holds that no address leads a browser elsewhere, splits a header, or
// leaves the folder of what is served.
func TestWaysOut(t *testing.T) {
	c := newCrowd(t, Access{})
	for _, next := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "/%0d%0aSet-Cookie:a=b", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"} {
		w := send(c.Server, http.MethodPost, "/login", url.Values{"name": {"u-viewer"}, "password": {crowdPassword}, "next": {next}}.Encode(), "", true)
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(w.Header().Get("Location"), "//") {
			t.Errorf("next %q leads to %q", next, w.Header().Get("Location"))
		}
		for name, values := range w.Header() {
			for _, value := range values {
				if strings.ContainsAny(value, "\r\n") {
					t.Errorf("next %q: header %s is %q", next, name, value)
				}
			}
		}
	}
	passwd := regexp.MustCompile(`root:.*:0:0`)
	for _, path := range []string{"/static/..%2f..%2f..%2fetc%2fpasswd", "/static/../../etc/passwd", "/exports/..%2f..%2fetc%2fpasswd", "/originals/..%2f..%2fetc%2fpasswd",
		"/originals/" + strings.Repeat("../", 30) + "etc/passwd", "/card/..%2f..%2fetc%2fpasswd", "/en/static/%2e%2e/%2e%2e/etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"} {
		w := c.get(path, "")
		if w.Code == http.StatusOK || passwd.MatchString(w.Body.String()) {
			t.Errorf("%s: %d", path, w.Code)
		}
		if to := w.Header().Get("Location"); strings.HasPrefix(to, "//") {
			t.Errorf("%s leads to %s", path, to)
		}
	}
}

// TestOversized holds that what is too large or malformed is refused, and that nothing
// of it ends the program.
func TestOversized(t *testing.T) {
	c := newCrowd(t, Access{})
	large := strings.Repeat("x", maxForm+1)
	for _, path := range []string{"/admin/errors/1", "/admin/calls/990101/2023", "/account/password", "/admin/users", "/login", "/report-error"} {
		if w := c.post(path, "u-administrator", url.Values{"text": {large}}); w.Code < 400 || w.Code >= 500 {
			t.Errorf("POST %s with %d bytes: %d", path, len(large), w.Code)
		}
	}
	for _, path := range []string{"/admin/review/99999999999999999999", "/admin/review/-1", "/admin/users/x", "/admin/audit?before=x", "/reports/990101001/99999999",
		"/status/990101/0", "/changes?as_of=-1", "/compare?units=" + strings.Repeat("9", 9000), "/search?q=%ff%fe", "/regions/%00", "/originals/zz", "/admin/review/1?cell=%00"} {
		if w := c.get(path, "u-administrator"); w.Code >= 500 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestDraftBounds holds that drafts which grow when unpacked are refused, and that one
// client has no more than ten read in a minute.
func TestDraftBounds(t *testing.T) {
	c := newCrowd(t, Access{})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	codes := make(map[int]int)
	for range 13 {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		part, err := m.CreateFormFile("draft", "../../etc/"+evil+".html.gz")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(bomb.Bytes())
		_ = m.Close()
		r := httptest.NewRequest(http.MethodPost, "/check", &body)
		r.Header.Set("Content-Type", m.FormDataContentType())
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		codes[w.Code]++
		if found := running(w.Body.String()); found != "" {
			t.Errorf("the name of a file: %s", found)
		}
	}
	if codes[http.StatusTooManyRequests] != 3 || codes[http.StatusOK] != 10 {
		t.Errorf("answers %v; want ten that say what is wrong, and three that are refused", codes)
	}
}

// TestHeadersOfAll holds that every route answers with all the headers of an A+ site, to
// whoever asks and whatever the answer is.
func TestHeadersOfAll(t *testing.T) {
	c := newCrowd(t, Access{Secure: true})
	want := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "", "Permissions-Policy": "", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "", "Content-Security-Policy": ""}
	for _, r := range c.echo.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		for _, path := range []string{at(r.Path, "990101"), "/en" + at(r.Path, "990101")} {
			w := c.get(path, "")
			for name, value := range want {
				if name == "Cross-Origin-Opener-Policy" && strings.Contains(path, "/embed/") {
					continue // a frame in the pages of others opens none
				}
				if got := w.Header().Get(name); got == "" || value != "" && got != value {
					t.Errorf("%s: %s %q", path, name, got)
				}
			}
			policy := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src 'unsafe") || strings.Contains(policy, "unsafe-eval") {
				t.Errorf("%s: policy %q", path, policy)
			}
			if !strings.Contains(policy, "frame-ancestors") {
				t.Errorf("%s may be framed by anybody without saying so: %q", path, policy)
			}
		}
	}
}

// TestSetUpOnce holds that the set-up link makes one administrator, and that a guess or
// a second use finds nothing there.
func TestSetUpOnce(t *testing.T) {
	deps := newFixture(t).Deps
	deps.People = people.New(deps.Store, people.Options{})
	deps.Access = Access{Setup: func() string { return "the-key" }}
	s, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	form := func(key, name string) string {
		return url.Values{"key": {key}, "name": {name}, "password": {crowdPassword}}.Encode()
	}
	for _, key := range []string{"", "guess", "the-ke"} {
		if w := send(s, http.MethodPost, "/setup", form(key, "evil"), "", true); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "设立管理员的链接只能用一次") {
			t.Errorf("key %q: %d %s", key, w.Code, w.Body)
		}
	}
	if w := send(s, http.MethodPost, "/setup", form("the-key", "evil"), "", false); w.Code != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", w.Code)
	}
	if w := send(s, http.MethodGet, "/setup?key=the-key", "", "", true); w.Code != http.StatusOK {
		t.Errorf("the link: %d", w.Code)
	}
	if w := send(s, http.MethodPost, "/setup", form("the-key", "wang"), "", true); w.Code != http.StatusSeeOther {
		t.Errorf("the first administrator: %d", w.Code)
	}
	if w := send(s, http.MethodPost, "/setup", form("the-key", "evil"), "", true); w.Code != http.StatusNotFound {
		t.Errorf("a second use: %d", w.Code)
	}
	if w := send(s, http.MethodGet, "/setup?key=the-key", "", "", true); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "已有管理员的，请登录") {
		t.Errorf("the link afterwards: %d %s", w.Code, w.Body)
	}
}
