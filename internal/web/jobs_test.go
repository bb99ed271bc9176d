package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/internal/people"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// jobsInMemory is a queue that notes what it is told.
type jobsInMemory struct {
	all  []queue.Job
	told []string
}

// newJobs is a queue with a job in each state.
func newJobs() *jobsInMemory {
	at := time.Date(2025, 4, 7, 8, 0, 0, 0, time.UTC)
	return &jobsInMemory{all: []queue.Job{
		{ID: 1, Kind: queue.Refresh, Key: "demo", State: store.JobRunning, Attempts: 1, Most: 4, Due: at, Began: at, Worker: "w1"},
		{ID: 2, Kind: queue.Refresh, Key: "real", State: store.JobRetrying, Attempts: 2, Most: 4, Due: at, Error: queue.LeftBehind, Failed: at},
		{ID: 3, Kind: queue.Backup, State: store.JobWaiting, Most: 3, Due: at},
		{ID: 4, Kind: queue.Notice, Key: "7", State: store.JobGivenUp, Attempts: 8, Most: 8, Due: at, Ended: at, Error: "502 Bad Gateway", Failed: at},
	}}
}

func (q *jobsInMemory) Open(context.Context, ...queue.Kind) ([]queue.Job, error) {
	return slices.DeleteFunc(slices.Clone(q.all), func(j queue.Job) bool { return !j.Ended.IsZero() }), nil
}

func (q *jobsInMemory) GivenUp(context.Context) ([]queue.Job, error) {
	return slices.DeleteFunc(slices.Clone(q.all), func(j queue.Job) bool { return j.Ended.IsZero() }), nil
}

func (q *jobsInMemory) Job(_ context.Context, id int64) (queue.Job, error) {
	for _, j := range q.all {
		if j.ID == id {
			return j, nil
		}
	}
	return queue.Job{}, report.ErrNotFound
}

func (q *jobsInMemory) Retry(_ context.Context, id int64) error {
	q.told = append(q.told, "retry "+string(rune('0'+id)))
	return nil
}

func (q *jobsInMemory) Cancel(_ context.Context, id int64) error {
	q.told = append(q.told, "cancel "+string(rune('0'+id)))
	return nil
}

// TestJobs holds what the page of the queue shows in both languages, and that jobs are
// retried and cancelled by who may; an account of one region sees and changes the looks at
// its own portals alone.
func TestJobs(t *testing.T) {
	c := newCrowd(t, Access{})
	q := c.Jobs.(*jobsInMemory)
	w := store.Worker{ID: "w1", Host: "far-7", PID: 4711, Leads: true, Since: c.Now(), Seen: c.Now()}
	if err := c.Store.SignWorker(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	by := people.Actor{Account: store.Account{Name: "test"}}
	if _, err := c.People.Add(t.Context(), by, people.NewAccount{Name: "u-chief", Role: store.Administrator, Regions: []standard.RegionCode{fixtureRegion}, Password: crowdPassword}); err != nil {
		t.Fatal(err)
	}
	c.signIn("u-chief", "")
	for lang, words := range map[string][]string{"": {"查看门户", "far-7 进程 4711", "待重试", "任务重新排队", "已放弃", "502 Bad Gateway", "2/4", "按计划排入"},
		"/en": {"Look at a portal", "far-7, process 4711", "To be retried", "was cut off", "Given up", "keeps the schedule"}} {
		body := c.get(lang+"/admin/jobs?done=cancel", "u-administrator").Body.String()
		for _, word := range words {
			if !strings.Contains(body, word) {
				t.Errorf("%s/admin/jobs does not say %q", lang, word)
			}
		}
		checkNesting(t, body)
		checkIDs(t, elements(t, body))
		checkPolicy(t, elements(t, body))
		if lang != "" {
			for _, text := range chineseIn(t, body) {
				t.Errorf("the English page says %q", text)
			}
		}
	}
	own := c.get("/admin/jobs", "u-chief").Body.String()
	if !strings.Contains(own, "/admin/portals/demo") || strings.Contains(own, "/admin/portals/real") || strings.Contains(own, "502 Bad Gateway") {
		t.Error("the jobs of an account of one region are not those of the region")
	}
	for _, s := range []struct {
		who, do, job string
		want         int
	}{
		{"u-administrator", "retry", "4", http.StatusSeeOther}, {"u-administrator", "cancel", "3", http.StatusSeeOther}, {"u-chief", "cancel", "1", http.StatusSeeOther},
		{"u-chief", "cancel", "2", http.StatusForbidden}, {"u-chief", "retry", "4", http.StatusForbidden}, {"u-reviewer", "cancel", "3", http.StatusForbidden},
		{"u-administrator", "retry", "99", http.StatusNotFound}, {"u-administrator", "burn", "3", http.StatusBadRequest}, {"u-administrator", "retry", "x", http.StatusBadRequest},
	} {
		if w := c.post("/admin/jobs", s.who, url.Values{"do": {s.do}, "job": {s.job}}); w.Code != s.want {
			t.Errorf("%s %s %s: %d; want %d", s.who, s.do, s.job, w.Code, s.want)
		}
	}
	if want := []string{"retry 4", "cancel 3", "cancel 1"}; !slices.Equal(q.told, want) {
		t.Errorf("the queue was told %v; want %v", q.told, want)
	}
	log, err := c.Store.Audit(t.Context(), 0, 0)
	if err != nil || !slices.ContainsFunc(log, func(e store.Entry) bool { return e.Action == "job.cancel" && e.Subject == "backup " }) {
		t.Errorf("the audit log has no line of the job that was cancelled, %v", err)
	}
}

// TestJobsMark holds that the mark changes with what the page shows.
func TestJobsMark(t *testing.T) {
	jobs := newJobs().all
	was := jobsMark(jobs)
	if again := jobsMark(jobs); again != was {
		t.Error("the mark of the same jobs differs")
	}
	jobs[0].State = store.JobDone
	if jobsMark(jobs) == was {
		t.Error("the mark stays when a job ends")
	}
}
