package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gongkai/internal/people"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// noticeTools are the tools of a crowd: one channel for mail and one robot that never
// answers.
func noticeTools() *NoticeTools {
	return &NoticeTools{
		Channels: []NoticeChannel{{"mail", "smtp"}, {"robot", "dingtalk"}}, Kinds: []string{"new", "missing", "check", "portal", "trouble", "digest"},
		Fixed: []store.Subscriber{{Name: "值班", Channel: "robot"}},
		Check: func(s store.Subscriber) error {
			if s.Channel != "mail" && s.Channel != "robot" || s.Channel == "mail" && len(s.To) == 0 {
				return errors.New("no such channel, or no address")
			}
			return nil
		},
		Test: func(_ context.Context, name string) error {
			if name == "值班" {
				return errors.New("the robot refused it")
			}
			return nil
		},
	}
}

// TestNotices walks how people are subscribed in the browser: with regions, kinds and a
// threshold, sent a test, changed and removed; an account of one region sees and changes
// those of that region alone, and no page shows a channel's secret, which it has not.
func TestNotices(t *testing.T) {
	c := newCrowd(t, Access{})
	by := people.Actor{Account: store.Account{Name: "test"}}
	if _, err := c.People.Add(t.Context(), by, people.NewAccount{Name: "u-chief", Role: store.Administrator, Regions: []standard.RegionCode{fixtureRegion}, Password: crowdPassword}); err != nil {
		t.Fatal(err)
	}
	c.signIn("u-chief", "")
	good := url.Values{"do": {"subscribe"}, "name": {"办公室"}, "channel": {"mail"}, "to": {"a@office.example，b@office.example"}, "regions": {"990101"},
		"kinds": {"missing", "digest"}, "least": {"3"}, "quiet": {"nothing"}}
	with := func(name, value string) url.Values {
		changed := url.Values(http.Header(good).Clone())
		changed.Set(name, value)
		return changed
	}
	for name, bad := range map[string]url.Values{"name": with("name", ""), "fixed": with("name", "值班"), "to": with("to", "a@b\r\nBcc: c@d"), "no address": with("to", ""),
		"channel": with("channel", "fax"), "least": with("least", "0"), "region": with("regions", "120110"), "all regions": with("regions", ""), "kinds": {"do": {"subscribe"}, "name": {"x"}, "channel": {"robot"}, "least": {"1"}, "regions": {"990101"}}} {
		if w := c.post("/admin/notices", "u-chief", bad); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := c.post("/admin/notices", "u-chief", good); w.Code != http.StatusSeeOther {
		t.Fatalf("subscribe: %d %s", w.Code, w.Body)
	}
	if w := c.post("/admin/notices", "u-administrator", with("name", "全省")); w.Code != http.StatusSeeOther {
		t.Fatalf("subscribe: %d", w.Code)
	}
	if w := c.post("/admin/notices", "u-administrator", url.Values{"do": {"subscribe"}, "name": {"省厅"}, "channel": {"robot"}, "least": {"1"}, "kinds": {"portal"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("subscribe to all: %d", w.Code)
	}
	kept, err := c.Store.Subscribers(t.Context())
	if err != nil || len(kept) != 3 {
		t.Fatalf("%d subscribers, %v", len(kept), err)
	}
	for _, s := range kept {
		if s.Name == "办公室" && (len(s.To) != 2 || s.To[1] != "b@office.example" || s.Least != 3 || s.Quiet != "nothing" || len(s.Kinds) != 2 || s.Regions[0] != "990101") {
			t.Errorf("kept %+v", s)
		}
	}
	page := c.get("/admin/notices", "u-chief").Body.String()
	if !strings.Contains(page, "办公室") || strings.Contains(page, "省厅") || strings.Contains(page, "值班") {
		t.Error("an account of one region does not see exactly its own")
	}
	for _, do := range []string{"remove", "test"} {
		if w := c.post("/admin/notices", "u-chief", url.Values{"do": {do}, "name": {"省厅"}}); w.Code != http.StatusForbidden {
			t.Errorf("%s of others: %d", do, w.Code)
		}
	}
	if w := c.post("/admin/notices", "u-chief", with("name", "省厅")); w.Code != http.StatusForbidden {
		t.Errorf("change of others: %d", w.Code)
	}
	if w := c.post("/admin/notices", "u-administrator", url.Values{"do": {"test"}, "name": {"值班"}}); w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), "the robot refused it") {
		t.Errorf("a test that fails: %d", w.Code)
	}
	if w := c.post("/admin/notices", "u-administrator", url.Values{"do": {"remove"}, "name": {"值班"}}); w.Code != http.StatusForbidden {
		t.Errorf("remove one of the settings: %d", w.Code)
	}
	for _, do := range []string{"test", "remove"} {
		if w := c.post("/admin/notices", "u-chief", url.Values{"do": {do}, "name": {"办公室"}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", do, w.Code)
		}
	}
	for _, path := range []string{"/admin/notices", "/admin/notices?name=%E5%85%A8%E7%9C%81"} {
		body := c.get(path, "u-administrator").Body.String()
		checkNesting(t, body)
		checkIDs(t, elements(t, body))
		checkPolicy(t, elements(t, body))
		for _, text := range chineseIn(t, c.get(englishOf(path), "u-administrator").Body.String()) {
			if !strings.Contains(text, "全省") && !strings.Contains(text, "省厅") && !strings.Contains(text, "值班") {
				t.Errorf("%s says %q", englishOf(path), text)
			}
		}
	}
}
