package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestUsual holds that only good looks make a portal's own history.
func TestUsual(t *testing.T) {
	run := func(state store.PortalState, found int) store.PortalRun {
		return store.PortalRun{State: state, Candidates: found}
	}
	for _, c := range []struct {
		history []store.PortalRun
		want    int
	}{
		{nil, 0},
		{[]store.PortalRun{run(store.PortalBlocked, 3)}, 0},
		{[]store.PortalRun{run(store.PortalOK, 0), run(store.PortalOK, 20), run(store.PortalChanged, 2), run(store.PortalOK, 22), run(store.PortalOK, 21)}, 21},
	} {
		if got := usual(c.history); got != c.want {
			t.Errorf("usual of %v is %d; want %d", c.history, got, c.want)
		}
	}
}

// portalTools are the tools of a crowd: they keep in memory what they are told.
func (c *crowd) portalTools() *PortalTools {
	find := func(id string) (int, error) {
		if i := slices.IndexFunc(c.portals, func(f PortalFile) bool { return f.ID == id }); i >= 0 {
			return i, nil
		}
		return 0, report.ErrNotFound
	}
	read := func(text []byte) (PortalFile, error) {
		f := PortalFile{Text: text, Enabled: !bytes.Contains(text, []byte("enabled: false"))}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch name {
			case "id":
				f.ID = value
			case "region":
				f.Region = value
			case "enabled":
			default:
				return f, errors.New("line 2: field " + name + " not found")
			}
		}
		if i, err := find(f.ID); err == nil && f.Region == "" {
			f.Region = c.portals[i].Region
		}
		return f, nil
	}
	waits := "" // the portal whose look is in the queue
	return &PortalTools{
		List:  func() ([]PortalFile, error) { return slices.Clone(c.portals), nil },
		Try:   func(_ context.Context, text []byte) (string, error) { return "tried " + string(text), nil },
		Read:  read,
		Fixed: func() string { return "" },
		Save: func(id string, text []byte) error {
			i, err := find(id)
			if err == nil {
				var f PortalFile
				f, err = read(text)
				c.portals[i].Enabled, c.portals[i].Text = f.Enabled, text
			}
			return err
		},
		Switched: func(text []byte, on bool) ([]byte, error) {
			return append(bytes.Clone(text), fmt.Appendf(nil, "enabled: %t\n", on)...), nil
		},
		Refresh: func(_ context.Context, id string) error {
			waits = id
			return nil
		},
		Waits: func(_ context.Context, id string) (time.Time, bool, error) { return time.Time{}, waits == id, nil },
		Withdraw: func(_ context.Context, id string) (bool, error) {
			found := waits == id
			waits = ""
			return found, nil
		},
		AskAgain: func(context.Context, string) (int, error) { return 0, nil },
		Visit: func(_ context.Context, a ingest.Address) (ingest.Summary, error) {
			return ingest.Summary{Run: 1}, nil
		},
		HandIn: func(_ context.Context, h ingest.HandIn) (ingest.Summary, error) {
			return ingest.Summary{Portals: []store.PortalRun{{New: 1}}}, nil
		},
	}
}

// TestPortalDesk walks what administrators do with a portal: look and stop, enable and
// disable, try and save, an address by hand; each with its line of the audit log.
func TestPortalDesk(t *testing.T) {
	c := newCrowd(t, Access{})
	const path = "/admin/portals/demo"
	steps := []struct {
		path string
		form url.Values
		want string // where it leads, or what the page says
	}{
		{path, url.Values{"do": {"stop"}}, "?done=idle"}, {path, url.Values{"do": {"refresh"}}, "?done=queued"}, {path, url.Values{"do": {"stop"}}, "?done=stop"},
		{path, url.Values{"do": {"disable"}}, "?done=disabled"}, {path, url.Values{"do": {"enable"}}, "?done=enabled"}, {path, url.Values{"do": {"retry"}}, "?done=nothing"},
		{path + "/file", url.Values{"do": {"try"}, "text": {"id: demo"}}, "tried id: demo"}, {path + "/file", url.Values{"do": {"save"}, "text": {"nonsense: 1"}}, "line 2"},
		{path + "/file", url.Values{"do": {"save"}, "text": {"id: demo\n"}}, "?done=saved"},
		{path + "/address", url.Values{"url": {"http://a.test/"}}, "没有认出"}, {path + "/address", url.Values{"url": {"http://a.test/"}, "agency": {"nobody"}}, "名录中的机关编号"},
	}
	for _, s := range steps {
		w := c.post(s.path, "u-administrator", s.form)
		if !strings.HasSuffix(w.Header().Get("Location"), s.want) && !strings.Contains(w.Body.String(), s.want) {
			t.Errorf("%s %v: %d %s", s.path, s.form, w.Code, w.Header().Get("Location"))
		}
	}
	if events := c.get(path+"/events", "u-administrator").Body.String(); !strings.HasSuffix(events, "event: done\ndata: false\n\n") {
		t.Errorf("nothing is under way, and the stream ends with %q", events)
	}
	log, err := c.Store.Audit(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	said := make(map[string]int)
	for _, e := range log {
		said[e.Action]++
	}
	for _, action := range []string{"portal.queued", "portal.stop", "portal.disabled", "portal.enabled", "portal.tried", "portal.saved", "portal.visited"} {
		if said[action] != 1 {
			t.Errorf("%s stands %d times in the audit log, want once", action, said[action])
		}
	}
	for _, lang := range []string{"", "/en"} {
		body := c.get(lang+path+"?done=stop", "u-administrator").Body.String()
		checkNesting(t, body)
		checkIDs(t, elements(t, body))
		checkPolicy(t, elements(t, body))
		if lang == "" {
			continue
		}
		for _, text := range append(chineseIn(t, body), chineseIn(t, c.get("/en/admin/portals", "u-administrator").Body.String())...) {
			t.Errorf("the English page says %q", text)
		}
	}
}

// TestPortalsByRegion holds that an account of one region sees and changes the portals of
// that region alone, cannot take one out of it, and hands in for no agency elsewhere.
func TestPortalsByRegion(t *testing.T) {
	c := newCrowd(t, Access{})
	by := people.Actor{Account: store.Account{Name: "test"}}
	if _, err := c.People.Add(t.Context(), by, people.NewAccount{Name: "u-chief", Role: store.Administrator, Regions: []standard.RegionCode{fixtureRegion}, Password: crowdPassword}); err != nil {
		t.Fatal(err)
	}
	c.signIn("u-chief", "")
	list := c.get("/admin/portals", "u-local").Body.String()
	if !strings.Contains(list, "/admin/portals/demo") || strings.Contains(list, "/admin/portals/real") {
		t.Error("the list is not that of the region")
	}
	for _, path := range []string{"/admin/portals/real", "/admin/portals/real/events"} {
		if w := c.get(path, "u-local"); w.Code != http.StatusForbidden {
			t.Errorf("%s of another region: %d", path, w.Code)
		}
	}
	for _, s := range []struct {
		path string
		form url.Values
	}{
		{"/admin/portals/real", url.Values{"do": {"refresh"}}}, {"/admin/portals/real", url.Values{"do": {"stop"}}}, {"/admin/portals/real/file", url.Values{"do": {"try"}, "text": {"id: real"}}},
		{"/admin/portals/real/address", url.Values{"url": {"http://a.test/"}}}, {"/admin/portals/demo/address", url.Values{"url": {"http://a.test/"}, "agency": {"120110008"}}},
		{"/admin/portals/demo/file", url.Values{"do": {"save"}, "text": {"id: demo\nregion: 120110\n"}}},
	} {
		if w := c.post(s.path, "u-chief", s.form); w.Code != http.StatusForbidden {
			t.Errorf("%s %v by an administrator of another region: %d", s.path, s.form, w.Code)
		}
	}
	if w := c.post("/admin/portals/demo", "u-chief", url.Values{"do": {"disable"}}); w.Code != http.StatusSeeOther || c.portals[0].Enabled {
		t.Errorf("disable the own portal: %d", w.Code)
	}
	if w := c.hand("/admin/portals/demo/hand-in", "u-chief", "file", "a.html", []byte("x"), map[string]string{"agency": "120110008"}); w.Code != http.StatusForbidden {
		t.Errorf("hand in for another region: %d", w.Code)
	}
	if w := c.hand("/admin/portals/demo/hand-in", "u-chief", "file", "a.html", []byte("x"), map[string]string{}); w.Code != http.StatusSeeOther {
		t.Errorf("hand in: %d", w.Code)
	}
}

// TestLayoutNow holds that a layout is compared with that of the good look before.
func TestLayoutNow(t *testing.T) {
	a, b := map[string]string{"e": strings.Repeat("0001", 16)}, map[string]string{"e": strings.Repeat("0002", 16)}
	run := func(state store.PortalState, layout map[string]string) store.PortalRun {
		return store.PortalRun{State: state, Layout: layout}
	}
	for i, c := range []struct {
		history []store.PortalRun
		rebuilt bool
	}{
		{nil, false}, {[]store.PortalRun{run(store.PortalOK, a)}, false}, {[]store.PortalRun{run(store.PortalOK, a), run(store.PortalOK, a)}, false},
		{[]store.PortalRun{run(store.PortalChanged, b), run(store.PortalOK, a)}, true}, {[]store.PortalRun{run(store.PortalOK, a), run(store.PortalChanged, b), run(store.PortalOK, a)}, false},
		{[]store.PortalRun{run(store.PortalBlocked, nil), run(store.PortalOK, b), run(store.PortalOK, a)}, true},
	} {
		if shown, _, rebuilt := layoutNow(c.history); rebuilt != c.rebuilt || (shown == "") != (len(c.history) == 0) {
			t.Errorf("case %d: %q, rebuilt %t", i, shown, rebuilt)
		}
	}
	near := map[string]string{"e": strings.Repeat("0001", 15) + "0002"} // a trifle
	for _, c := range []struct {
		history []store.PortalRun
		want    string
	}{
		{[]store.PortalRun{run(store.PortalOK, a)}, ""}, {[]store.PortalRun{run(store.PortalOK, a), run(store.PortalOK, a)}, "与上次正常查看时相同"},
		{[]store.PortalRun{run(store.PortalEmpty, near), run(store.PortalOK, a)}, "与上次正常查看时相近（当时 " + layoutPrint(a) + "）"},
		{[]store.PortalRun{run(store.PortalChanged, b), run(store.PortalOK, a)}, "与上次正常查看时不同（当时 " + layoutPrint(a) + "）"},
	} {
		v := portalDesk{}
		if v.layout(c.history); v.Built != c.want {
			t.Errorf("%v: %q, want %q", c.history, v.Built, c.want)
		}
	}
}
