package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gongkai/internal/process"
	"gongkai/internal/queue"
	"gongkai/internal/store"
)

const (
	silentFor  = time.Minute    // without a sign of life a worker is taken for dead: it gives one every five seconds
	undoneFor  = time.Hour      // a job may be due for so long while nobody works
	crowdedFor = 24 * time.Hour // and for so long while somebody does: no job lasts longer
)

// queueHealth is what the doctor finds of the work that waits: jobs that nobody does, those
// in the hands of a process that is gone, and those that were given up.
func queueHealth(ctx context.Context, db *store.DB, now time.Time) ([]diagnosis, error) {
	q, err := queue.Open(ctx, db, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer q.Close()
	open, err := q.Open(ctx)
	if err != nil {
		return nil, err
	}
	ended, err := q.GivenUp(ctx)
	if err != nil {
		return nil, err
	}
	workers, err := db.Workers(ctx)
	if err != nil {
		return nil, err
	}
	alive := make(map[string]bool)
	for _, w := range workers {
		gone := process.ID{Host: w.Host, PID: w.PID, Space: w.Space, Since: w.Since}.Gone()
		alive[w.ID] = !gone && now.Sub(w.Seen) < silentFor
	}
	all := []diagnosis{waitingHealth(open, alive, now)}
	for _, found := range []diagnosis{orphanHealth(open, alive), givenUpHealth(ended)} {
		if found.mend != "" {
			all = append(all, found)
		}
	}
	return all, nil
}

// queueWhat is what the doctor calls the queue.
const queueWhat = "队列"

// waitingHealth tells what waits and since when, and whether anybody will do it.
func waitingHealth(open []queue.Job, alive map[string]bool, now time.Time) diagnosis {
	works, running := 0, 0
	for _, is := range alive {
		if is {
			works++
		}
	}
	var due []queue.Job
	for _, j := range open {
		switch {
		case j.State == store.JobRunning:
			running++
		case !j.Due.After(now):
			due = append(due, j)
		}
	}
	if len(due) == 0 {
		return well(queueWhat, "进行 %d 项，等候 %d 项，到期未做的没有；%d 个进程在做", running, len(open)-running, works)
	}
	oldest := slices.MinFunc(due, func(a, b queue.Job) int { return a.Due.Compare(b.Due) })
	found := fmt.Sprintf("到期未做 %d 项，最早的是“%s”，已到期 %s；%d 个进程在做", len(due), jobName(oldest), roughly(now.Sub(oldest.Due)), works)
	switch late := now.Sub(oldest.Due); {
	case works == 0 && late > undoneFor:
		return ill(queueWhat, found, "启动 dashboard serve（不用 --no-schedule）或 dashboard worker，它会接着做")
	case late > crowdedFor:
		return ill(queueWhat, found, "看 /admin/jobs 中哪一项占住了进程；取消它，或重启 dashboard serve")
	}
	return well(queueWhat, "%s", found)
}

// orphanHealth tells of jobs in the hands of processes that are gone.
func orphanHealth(open []queue.Job, alive map[string]bool) diagnosis {
	orphans := slices.DeleteFunc(slices.Clone(open), func(j queue.Job) bool { return j.State != store.JobRunning || alive[j.Worker] })
	if len(orphans) == 0 {
		return diagnosis{}
	}
	return ill(queueWhat, fmt.Sprintf("%d 项标为进行中，而做它的进程已经不在，如“%s”（自 %s）", len(orphans), jobName(orphans[0]), china(orphans[0].Began)),
		"启动 dashboard serve 或 worker，它会把这些任务接过来；已在运行的半分钟内自动接过")
}

// givenUpHealth tells of jobs that failed too often.
func givenUpHealth(ended []queue.Job) diagnosis {
	given := slices.DeleteFunc(slices.Clone(ended), func(j queue.Job) bool { return j.State != store.JobGivenUp })
	if len(given) == 0 {
		return diagnosis{}
	}
	last := slices.MaxFunc(given, func(a, b queue.Job) int { return a.Ended.Compare(b.Ended) })
	return ill(queueWhat, fmt.Sprintf("近七天内 %d 项多次失败后放弃，最近的是“%s”：%s", len(given), jobName(last), cmp.Or(last.Error, "没有记下原因")),
		"按原因处理后在 /admin/jobs 中点“现在做”，或取消它")
}

// jobName is what a job is called.
func jobName(j queue.Job) string {
	if j.Key == "" {
		return j.Kind.Word()
	}
	return j.Kind.Word() + " " + j.Key
}

// roughly is a time in the largest unit that it fills.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d 天", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d 小时", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d 分钟", int(d.Minutes()))
	}
	return fmt.Sprintf("%d 秒", int(d.Seconds()))
}
