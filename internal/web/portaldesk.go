package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// PortalTools is what administrators do with portals.
type PortalTools struct {
	// List returns the portal files in the order of their ids.
	List func() ([]PortalFile, error)
	// Try looks at a portal as a text says, storing nothing, and returns what it found in
	// words; the errors of a text name its lines.
	Try func(ctx context.Context, text []byte) (string, error)
	// Save keeps a text in the place of a portal's file and the version before beside it.
	Save func(id string, text []byte) error
	// Fixed says why files cannot be saved, "" where they can.
	Fixed func() string
	// Refresh puts a look at a portal into the queue.
	Refresh func(ctx context.Context, id string) error
	// HandIn reads what a person hands in.
	HandIn func(ctx context.Context, h ingest.HandIn) (ingest.Summary, error)
}

// A PortalFile is a portal as its file has it.
type PortalFile struct {
	ID, Name, Region string
	Enabled          bool
	Expect           int
	Text             []byte
}

// A portalsView is the list of portals with how they are.
type portalsView struct {
	desk
	Portals []portalRow
	Fixed   string
}

// A portalDesk is one portal.
type portalDesk struct {
	desk
	Portal   portalRow
	Runs     []portalRunRow
	Hosts    []hostRow
	HostsRun string
	Failures []failureRow
	Text     string
	Tried    string
	Problem  string
	Fixed    string
	May      bool // change it
}

type portalRow struct {
	ID, Name, Href, Region       string
	Enabled                      bool
	State, Mark, Looked, Good    string
	Message                      string
	Found, Usual, Expect, Failed int
	Running                      bool
	Fewer                        bool // than its own history has
}

type portalRunRow struct {
	Run                                         store.RunID
	At, State, Mark, Message                    string
	Lists, Found, Fetched, New, Revised, Failed int
}

type hostRow struct {
	Host                        string
	Requests, Unchanged, Faults int
	Bytes, Slowest              string
}

type failureRow struct {
	ID              int64
	URL, At, Reason string
	Blocked         bool
}

// portalState is what a state is called, and the class of its mark.
func (p page) portalState(s store.PortalState) (word, mark string) {
	switch s {
	case store.PortalOK:
		return p.t("正常"), "ok"
	case store.PortalRunning:
		return p.t("正在查看"), "rev"
	case store.PortalEmpty:
		return p.t("列表为空"), "mis"
	case store.PortalBlocked:
		return p.t("受阻"), "mis"
	case store.PortalChanged:
		return p.t("结构有变"), "mis"
	case store.PortalUnreachable:
		return p.t("无法连接"), "mis"
	case "":
		return p.t("未看过"), "rev"
	}
	return p.t("未能读全"), "mis"
}

// portalRoutes are the addresses at which portals are watched over.
func (s *Server) portalRoutes(get, post func(path string, role store.Role, h echo.HandlerFunc) workplace) []workplace {
	if s.Portals == nil {
		return nil
	}
	return []workplace{
		get("/admin/portals", store.Reviewer, s.showPortals), get("/admin/portals/:id", store.Reviewer, s.showPortal),
		get("/admin/portals/:id/events", store.Reviewer, s.servePortalEvents),
		post("/admin/portals/:id", store.Administrator, s.changePortal), post("/admin/portals/:id/file", store.Administrator, s.editPortal),
		post("/admin/portals/:id"+handInPath, store.Administrator, s.handIn),
	}
}

// handInPath ends the address that takes a document.
const handInPath = "/hand-in"

// portalHistory is what runs found at portals, newest first.
func (s *Server) portalHistory(ctx context.Context) (map[string][]store.PortalRun, map[string][]store.Run, error) {
	runs, err := s.Store.Runs(ctx, 200)
	history, of := make(map[string][]store.PortalRun), make(map[string][]store.Run)
	for _, r := range runs {
		for _, p := range r.Portals {
			history[p.Portal], of[p.Portal] = append(history[p.Portal], p), append(of[p.Portal], r)
		}
	}
	return history, of, err
}

// usual is what good looks at a portal have found: the middle of its own history.
func usual(history []store.PortalRun) int {
	var found []int
	for _, p := range history {
		if p.State == store.PortalOK && p.Candidates > 0 {
			found = append(found, p.Candidates)
		}
	}
	if len(found) == 0 {
		return 0
	}
	slices.Sort(found)
	return found[len(found)/2]
}

// portalRow is a portal with how it is.
func (d desk) portalRow(f PortalFile, h store.PortalHealth, history []store.PortalRun, failed int) portalRow {
	r := portalRow{ID: f.ID, Name: f.Name, Region: f.Region, Enabled: f.Enabled, Expect: f.Expect, Failed: failed,
		Href: d.Href("/admin/portals/" + url.PathEscape(f.ID)), Looked: moment(h.Looked), Good: moment(h.LastGood), Usual: usual(history)}
	state := h.State
	// A retry, or what a person hands in, says nothing of how the lists are.
	looks := slices.DeleteFunc(slices.Clone(history), func(p store.PortalRun) bool { return p.State == store.PortalOK && p.Lists == 0 })
	if len(looks) > 0 {
		state, r.Message = looks[0].State, d.retell(looks[0].Message)
	}
	if len(history) > 0 {
		i := slices.IndexFunc(history, func(p store.PortalRun) bool { return p.Lists > 0 })
		if i >= 0 {
			r.Found = history[i].Candidates
		}
		r.Running = history[0].State == store.PortalRunning
	}
	r.State, r.Mark = d.portalState(state)
	r.Fewer = r.Found < cmp.Or(r.Usual, r.Expect)
	if h.Looked.IsZero() {
		r.Looked = ""
	}
	if h.LastGood.IsZero() {
		r.Good = ""
	}
	return r
}

// portalRows are all portals.
func (s *Server) portalRows(c echo.Context, d desk) ([]portalRow, []PortalFile, error) {
	files, err := s.Portals.List()
	if err != nil {
		return nil, nil, err
	}
	health, err := s.Store.Health(ctxOf(c))
	if err != nil {
		return nil, nil, err
	}
	history, _, err := s.portalHistory(ctxOf(c))
	if err != nil {
		return nil, nil, err
	}
	failures, err := s.Store.OpenFailures(ctxOf(c))
	if err != nil {
		return nil, nil, err
	}
	failed := make(map[string]int)
	for _, f := range failures {
		failed[f.Portal]++
	}
	var rows []portalRow
	for _, f := range files {
		var h store.PortalHealth
		if i := slices.IndexFunc(health.Portals, func(h store.PortalHealth) bool { return h.Portal == f.ID }); i >= 0 {
			h = health.Portals[i]
		}
		rows = append(rows, d.portalRow(f, h, history[f.ID], failed[f.ID]))
	}
	return rows, files, nil
}

// showPortals serves GET /admin/portals.
func (s *Server) showPortals(c echo.Context) (err error) {
	v := portalsView{desk: s.newDesk(c, "门户"), Fixed: s.fixedWhy(c)}
	if v.Portals, _, err = s.portalRows(c, v.desk); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "portals", v)
}

// showPortal serves GET /admin/portals/:id.
func (s *Server) showPortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	v.done(c, map[string]string{"queued": "已排入队列，几秒内开始查看。", "retry": "未取得的网页已排入队列。", "dismissed": "已标为不需处理。",
		"saved": "门户文件已保存，原来的一份留在旁边。", "kept": "已读取并保存，标明为人工录入。"})
	return s.render(c, http.StatusOK, "portal", v)
}

func (s *Server) portalDeskOf(c echo.Context) (portalDesk, error) {
	v := portalDesk{desk: s.newDesk(c, "门户"), Fixed: s.fixedWhy(c)}
	ctx, id := ctxOf(c), c.Param("id")
	rows, files, err := s.portalRows(c, v.desk)
	if err != nil {
		return v, err
	}
	at := slices.IndexFunc(rows, func(r portalRow) bool { return r.ID == id })
	if at < 0 {
		return v, v.unknown(report.ErrNotFound, "没有门户“%s”", id)
	}
	v.Portal, v.Text, v.Title = rows[at], string(files[at].Text), rows[at].Name
	a, _ := actor(c)
	v.May = a.Role.May(store.Administrator)
	history, runs, err := s.portalHistory(ctx)
	if err != nil {
		return v, err
	}
	for i, p := range history[id][:min(10, len(history[id]))] {
		row := portalRunRow{Run: runs[id][i].ID, At: moment(p.StartedAt), Message: v.retell(p.Message), Lists: p.Lists, Found: p.Candidates,
			Fetched: p.Fetched, New: p.New, Revised: p.Revised, Failed: p.Failed + p.Blocked}
		row.State, row.Mark = v.portalState(p.State)
		v.Runs = append(v.Runs, row)
	}
	if len(runs[id]) > 0 {
		if v.Hosts, err = s.hostRows(ctx, runs[id][0].ID, id); err != nil {
			return v, err
		}
		v.HostsRun = strconv.FormatInt(int64(runs[id][0].ID), 10)
	}
	failures, err := s.Store.OpenFailures(ctx)
	for _, f := range failures {
		if f.Portal == id {
			v.Failures = append(v.Failures, failureRow{ID: f.ID, URL: f.URL, At: moment(f.At), Reason: v.retell(f.Reason), Blocked: strings.Contains(f.Reason, "验证")})
		}
	}
	return v, err
}

// hostRows are the requests of a run at a portal by host.
func (s *Server) hostRows(ctx context.Context, run store.RunID, portal string) ([]hostRow, error) {
	requests, err := s.Store.Requests(ctx, run)
	by, bytes, slowest := make(map[string]*hostRow), make(map[string]int64), make(map[string]time.Duration)
	for _, r := range requests {
		u, bad := url.Parse(r.URL)
		if r.Portal != portal || bad != nil {
			continue
		}
		h := by[u.Host]
		if h == nil {
			h = &hostRow{Host: u.Host}
			by[u.Host] = h
		}
		h.Requests++
		if r.NotModified {
			h.Unchanged++
		}
		if r.Error != "" {
			h.Faults++
		}
		bytes[u.Host] += r.Bytes
		slowest[u.Host] = max(slowest[u.Host], r.Took)
	}
	var rows []hostRow
	for host, h := range by {
		h.Bytes, h.Slowest = size(bytes[host]), fmt.Sprintf("%.1f s", slowest[host].Seconds())
		rows = append(rows, *h)
	}
	slices.SortFunc(rows, func(a, b hostRow) int { return cmp.Compare(a.Host, b.Host) })
	return rows, err
}

// changePortal serves POST /admin/portals/:id: a look now, failures again, or one less.
func (s *Server) changePortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	id, done := v.Portal.ID, ""
	switch do := c.FormValue("do"); do {
	case "refresh":
		done, err = "queued", s.Portals.Refresh(ctxOf(c), id)
	case "retry":
		done, err = "retry", s.retryFailures(c, id)
	case "dismiss":
		number, bad := strconv.ParseInt(c.FormValue("failure"), 10, 64)
		if bad != nil || !slices.ContainsFunc(v.Failures, func(f failureRow) bool { return f.ID == number }) {
			return &report.ParameterError{Name: "failure", Got: c.FormValue("failure"), Want: "本页所列的一项"}
		}
		a, _ := actor(c)
		done, err = "dismissed", s.Store.DismissFailure(ctxOf(c), number, a.Name)
	default:
		return &report.ParameterError{Name: "do", Got: do, Want: "refresh、retry 或 dismiss"}
	}
	if err == nil {
		err = s.audit(c, "portal."+done, id, c.FormValue("failure"))
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done="+done)
}

// retryFailures asks again for what failed: a look does, which begins at once.
func (s *Server) retryFailures(c echo.Context, id string) error {
	return s.Portals.Refresh(ctxOf(c), id)
}

// audit notes who did something with a portal.
func (s *Server) audit(c echo.Context, action, subject, detail string) error {
	a, _ := actor(c)
	return s.Store.Log(ctxOf(c), store.Entry{At: s.Now(), Account: a.ID, Name: a.Name, Client: a.Client, Action: action, Subject: subject,
		Reason: strings.TrimSpace(c.FormValue("reason")), Detail: detail})
}

// tryFor is how long a dry run may take: pages are asked at the portal's own pace.
const tryFor = 2 * time.Minute

// editPortal serves POST /admin/portals/:id/file: a dry run of a text, or keeping it.
func (s *Server) editPortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	id := v.Portal.ID
	v.Text = strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n")
	if c.FormValue("do") == "save" {
		if err = s.Portals.Save(id, []byte(v.Text)); err == nil {
			if err := s.audit(c, "portal.saved", id, v.Text); err != nil {
				return err
			}
			return s.redirect(c, "/admin/portals/"+url.PathEscape(id)+"?done=saved")
		}
	} else {
		ctx, cancel := context.WithTimeout(ctxOf(c), tryFor)
		defer cancel()
		v.Tried, err = s.Portals.Try(ctx, []byte(v.Text))
		if err == nil {
			err = s.audit(c, "portal.tried", id, "")
		}
	}
	if err != nil {
		v.Problem = err.Error()
	}
	return s.render(c, http.StatusOK, "portal", v)
}

// handIn serves POST /admin/portals/:id/hand-in: a page that a person saved from a
// browser, or a file, for a report of the portal.
func (s *Server) handIn(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	a, _ := actor(c)
	h := ingest.HandIn{By: a.Name, Portal: v.Portal.ID, Agency: report.AgencyID(strings.TrimSpace(c.FormValue("agency")))}
	if text := strings.TrimSpace(c.FormValue("year")); text != "" {
		if h.Year, err = parseYear("year", text); err != nil {
			return err
		}
	}
	doc, err := s.uploaded(c)
	if err != nil {
		v.Problem = v.t("没有收到文件，或文件过大；请选择一个文件再交。")
		return s.render(c, http.StatusBadRequest, "portal", v)
	}
	if doc.URL = strings.TrimSpace(c.FormValue("url")); doc.URL != "" {
		if u, bad := url.Parse(doc.URL); bad != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return &report.ParameterError{Name: "url", Got: doc.URL, Want: "http:// 或 https:// 开头的网址"}
		}
	}
	h.Documents = []ingest.Handed{doc}
	summary, err := s.Portals.HandIn(ctxOf(c), h)
	if err != nil {
		if errors.Is(err, report.ErrNotFound) {
			v.Problem = err.Error()
			return s.render(c, http.StatusBadRequest, "portal", v)
		}
		return err
	}
	if t := summary.Total(); t.New+t.Revised+t.Unchanged == 0 {
		v.Problem = v.t("没有认出是谁的、哪一年的报告；请填写机关编号和年度再交。")
		return s.render(c, http.StatusBadRequest, "portal", v)
	}
	if err := s.audit(c, "portal.handed", v.Portal.ID, doc.Name+" "+doc.URL); err != nil {
		return err
	}
	return s.redirect(c, "/admin/portals/"+url.PathEscape(v.Portal.ID)+"?done=kept")
}

// uploaded reads the file of a form.
func (s *Server) uploaded(c echo.Context) (ingest.Handed, error) {
	f, err := c.FormFile("file")
	if err != nil {
		return ingest.Handed{}, err
	}
	r, err := f.Open()
	if err != nil {
		return ingest.Handed{}, err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err == nil && len(body) == 0 {
		err = errors.New("empty")
	}
	return ingest.Handed{Name: f.Filename, Body: body}, err
}

// watchFor is how long one stream of progress lasts: the browser asks again by itself.
const watchFor = 4 * time.Minute

// servePortalEvents serves GET /admin/portals/:id/events: what the run under way has done
// so far, each second, as server-sent events.
func (s *Server) servePortalEvents(c echo.Context) error {
	w, id := c.Response(), c.Param("id")
	p := s.newPage(c)
	ctx, cancel := context.WithTimeout(ctxOf(c), watchFor)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for last := ""; ; {
		history, _, err := s.portalHistory(ctx)
		if err != nil {
			return nil // the line is gone, or will be asked for again
		}
		text := ""
		if runs := history[id]; len(runs) > 0 {
			word, _ := p.portalState(runs[0].State)
			text = p.t("%s：列表 %d 页，候选 %d，取得 %d，新增 %d，修订 %d，未取得 %d", word, runs[0].Lists, runs[0].Candidates, runs[0].Fetched, runs[0].New, runs[0].Revised, runs[0].Failed+runs[0].Blocked)
		}
		if text != last {
			last = text
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
				return nil
			}
			w.Flush()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// fixedWhy says why portal files cannot be saved here, "" where they can.
func (s *Server) fixedWhy(c echo.Context) string {
	if why := s.Portals.Fixed(); why != "" {
		return s.newPage(c).t(why)
	}
	return ""
}
