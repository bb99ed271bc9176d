package main

import (
	"strings"
	"testing"
	"time"

	"gongkai/internal/queue"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestQueueHealth holds what the doctor makes of the queue: what waits for nobody, what a
// process that is gone has in hand, what was given up; and that a queue in order is well.
func TestQueueHealth(t *testing.T) {
	s := settings{DB: t.TempDir() + "/gongkai.db"}
	db, err := store.Open(t.Context(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q, err := queue.Open(t.Context(), db, s.newLog())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	says := func(now time.Time) string {
		t.Helper()
		found, err := queueHealth(t.Context(), db, now)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, d := range found {
			b.WriteString(d.found + "；" + d.mend + "\n")
		}
		return b.String()
	}
	now := time.Now()
	if got := says(now); got != "进行 0 项，等候 0 项，到期未做的没有；0 个进程在做；\n" {
		t.Errorf("an empty queue: %s", got)
	}
	if _, err := q.Add(t.Context(), queue.Refresh, "dongli", time.Time{}); err != nil {
		t.Fatal(err)
	}
	later := now.Add(3 * time.Hour)
	if got := says(now.Add(time.Minute)); strings.Contains(got, "启动") {
		t.Errorf("a job that was just added: %s", got)
	}
	if got := says(later); !strings.Contains(got, "到期未做 1 项，最早的是“查看门户 dongli”，已到期 3 小时；0 个进程在做；启动 dashboard serve") &&
		!strings.Contains(got, "已到期 2 小时；0 个进程在做；启动 dashboard serve") {
		t.Errorf("a job that nobody does: %s", got)
	}
	worker := store.Worker{ID: "w", Host: "elsewhere", PID: 7, Since: now, Seen: later}
	if err := db.SignWorker(t.Context(), worker); err != nil {
		t.Fatal(err)
	}
	if got := says(later); strings.Contains(got, "启动") || !strings.Contains(got, "1 个进程在做") {
		t.Errorf("a job that waits for a worker: %s", got)
	}
	if got := says(now.Add(30 * time.Hour)); !strings.Contains(got, "启动 dashboard serve") {
		t.Errorf("a worker that is silent counts: %s", got)
	}
	execute(t, s.DB, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP, attempted_by = '["gone"]'`)
	if got := says(later); !strings.Contains(got, "1 项标为进行中，而做它的进程已经不在，如“查看门户 dongli”") {
		t.Errorf("a job of a process that is gone: %s", got)
	}
	execute(t, s.DB, `UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP, errors = '[{"at":"2026-01-01T00:00:00Z","attempt":4,"error":"门户拒绝","trace":""}]'`)
	if got := says(later); !strings.Contains(got, "1 项多次失败后放弃，最近的是“查看门户 dongli”：门户拒绝；按原因处理后") {
		t.Errorf("a job that was given up: %s", got)
	}
}

// TestCarryJobs: what waits in the queue of a database goes with it, with the time it waits
// for; what was given up stays.
func TestCarryJobs(t *testing.T) {
	open := func(name string) (*store.DB, *queue.Queue) {
		t.Helper()
		db, err := store.Open(t.Context(), t.TempDir()+"/"+name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		q, err := queue.Open(t.Context(), db, (&settings{}).newLog())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(q.Close)
		return db, q
	}
	from, old := open("from.db")
	to, q := open("to.db")
	due := time.Now().Add(5 * time.Hour).Truncate(time.Second)
	for key, at := range map[string]time.Time{"asked": {}, "later": due, "left": {}} {
		if _, err := old.Add(t.Context(), queue.Refresh, key, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := old.Withdraw(t.Context(), queue.Refresh, "left"); err != nil {
		t.Fatal(err)
	}
	if carried, left, err := carryJobs(t.Context(), from, to); err != nil || carried != 2 || left != 1 {
		t.Fatalf("carried %d, left %d, err %v; want 2 and 1", carried, left, err)
	}
	jobs, err := q.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]time.Time)
	for _, j := range jobs {
		got[j.Key] = j.Due
	}
	if len(got) != 2 || got["asked"].After(time.Now()) || !got["later"].Equal(due) {
		t.Errorf("waits in the target: %v", got)
	}
}

// TestRulesHealth: the doctor says that what is kept was judged by other thresholds, until
// it was judged again.
func TestRulesHealth(t *testing.T) {
	s := settings{DB: t.TempDir() + "/gongkai.db", Archive: t.TempDir(), Thresholds: standard.Thresholds{"year.jump.ratio": 6}}
	db, err := store.Open(t.Context(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	d, err := s.rulesHealth(t.Context(), db)
	if err != nil || d.mend == "" || !strings.Contains(d.found, "当时 规则自带的，现在 year.jump.ratio=6") {
		t.Errorf("before: %+v, err %v", d, err)
	}
	var out strings.Builder
	if err := s.judgeAgain(t.Context(), &out); err != nil || out.String() != "按现在的阈值重新核验：0 份报告的核验结果有变\n" {
		t.Errorf("judged again: %s, err %v", out.String(), err)
	}
	if d, err := s.rulesHealth(t.Context(), db); err != nil || d.mend != "" || d.found != "year.jump.ratio=6" {
		t.Errorf("after: %+v, err %v", d, err)
	}
}
