package web

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/people"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Jobs is the queue as people see and change it.
type Jobs interface {
	Open(ctx context.Context, kinds ...queue.Kind) ([]queue.Job, error)
	GivenUp(ctx context.Context) ([]queue.Job, error)
	Job(ctx context.Context, id int64) (queue.Job, error)
	Retry(ctx context.Context, id int64) error
	Cancel(ctx context.Context, id int64) error
}

// A jobsView is the queue: what runs, waits, is tried again and was given up, and who works.
type jobsView struct {
	desk
	Counts                             []jobCount
	Running, Waiting, Retrying, Gaveup []jobRow
	More                               []int // of each of the four lists, what is not shown
	Workers                            []workerRow
}

type jobCount struct {
	Look look
	N    int
}

type jobRow struct {
	ID                        int64
	Kind, Key, Href           string
	Worker, Began, Due, Ended string
	Attempts, Failed, Error   string
	Look                      look
}

type workerRow struct {
	Name, Since, Seen, Does string
	Running                 int
}

// jobsShown is how many jobs of a state a page lists.
const jobsShown = 100

// jobRoutes are the addresses of the queue.
func (s *Server) jobRoutes(get, post func(path string, role store.Role, h echo.HandlerFunc) workplace) []workplace {
	if s.Jobs == nil {
		return nil
	}
	return []workplace{get("/admin/jobs", store.Administrator, s.showJobs), get("/admin/jobs/events", store.Administrator, s.serveJobEvents),
		post("/admin/jobs", store.Administrator, s.changeJob)}
}

// jobLook is the look of a job's state.
func (p page) jobLook(s store.JobState) look {
	switch s {
	case store.JobRunning:
		return look{"ok", "▸", p.t("进行中")}
	case store.JobRetrying:
		return look{"rev", "!", p.t("待重试")}
	case store.JobGivenUp:
		return look{"err", "×", p.t("已放弃")}
	case store.JobCancelled:
		return look{"bad", "–", p.t("已取消")}
	}
	return look{"due", "", p.t("等候")}
}

// A jobWorld is what the rows of jobs name.
type jobWorld struct {
	portals map[string]PortalFile
	workers map[string]store.Worker
	by      people.Actor
}

func (s *Server) jobWorld(c echo.Context) (w jobWorld, all []store.Worker, err error) {
	w = jobWorld{portals: make(map[string]PortalFile), workers: make(map[string]store.Worker)}
	w.by, _ = actor(c)
	if s.Portals != nil {
		files, err := s.Portals.List()
		if err != nil {
			return w, nil, err
		}
		for _, f := range files {
			w.portals[f.ID] = f
		}
	}
	all, err = s.Store.Workers(ctxOf(c))
	for _, one := range all {
		w.workers[one.ID] = one
	}
	return w, all, err
}

// may reports whether an account sees and changes a job: one that is limited to regions
// only looks at portals of its own.
func (w jobWorld) may(j queue.Job) bool {
	if len(w.by.Regions) == 0 {
		return true
	}
	f, ok := w.portals[j.Key]
	return j.Kind == queue.Refresh && ok && w.by.Covers(standard.RegionCode(f.Region))
}

// jobs are those that an account may see.
func (s *Server) jobs(ctx context.Context, w jobWorld) ([]queue.Job, error) {
	open, err := s.Jobs.Open(ctx)
	if err != nil {
		return nil, err
	}
	ended, err := s.Jobs.GivenUp(ctx)
	return slices.DeleteFunc(append(open, ended...), func(j queue.Job) bool { return !w.may(j) }), err
}

// showJobs serves GET /admin/jobs.
func (s *Server) showJobs(c echo.Context) error {
	v := jobsView{desk: s.newDesk(c, "任务"), More: make([]int, 4)}
	w, workers, err := s.jobWorld(c)
	if err != nil {
		return err
	}
	jobs, err := s.jobs(ctxOf(c), w)
	if err != nil {
		return err
	}
	running, counts := make(map[string]int), make(map[store.JobState]int)
	for _, j := range jobs {
		counts[j.State]++
		if j.State == store.JobRunning {
			running[j.Worker]++
		}
	}
	v.list(w, jobs)
	for _, state := range []store.JobState{store.JobRunning, store.JobWaiting, store.JobRetrying, store.JobGivenUp, store.JobCancelled} {
		v.Counts = append(v.Counts, jobCount{v.jobLook(state), counts[state]})
	}
	for _, one := range workers {
		does := "只做任务"
		if one.Leads {
			does = "按计划排入并做任务"
		}
		v.Workers = append(v.Workers, workerRow{Name: v.workerName(one), Since: moment(one.Since), Seen: clockTime(one.Seen), Does: v.t(does), Running: running[one.ID]})
	}
	v.done(c, map[string]string{"retry": "已排到现在。", "cancel": "已取消；正在做的会在一分钟内停下。"})
	return s.render(c, http.StatusOK, "jobs", v)
}

// list puts the jobs into the lists of their states: those that wait by when they are due,
// those that were given up the latest first.
func (v *jobsView) list(w jobWorld, jobs []queue.Job) {
	slices.SortStableFunc(jobs, func(a, b queue.Job) int {
		if a.Ended.IsZero() && b.Ended.IsZero() {
			return a.Due.Compare(b.Due)
		}
		return b.Ended.Compare(a.Ended)
	})
	for _, j := range jobs {
		list, at := &v.Waiting, 1
		switch j.State {
		case store.JobRunning:
			list, at = &v.Running, 0
		case store.JobRetrying:
			list, at = &v.Retrying, 2
		case store.JobGivenUp, store.JobCancelled:
			list, at = &v.Gaveup, 3
		}
		if len(*list) < jobsShown {
			*list = append(*list, v.job(w, j))
		} else {
			v.More[at]++
		}
	}
}

// job is a row.
func (p page) job(w jobWorld, j queue.Job) jobRow {
	r := jobRow{ID: j.ID, Kind: p.t(j.Kind.Word()), Key: j.Key, Began: clockTime(j.Began), Due: moment(j.Due), Ended: moment(j.Ended),
		Attempts: fmt.Sprintf("%d/%d", j.Attempts, j.Most), Failed: moment(j.Failed), Error: p.retell(j.Error), Look: p.jobLook(j.State)}
	if j.Kind == queue.Refresh {
		if f, ok := w.portals[j.Key]; ok {
			r.Key, r.Href = p.name(f.Name), p.Href("/admin/portals/"+url.PathEscape(j.Key))
		}
	}
	if one, ok := w.workers[j.Worker]; ok {
		r.Worker = p.workerName(one)
	}
	return r
}

// workerName is what a worker is called.
func (p page) workerName(w store.Worker) string { return p.t("%s 进程 %d", w.Host, w.PID) }

// clockTime writes a moment of today with its seconds: a job may last no longer.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(standard.China()).Format("01-02 15:04:05")
}

// changeJob serves POST /admin/jobs: a job done now, or no more.
func (s *Server) changeJob(c echo.Context) error {
	id, bad := strconv.ParseInt(c.FormValue("job"), 10, 64)
	if bad != nil {
		return &report.ParameterError{Name: "job", Got: c.FormValue("job"), Want: "本页所列的一项"}
	}
	w, _, err := s.jobWorld(c)
	if err != nil {
		return err
	}
	j, err := s.Jobs.Job(ctxOf(c), id)
	if err != nil {
		return s.newPage(c).unknown(err, "没有任务“%s”，或已过期清除", c.FormValue("job"))
	}
	if !w.may(j) {
		return people.ErrForbidden
	}
	do := c.FormValue("do")
	switch do {
	case "retry":
		err = s.Jobs.Retry(ctxOf(c), id)
	case "cancel":
		err = s.cancelJob(c, j)
	default:
		return &report.ParameterError{Name: "do", Got: do, Want: "retry 或 cancel"}
	}
	if err == nil {
		err = s.audit(c, "job."+do, string(j.Kind)+" "+j.Key, "")
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/admin/jobs?done="+do)
}

// cancelJob takes a job out of the queue. A look that is under way is left as the page of
// its portal leaves it: what was had is kept, and the run says who wanted it.
func (s *Server) cancelJob(c echo.Context, j queue.Job) error {
	if j.Kind == queue.Refresh && j.State == store.JobRunning {
		a, _ := actor(c)
		e := store.Entry{At: s.Now(), Account: a.ID, Name: a.Name, Client: a.Client, Action: "portal.stop", Subject: j.Key}
		if _, err := s.Store.AskStop(ctxOf(c), j.Key, false, s.Now(), a.Shown, e); err != nil {
			return err
		}
	}
	return s.Jobs.Cancel(ctxOf(c), j.ID)
}

// serveJobEvents serves GET /admin/jobs/events: a mark whenever the queue has changed, as
// server-sent events, at which the page is asked for again.
func (s *Server) serveJobEvents(c echo.Context) error {
	world, _, err := s.jobWorld(c)
	if err != nil {
		return err
	}
	w := c.Response()
	ctx, cancel := context.WithTimeout(ctxOf(c), watchFor)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	if _, err := fmt.Fprint(w, "retry: 5000\n\n"); err != nil {
		return nil // the line is gone
	}
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for last := ""; ; {
		jobs, err := s.jobs(ctx, world)
		if err != nil {
			return nil // the line is gone, or will be asked for again
		}
		if mark := jobsMark(jobs); mark != last {
			last = mark
			if _, err := fmt.Fprintf(w, "data: %s\n\n", mark); err != nil {
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

// jobsMark changes with what the page shows of jobs.
func jobsMark(jobs []queue.Job) string {
	h := fnv.New64a()
	for _, j := range jobs {
		_, _ = fmt.Fprintln(h, j.ID, j.State, j.Attempts, j.Due.UnixMilli(), j.Worker)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}
