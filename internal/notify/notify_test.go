package notify_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/notify"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// A far is the other end: it answers with what it is told to, and keeps what came.
type far struct {
	*httptest.Server
	bodies  []string
	headers []http.Header
	queries []string
	status  int
	answer  string
}

func newFar(t *testing.T, answer string) *far {
	f := &far{status: 200, answer: answer}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		f.bodies, f.headers, f.queries = append(f.bodies, string(b)), append(f.headers, r.Header), append(f.queries, r.URL.RawQuery)
		w.WriteHeader(f.status)
		fmt.Fprint(w, f.answer)
	}))
	t.Cleanup(f.Close)
	return f
}

func mac(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func TestRobots(t *testing.T) {
	now := time.Unix(1700000000, 0)
	m := notify.Message{Subject: "题目", Text: "正文"}
	for _, kind := range []string{"webhook", "wecom", "dingtalk", "feishu"} {
		t.Run(kind, func(t *testing.T) {
			f := newFar(t, `{"errcode":0,"code":0}`)
			c := notify.Channel{Name: "x", Kind: kind, URL: f.URL + "/send?key=hush", Secret: "geheim", Networks: loopback()}
			must(t, c.Send(t.Context(), nil, m, now))
			var body map[string]any
			must(t, json.Unmarshal([]byte(f.bodies[0]), &body))
			if !strings.Contains(f.bodies[0], "题目") || !strings.Contains(f.bodies[0], "正文") {
				t.Errorf("sent %s", f.bodies[0])
			}
			switch kind {
			case "webhook":
				if want := "sha256=" + hex.EncodeToString(mac("geheim", "1700000000."+f.bodies[0])); f.headers[0].Get("X-Gongkai-Signature") != want {
					t.Errorf("signature %q; want %q", f.headers[0].Get("X-Gongkai-Signature"), want)
				}
			case "dingtalk":
				if !strings.Contains(f.queries[0], "timestamp=1700000000000") || !strings.Contains(f.queries[0], "sign=") {
					t.Errorf("query %q", f.queries[0])
				}
			case "feishu":
				if want := base64.StdEncoding.EncodeToString(mac("1700000000\ngeheim", "")); body["sign"] != want {
					t.Errorf("sign %v; want %s", body["sign"], want)
				}
			}
			f.status = 500
			if err := c.Send(t.Context(), nil, m, now); err == nil || !strings.Contains(err.Error(), "应答 500") {
				t.Errorf("a server in trouble: %v", err)
			}
			if f.status, f.answer = 200, `{"errcode":310000,"errmsg":"sign not match","code":19021}`; kind != "webhook" {
				if err := c.Send(t.Context(), nil, m, now); err == nil || !strings.Contains(err.Error(), "拒收") {
					t.Errorf("a robot that refuses: %v", err)
				}
			}
			c.Networks = nil
			err := c.Send(t.Context(), nil, m, now)
			if err == nil || !strings.Contains(err.Error(), "private address") {
				t.Errorf("a private address: %v", err)
			}
			f.Close()
			c.Networks = loopback()
			if err = c.Send(t.Context(), nil, m, now); err == nil || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "geheim") {
				t.Errorf("a server that is gone: %v; want an error without the key", err)
			}
		})
	}
}

// TestMail sends to a mail server that takes one mail.
func TestMail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	got := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprint(c, "220 here\r\n")
		r, data, all := bufio.NewReader(c), false, ""
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			all += line
			switch {
			case data && line == ".\r\n":
				data = false
				got <- all
				fmt.Fprint(c, "250 taken\r\n")
			case data:
			case strings.HasPrefix(line, "DATA"):
				data = true
				fmt.Fprint(c, "354 go on\r\n")
			case strings.HasPrefix(line, "QUIT"):
				fmt.Fprint(c, "221 bye\r\n")
				return
			default:
				fmt.Fprint(c, "250 ok\r\n")
			}
		}
	}()
	defer l.Close()
	c := notify.Channel{Name: "m", Kind: "smtp", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none", From: "a@example.test"}
	must(t, c.Send(t.Context(), []string{"b@example.test"}, notify.Message{Subject: "hello", Text: "world"}, time.Now()))
	if text := <-got; !strings.Contains(text, "RCPT TO:<b@example.test>") || !strings.Contains(text, "Subject: hello") || !strings.Contains(text, "world") {
		t.Errorf("the server got %q", text)
	}
}

// TestNotices follows one subscriber: what was there is not told, what is new is told
// once, what could not be sent is sent later, and the week is summed up.
func TestNotices(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	must(t, err)
	defer db.Close()
	must(t, db.PutAgencies(t.Context(), []report.Agency{{ID: "120110008", Name: "示例街道办事处", Short: "示例街道", Kind: "street", Region: "120110008"}}))
	run, err := db.StartRun(t.Context(), "refresh", 0, false)
	must(t, err)
	add := func(text string) {
		must(t, db.AddChange(t.Context(), store.ChangeRow{Run: run, At: time.Now(), Kind: store.ChangeRemoved, Agency: "120110008", Year: 2024, Text: text}))
	}
	f := newFar(t, "{}")
	clock := time.Date(2025, 4, 7, 8, 0, 0, 0, time.UTC)
	n := &notify.Notifier{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return clock },
		Settings: notify.Settings{Site: "https://gongkai.example", Channels: []notify.Channel{{Name: "hook", Kind: "webhook", URL: f.URL, Secret: "s", Networks: loopback()}},
			Subscribers: []notify.Subscriber{{Name: "科", Channel: "hook", Regions: []standard.RegionCode{"120110"}}}}}
	n.Figures = aggregate.New(db, n.Now)
	must(t, n.Complete())
	tell := func() { t.Helper(); must(t, n.Look(t.Context())); deliver(t, n, false) }
	add("旧事")
	tell()
	if len(f.bodies) != 0 {
		t.Fatalf("told %q; want nothing of what was there", f.bodies)
	}
	add("新事")
	f.status = 503
	tell()
	if len(f.bodies) != 1 {
		t.Fatalf("%d attempts; want one", len(f.bodies))
	}
	f.status, clock = 200, clock.Add(10*time.Minute)
	tell()
	tell()
	if len(f.bodies) != 2 || !strings.Contains(f.bodies[1], "示例街道办事处：新事 https://gongkai.example/reports/120110008/2024") || strings.Contains(f.bodies[1], "旧事") {
		t.Fatalf("told %q; want the new thing once", f.bodies)
	}
	sent, err := db.Notices(t.Context(), 10)
	must(t, err)
	if len(sent) != 1 || sent[0].State != "sent" || sent[0].Attempts != 2 {
		t.Errorf("kept %+v", sent)
	}
	must(t, n.SendDigests(t.Context()))
	deliver(t, n, false)
	if last := f.bodies[len(f.bodies)-1]; len(f.bodies) != 3 || !strings.Contains(last, "新事") || !strings.Contains(last, "周报") {
		t.Errorf("digest %q", last)
	}
	clock = clock.Add(7 * 24 * time.Hour)
	must(t, n.SendDigests(t.Context()))
	deliver(t, n, false)
	if last := f.bodies[len(f.bodies)-1]; len(f.bodies) != 4 || !strings.Contains(last, "本周没有变化") {
		t.Errorf("digest of a week without anything %q", last)
	}
	n.Subscribers[0].Quiet, clock = "nothing", clock.Add(7*24*time.Hour)
	must(t, n.SendDigests(t.Context()))
	deliver(t, n, false)
	if len(f.bodies) != 4 {
		t.Errorf("told %q; want nothing", f.bodies[4:])
	}
	f.status = 500
	add("发不出")
	tell()
	deliver(t, n, true)
	tell()
	sent, err = db.Notices(t.Context(), 1)
	must(t, err)
	if sent[0].State != "failed" || sent[0].Attempts != 2 || !strings.Contains(sent[0].LastError, "500") {
		t.Errorf("a message that cannot be sent: %+v; want it given up after its last attempt", sent[0])
	}
}

// TestPortalsOfRegions holds that a subscriber of a region is told of the portals that
// cover it, and of no others.
func TestPortalsOfRegions(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	must(t, err)
	defer db.Close()
	ctx := t.Context()
	must(t, db.PutAgencies(ctx, []report.Agency{{ID: "120110008", Name: "甲街道办事处", Short: "甲街道", Kind: "street", Region: "120110008"},
		{ID: "120111001", Name: "乙街道办事处", Short: "乙街道", Kind: "street", Region: "120111001"}}))
	must(t, db.SetWatch(ctx, "here", []report.AgencyID{"120110008"}))
	must(t, db.SetWatch(ctx, "there", []report.AgencyID{"120111001"}))
	f := newFar(t, "{}")
	n := &notify.Notifier{Store: db, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Settings: notify.Settings{Site: "https://gongkai.example", Channels: []notify.Channel{{Name: "hook", Kind: "webhook", URL: f.URL, Secret: "s", Networks: loopback()}},
			Subscribers: []notify.Subscriber{{Name: "科", Channel: "hook", Regions: []standard.RegionCode{"120110"}}}}}
	n.Figures = aggregate.New(db, n.Now)
	must(t, n.Complete())
	must(t, n.Look(ctx)) // subscribes
	run, err := db.StartRun(ctx, "refresh", 0, false)
	must(t, err)
	for portal, name := range map[string]string{"here": "此处门户", "there": "他处门户"} {
		must(t, db.PutPortalRun(ctx, run, store.PortalRun{Portal: portal, Name: name, State: store.PortalBlocked, StartedAt: time.Now(), FinishedAt: time.Now()}))
	}
	must(t, db.FinishRun(ctx, run, store.RunPartial, ""))
	must(t, n.Look(ctx))
	deliver(t, n, false)
	if len(f.bodies) != 1 || !strings.Contains(f.bodies[0], "此处门户") || strings.Contains(f.bodies[0], "他处门户") {
		t.Errorf("told %q; want the portal that covers the region alone", f.bodies)
	}
}

// TestSettings holds that bad settings are told, all at once and without secrets.
func TestSettings(t *testing.T) {
	s := notify.Settings{Digest: "never", Site: "nowhere", Channels: []notify.Channel{{Name: "a", Kind: "pigeon"}, {Name: "a", Kind: "webhook", URL: "https://x/?key=hush"},
		{Name: "m", Kind: "smtp", TLS: "maybe"}, {Name: "w", Kind: "wecom", URL: "hush"}},
		Subscribers: []notify.Subscriber{{Name: "p", Channel: "none"}, {Name: "q", Channel: "m"}, {Name: "r", Channel: "a", Kinds: []string{"all"}}, {Name: "r", Channel: "a", Quiet: "yes"}}}
	err := s.Complete()
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"notify.digest", "notify.site", `kind "pigeon"`, "want each once", "needs a secret", `tls "maybe"`, "no web address", `no channel "none"`, "no mail address", `kind "all"`, `quiet "yes"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hush") {
		t.Error("a secret is told")
	}
}

// TestEntered holds that who was entered in the browser is told as those of the settings
// are, within regions and thresholds; that a name of the settings is theirs; and that one
// whose channel is gone is told nothing and stops nobody else.
func TestEntered(t *testing.T) {
	f := newFar(t, "")
	s := notify.Settings{Channels: []notify.Channel{{Name: "hook", Kind: "webhook", URL: f.URL, Secret: "x", Networks: loopback()}},
		Subscribers: []notify.Subscriber{{Name: "值班", Channel: "hook", Kinds: []string{"digest"}}}}
	n, trouble := notifier(t, s)
	ctx := t.Context()
	for _, p := range []store.Subscriber{{Name: "办公室", Channel: "hook", Kinds: []string{"trouble"}, Least: 2}, {Name: "值班", Channel: "hook"}, {Name: "旧人", Channel: "gone"}} {
		must(t, n.Store.PutSubscriber(ctx, p, store.Entry{Action: "notice.subscribed", At: n.Now()}))
	}
	told := func() int {
		t.Helper()
		must(t, n.Look(ctx))
		deliver(t, n, false)
		return len(f.bodies)
	}
	if got := told(); got != 0 {
		t.Fatalf("%d notices of what there was", got)
	}
	trouble("备份失败")
	if got := told(); got != 0 {
		t.Errorf("%d notices below the threshold", got)
	}
	trouble("磁盘已满")
	if got := told(); got != 1 || !strings.Contains(f.bodies[0], "磁盘已满") || !strings.Contains(f.bodies[0], "备份失败") {
		t.Errorf("%d notices: %v", got, f.bodies)
	}
	must(t, n.Test(ctx, "办公室"))
	must(t, n.Store.RemoveSubscriber(ctx, "办公室", store.Entry{Action: "notice.removed", At: n.Now()}))
	trouble("又一次")
	trouble("再一次")
	if got := told(); got != 2 {
		t.Errorf("%d notices, want that and the test", got)
	}
	sent, err := n.Store.Notices(ctx, 10)
	must(t, err)
	if len(sent) != 2 || sent[0].Subject != "公开：测试通知" || sent[0].State != "sent" || sent[0].Attempts != 1 {
		t.Errorf("the log: %+v", sent)
	}
	if err := n.Test(ctx, "办公室"); err == nil {
		t.Error("a test to somebody who was removed")
	}
}

// deliver sends the messages that wait, as the jobs of the queue do.
func deliver(t *testing.T, n *notify.Notifier, last bool) {
	t.Helper()
	waiting, err := n.Store.WaitingNotices(t.Context())
	must(t, err)
	for _, id := range waiting {
		_ = n.Deliver(t.Context(), strconv.Itoa(id), last) // its error is for the queue, and stands in the log of notices
	}
}

// notifier is one over a new database, with what says that something went wrong.
func notifier(t *testing.T, s notify.Settings) (*notify.Notifier, func(text string)) {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	must(t, err)
	t.Cleanup(func() { db.Close() })
	clock := time.Date(2025, 4, 7, 8, 0, 0, 0, time.UTC)
	n := &notify.Notifier{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return clock }, Settings: s}
	n.Figures = aggregate.New(db, n.Now)
	must(t, n.Complete())
	return n, func(text string) { t.Helper(); must(t, db.AddTrouble(t.Context(), clock, "backup", text)) }
}
