package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
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
	// Read says what a text would be as a portal file, and Switched is a text with the
	// portal enabled or not.
	Read     func(text []byte) (PortalFile, error)
	Switched func(text []byte, on bool) ([]byte, error)
	// Refresh puts a look at a portal into the queue.
	Refresh func(ctx context.Context, id string) error
	// Waits reports whether a look at a portal waits in the queue, and until when. Withdraw
	// takes it out.
	Waits    func(ctx context.Context, id string) (due time.Time, waits bool, err error)
	Withdraw func(ctx context.Context, id string) (bool, error)
	// AskAgain puts the pages that failed into the queue, each for one attempt.
	AskAgain func(ctx context.Context, id string) (int, error)
	// Visit asks for a page that a person names.
	Visit func(ctx context.Context, a ingest.Address) (ingest.Summary, error)
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
	Heads   []orderHead
	Fixed   string
}

// A portalDesk is one portal.
type portalDesk struct {
	desk
	Portal   portalRow
	Runs     []portalRunRow
	Hosts    []hostRow
	HostsRun string
	Layout   string // what its lists are built of, in short
	Built    string // how that is beside the good look before
	Rebuilt  bool   // otherwise
	Queued   bool   // a look waits for its turn
	Again    string // when a look that failed is tried again, "" where that is soon
	Switch   string // what the button to enable or disable it sends
	Failures []failureRow
	Text     string
	Tried    string
	Problem  string
	Fixed    string
	May      bool   // change it
	Address  string // that was asked for by hand
	by       people.Actor
}

type portalRow struct {
	ID, Name, Href, Region       string
	Enabled                      bool
	State, Mark, Looked, Good    string
	Message                      string
	Found, Usual, Expect, Failed int
	Running                      bool
	Seen                         bool // its lists were read at some look; before that Found says nothing
	Fewer                        bool // than its own history has
}

type portalRunRow struct {
	Run                                         store.RunID
	Href, Layout                                string
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
		post("/admin/portals/:id"+handInPath, store.Administrator, s.handIn), post("/admin/portals/:id/address", store.Administrator, s.visitAddress),
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

// looksOf leaves out what says nothing of how the lists are: single pages that were asked
// again, and what a person handed in.
func looksOf(history []store.PortalRun) []store.PortalRun {
	return slices.DeleteFunc(slices.Clone(history), func(p store.PortalRun) bool { return p.Lists == 0 && p.State == store.PortalOK })
}

// portalRow is a portal with how it is.
func (d desk) portalRow(f PortalFile, h store.PortalHealth, history []store.PortalRun, failed int) portalRow {
	r := portalRow{ID: f.ID, Name: f.Name, Region: f.Region, Enabled: f.Enabled, Expect: f.Expect, Failed: failed,
		Href: d.Href("/admin/portals/" + url.PathEscape(f.ID)), Looked: moment(h.Looked), Good: moment(h.LastGood), Usual: usual(history)}
	state := h.State
	looks := looksOf(history)
	if len(looks) > 0 {
		state, r.Message = looks[0].State, d.retell(looks[0].Message)
	}
	if len(history) > 0 {
		i := slices.IndexFunc(history, func(p store.PortalRun) bool { return p.Lists > 0 })
		if i >= 0 {
			r.Found, r.Seen = history[i].Candidates, true
		}
		r.Running = history[0].State == store.PortalRunning
	}
	r.State, r.Mark = d.portalState(state)
	r.Fewer = r.Seen && r.Found < cmp.Or(r.Usual, r.Expect)
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
	all, err := s.Portals.List()
	if err != nil {
		return nil, nil, err
	}
	by, _ := actor(c)
	files := slices.DeleteFunc(all, func(f PortalFile) bool { return !by.Covers(standard.RegionCode(f.Region)) })
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
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Portals = order(v.Portals, o, func(r portalRow, i int) string {
		return column([]string{r.Name, r.State, r.Good, strconv.Itoa(r.Found), strconv.Itoa(max(r.Usual, r.Expect)), strconv.Itoa(r.Failed)}, i)
	})
	v.Heads = v.orderHeads(c, o, "", func(i int) bool { return i > 2 }, v.t("门户"), v.t("状况"), v.t("最近正常查看"), v.t("找到"), v.t("以往"), v.t("未取得"))
	return s.render(c, http.StatusOK, "portals", v)
}

// showPortal serves GET /admin/portals/:id.
func (s *Server) showPortal(c echo.Context) error {
	v, err := s.portalDeskOf(c)
	if err != nil {
		return err
	}
	v.done(c, map[string]string{"stop": "已请它停下，几秒内停；已取得的保留。", "idle": "没有正在进行或排队的查看。", "enabled": "已启用。", "disabled": "已停用；不再按计划查看。",
		"visited": "已取得并读取。", "nothing": "没有未取得的网页。", "queued": "已排入队列，半分钟内开始查看。", "retry": "未取得的网页已排入队列，各再取一次。", "dismissed": "已标为不需处理。",
		"saved": "门户文件已保存，原来的一份留在旁边。", "kept": "已读取并保存，标明为人工录入。"})
	return s.render(c, http.StatusOK, "portal", v)
}

// portalNamed is the file of a portal that the account may see.
func (s *Server) portalNamed(c echo.Context, id string) (PortalFile, people.Actor, error) {
	by, _ := actor(c)
	files, err := s.Portals.List()
	if err != nil {
		return PortalFile{}, by, err
	}
	at := slices.IndexFunc(files, func(f PortalFile) bool { return f.ID == id })
	switch {
	case at < 0:
		return PortalFile{}, by, s.newPage(c).unknown(report.ErrNotFound, "没有门户“%s”", id)
	case !by.Covers(standard.RegionCode(files[at].Region)):
		return PortalFile{}, by, people.ErrForbidden
	}
	return files[at], by, nil
}

func (s *Server) portalDeskOf(c echo.Context) (portalDesk, error) {
	v := portalDesk{desk: s.newDesk(c, "门户"), Fixed: s.fixedWhy(c)}
	ctx, id := ctxOf(c), c.Param("id")
	if _, _, err := s.portalNamed(c, id); err != nil {
		return v, err
	}
	rows, files, err := s.portalRows(c, v.desk)
	if err != nil {
		return v, err
	}
	at := slices.IndexFunc(rows, func(r portalRow) bool { return r.ID == id })
	if at < 0 {
		return v, v.unknown(report.ErrNotFound, "没有门户“%s”", id)
	}
	v.Portal, v.Text, v.Title = rows[at], string(files[at].Text), v.name(rows[at].Name)
	v.by, _ = actor(c)
	v.May = v.by.Role.May(store.Administrator)
	history, runs, err := s.portalHistory(ctx)
	if err != nil {
		return v, err
	}
	for i, p := range history[id][:min(10, len(history[id]))] {
		row := portalRunRow{Run: runs[id][i].ID, Href: v.Portal.Href + "?run=" + strconv.FormatInt(int64(runs[id][i].ID), 10) + "#requests", Layout: layoutPrint(p.Layout), At: moment(p.StartedAt), Message: v.retell(p.Message), Lists: p.Lists, Found: p.Candidates,
			Fetched: p.Fetched, New: p.New, Revised: p.Revised, Failed: p.Failed + p.Blocked}
		row.State, row.Mark = v.portalState(p.State)
		v.Runs = append(v.Runs, row)
	}
	v.layout(history[id])
	due, queued, err := s.queued(ctx, id)
	if err != nil {
		return v, err
	}
	if v.Queued = queued; queued && s.later(due) {
		v.Again = moment(due)
	}
	if v.Switch = "enable"; v.Portal.Enabled {
		v.Switch = "disable"
	}
	if at := runAsked(c, runs[id]); at >= 0 {
		if v.Hosts, err = s.hostRows(ctx, runs[id][at].ID, id); err != nil {
			return v, err
		}
		v.HostsRun = strconv.FormatInt(int64(runs[id][at].ID), 10)
	}
	failures, err := s.Store.OpenFailures(ctx)
	for _, f := range failures {
		if f.Portal == id {
			v.Failures = append(v.Failures, failureRow{ID: f.ID, URL: f.URL, At: moment(f.At), Reason: v.retell(f.Reason), Blocked: strings.Contains(f.Reason, "验证")})
		}
	}
	return v, err
}

// runAsked is the place of the run that the address names, else of the newest; -1 for
// none.
func runAsked(c echo.Context, runs []store.Run) int {
	named := slices.IndexFunc(runs, func(r store.Run) bool { return strconv.FormatInt(int64(r.ID), 10) == c.QueryParam("run") })
	if named >= 0 || len(runs) == 0 {
		return named
	}
	return 0
}

// layout says what the lists are built of, and how that is beside the last good look. Lists
// may differ in trifles and be built alike.
func (v *portalDesk) layout(history []store.PortalRun) {
	now, before, rebuilt := layoutNow(history)
	v.Layout, v.Rebuilt = now, rebuilt
	switch {
	case before == "":
	case rebuilt:
		v.Built = v.t("与上次正常查看时不同（当时 %s）", before)
	case now == before:
		v.Built = v.t("与上次正常查看时相同")
	default:
		v.Built = v.t("与上次正常查看时相近（当时 %s）", before)
	}
}

// layoutNow is what the lists were built of when they were read last and at the good look
// before, in short, and whether the two are built otherwise.
func layoutNow(history []store.PortalRun) (now, before string, rebuilt bool) {
	var known []store.PortalRun
	for _, p := range history {
		if len(p.Layout) > 0 && (len(known) == 0 || p.State == store.PortalOK) {
			known = append(known, p)
		}
	}
	switch len(known) {
	case 0:
		return "", "", false
	case 1:
		return layoutPrint(known[0].Layout), "", false
	}
	return layoutPrint(known[0].Layout), layoutPrint(known[1].Layout), ingest.Rebuilt(known[1].Layout, known[0].Layout)
}

// layoutPrint is a layout in eight digits, "" where it is not known.
func layoutPrint(layout map[string]string) string {
	if len(layout) == 0 {
		return ""
	}
	h := sha256.New()
	for _, entry := range slices.Sorted(maps.Keys(layout)) {
		fmt.Fprintf(h, "%s %s\n", entry, layout[entry])
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
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

// fixedWhy says why portal files cannot be saved here, "" where they can.
func (s *Server) fixedWhy(c echo.Context) string {
	if why := s.Portals.Fixed(); why != "" {
		return s.newPage(c).t(why)
	}
	return ""
}
