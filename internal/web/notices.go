package web

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// NoticeTools is what administrators do with notices. Channels have secrets, which stay in
// the settings.
type NoticeTools struct {
	Channels []NoticeChannel
	Kinds    []string
	Fixed    []store.Subscriber // of the settings
	// Check says what is wrong with a subscriber.
	Check func(s store.Subscriber) error
	// Test sends a message that says that it is a test.
	Test func(ctx context.Context, name string) error
}

// A NoticeChannel is a way to send, by its name.
type NoticeChannel struct{ Name, Kind string }

// A noticesView is who is told of what, and what was sent.
type noticesView struct {
	desk
	Subscribers []subscriberRow
	Channels    []pickView
	Kinds       []pickView
	Quiet       []pickView
	Form        subscriberRow
	Problem     string
	Sent        []sentRow
}

type subscriberRow struct {
	Name, Channel, To, Regions, Kinds, Quiet string
	Codes                                    string
	Least                                    int
	Fixed                                    bool // stands in the settings
	By                                       string
}

type sentRow struct {
	At, Subscriber, Channel, Subject, Error string
	Look                                    look
	Attempts                                int
}

// noticeRoutes are the addresses of notices.
func (s *Server) noticeRoutes(get, post func(path string, role store.Role, h echo.HandlerFunc) workplace) []workplace {
	if s.Notices == nil {
		return nil
	}
	return []workplace{get("/admin/notices", store.Administrator, s.showNotices), post("/admin/notices", store.Administrator, s.changeNotices)}
}

// noticeKind is what a kind of notices is called.
func (p page) noticeKind(kind string) string {
	words := map[string]string{"new": "新报告和变化", "missing": "逾期未发布", "check": "勾稽不符或待复核", "portal": "门户异常", "trouble": "采集或备份失败", "digest": "周报"}
	if word, ok := words[kind]; ok {
		return p.t(word)
	}
	return kind
}

// channelKind is what a way to send is called.
func (p page) channelKind(kind string) string {
	words := map[string]string{"smtp": "邮件", "webhook": "Webhook", "wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书"}
	if word, ok := words[kind]; ok && word != "Webhook" {
		return p.t(word)
	}
	return "Webhook"
}

// mine reports whether an account may see and change a subscriber: one that is limited to
// regions only those of its own.
func mine(by people.Actor, s store.Subscriber) bool {
	if len(by.Regions) == 0 {
		return true
	}
	return len(s.Regions) > 0 && !slices.ContainsFunc(s.Regions, func(code standard.RegionCode) bool { return !by.Covers(code) })
}

// subscribers are all whom an account may see, those of the settings first.
func (s *Server) subscribers(c echo.Context, by people.Actor) (all []store.Subscriber, fixed int, err error) {
	for _, one := range s.Notices.Fixed {
		if mine(by, one) {
			all = append(all, one)
		}
	}
	entered, err := s.Store.Subscribers(ctxOf(c))
	fixed = len(all)
	for _, one := range entered {
		if mine(by, one) && !slices.ContainsFunc(s.Notices.Fixed, func(f store.Subscriber) bool { return f.Name == one.Name }) {
			all = append(all, one)
		}
	}
	return all, fixed, err
}

// showNotices serves GET /admin/notices.
func (s *Server) showNotices(c echo.Context) error {
	return s.renderNotices(c, store.Subscriber{Quiet: "line", Least: 1}, "", http.StatusOK)
}

func (s *Server) renderNotices(c echo.Context, form store.Subscriber, problem string, status int) error {
	by, _ := actor(c)
	v := noticesView{desk: s.newDesk(c, "通知"), Problem: problem}
	all, fixed, err := s.subscribers(c, by)
	if err != nil {
		return err
	}
	for i, one := range all {
		row := v.subscriber(one)
		row.Fixed = i < fixed
		v.Subscribers = append(v.Subscribers, row)
		if name := c.QueryParam("name"); name == one.Name && !row.Fixed && form.Name == "" {
			form = one
		}
	}
	v.Form = v.subscriber(form)
	for _, ch := range s.Notices.Channels {
		v.Channels = append(v.Channels, pickView{ch.Name, ch.Name + " · " + v.channelKind(ch.Kind), ch.Name == form.Channel})
	}
	for _, k := range s.Notices.Kinds {
		v.Kinds = append(v.Kinds, pickView{k, v.noticeKind(k), len(form.Kinds) == 0 || slices.Contains(form.Kinds, k)})
	}
	v.Quiet = []pickView{{"line", v.t("发一行“没有变化”"), form.Quiet != "nothing"}, {"nothing", v.t("不发"), form.Quiet == "nothing"}}
	if v.Sent, err = s.sentRows(c, v.page, all); err != nil {
		return err
	}
	v.done(c, map[string]string{"subscribed": "已保存；从现在起的变化会通知。", "removed": "已退订。", "tested": "测试通知已发出，请查收。"})
	return s.render(c, status, "notices", v)
}

func (p page) subscriber(s store.Subscriber) subscriberRow {
	row := subscriberRow{Name: s.Name, Channel: s.Channel, To: strings.Join(s.To, " "), Least: max(1, s.Least), By: s.AddedBy,
		Regions: p.t("全部"), Kinds: p.t("全部"), Quiet: p.t("发一行“没有变化”")}
	var codes, names, kinds []string
	for _, code := range s.Regions {
		codes = append(codes, string(code))
		name := string(code)
		if r, ok := standard.RegionOf(code); ok {
			name = r.Name
		}
		names = append(names, p.name(name))
	}
	for _, k := range s.Kinds {
		kinds = append(kinds, p.noticeKind(k))
	}
	if row.Codes = strings.Join(codes, " "); len(names) > 0 {
		row.Regions = strings.Join(names, p.t("、"))
	}
	if len(kinds) > 0 {
		row.Kinds = strings.Join(kinds, p.t("、"))
	}
	if s.Quiet == "nothing" {
		row.Quiet = p.t("不发")
	}
	return row
}

// noticesShown is how many of the latest messages the page lists.
const noticesShown = 50

// sentRows are the latest messages to those whom the account sees.
func (s *Server) sentRows(c echo.Context, p page, all []store.Subscriber) ([]sentRow, error) {
	sent, err := s.Store.Notices(ctxOf(c), 4*noticesShown)
	var rows []sentRow
	for _, n := range sent {
		if len(rows) == noticesShown || !slices.ContainsFunc(all, func(one store.Subscriber) bool { return one.Name == n.Subscriber }) {
			continue
		}
		l := look{"due", "○", p.t("等待发送")}
		switch n.State {
		case "sent":
			l = look{"ok", "✓", p.t("已发送")}
		case "failed":
			l = look{"bad", "×", p.t("没有送达")}
		}
		rows = append(rows, sentRow{At: moment(n.At), Subscriber: n.Subscriber, Channel: n.Channel, Subject: n.Subject, Error: p.retell(n.LastError), Look: l, Attempts: n.Attempts})
	}
	return rows, err
}

// changeNotices serves POST /admin/notices: somebody is told, is told no more, or is sent a
// test.
func (s *Server) changeNotices(c echo.Context) error {
	by, _ := actor(c)
	do, name := c.FormValue("do"), strings.TrimSpace(c.FormValue("name"))
	entry := func(action, detail string) store.Entry {
		return store.Entry{At: s.Now(), Account: by.ID, Name: by.Name, Client: by.Client, Action: action, Subject: name, Detail: detail}
	}
	switch do {
	case "subscribe":
		one, err := s.subscriberOf(c, by, name)
		if err == nil {
			err = s.Store.PutSubscriber(ctxOf(c), one, entry("notice.subscribed", c.FormValue("channel")+" "+c.FormValue("to")+" "+c.FormValue("regions")))
		}
		var wrong *report.ParameterError
		if errors.As(err, &wrong) {
			return s.renderNotices(c, one, s.newPage(c).allowed(wrong), http.StatusBadRequest)
		}
		if err != nil {
			return err
		}
		return s.redirect(c, "/admin/notices?done=subscribed")
	case "remove", "test":
	default:
		return &report.ParameterError{Name: "do", Got: do, Want: "subscribe、remove 或 test"}
	}
	all, fixed, err := s.subscribers(c, by)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(one store.Subscriber) bool { return one.Name == name })
	if at < 0 || do == "remove" && at < fixed {
		return people.ErrForbidden
	}
	if do == "remove" {
		if err := s.Store.RemoveSubscriber(ctxOf(c), name, entry("notice.removed", "")); err != nil {
			return err
		}
		return s.redirect(c, "/admin/notices?done=removed")
	}
	if err := s.Store.Log(ctxOf(c), entry("notice.tested", all[at].Channel)); err != nil {
		return err
	}
	if failed := s.Notices.Test(ctxOf(c), name); failed != nil {
		return s.renderNotices(c, store.Subscriber{Quiet: "line", Least: 1}, s.newPage(c).t("测试通知没有发出：%s", failed.Error()), http.StatusBadGateway)
	}
	return s.redirect(c, "/admin/notices?done=tested")
}

// subscriberOf reads the form of a subscriber.
func (s *Server) subscriberOf(c echo.Context, by people.Actor, name string) (store.Subscriber, error) {
	form, err := c.FormParams()
	if err != nil {
		return store.Subscriber{}, err
	}
	one := store.Subscriber{Name: name, Channel: c.FormValue("channel"), To: strings.Fields(strings.NewReplacer(",", " ", "，", " ", ";", " ", "；", " ").Replace(c.FormValue("to"))),
		Regions: regionCodes(c.FormValue("regions")), Kinds: form["kinds"], Quiet: c.FormValue("quiet"), AddedBy: by.Shown, AddedAt: s.Now()}
	one.Least, err = strconv.Atoi(strings.TrimSpace(c.FormValue("least")))
	fixed := slices.ContainsFunc(s.Notices.Fixed, func(f store.Subscriber) bool { return f.Name == name })
	switch {
	case name == "" || utf8.RuneCountInString(name) > 40 || strings.ContainsAny(name, "\r\n") || fixed:
		return one, &report.ParameterError{Name: "name", Got: name, Want: "名称，1 到 40 个字，与设置文件中的不同"}
	case err != nil || one.Least < 1 || one.Least > 1000:
		return one, &report.ParameterError{Name: "least", Got: c.FormValue("least"), Want: "1 到 1000 的整数"}
	case !mine(by, one):
		return one, &report.ParameterError{Name: "regions", Got: c.FormValue("regions"), Want: "本账号所限的区划代码"}
	case len(one.Kinds) == 0:
		return one, &report.ParameterError{Name: "kinds", Want: "至少一类"}
	}
	if len(one.Kinds) == len(s.Notices.Kinds) {
		one.Kinds = nil // all, also those to come
	}
	for _, to := range one.To {
		if a, err := mail.ParseAddress(to); err != nil || a.Address != to {
			return one, &report.ParameterError{Name: "to", Got: to, Want: "邮件地址，用空格分开"}
		}
	}
	if err := s.Notices.Check(one); err != nil {
		return one, &report.ParameterError{Name: "channel", Got: one.Channel, Want: "设置文件中的通道；邮件通道要有邮件地址"}
	}
	before, err := s.Store.Subscribers(ctxOf(c))
	if slices.ContainsFunc(before, func(b store.Subscriber) bool { return b.Name == name && !mine(by, b) }) {
		return one, people.ErrForbidden // of others
	}
	return one, err
}
