package queue

import (
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// A Kind says what a job is for.
type Kind string

// The kinds of jobs.
const (
	Refresh   Kind = "refresh"   // look at a portal; the key is its id
	Retry     Kind = "retry"     // ask again for the pages that are due
	Aggregate Kind = "aggregate" // make the sums of what a run changed; the key is its number
	Recheck   Kind = "recheck"   // judge what is kept by the thresholds of now
	Export    Kind = "export"    // write the published exports
	Notify    Kind = "notify"    // look whether there is anything to tell
	Digest    Kind = "digest"    // make the digests of the week
	Notice    Kind = "notice"    // send one message; the key is its number
	Backup    Kind = "backup"    // write a backup
	Forget    Kind = "forget"    // remove what the settings keep for some days only
)

// Word is what a kind is called, in Chinese.
func (k Kind) Word() string {
	words := map[Kind]string{Refresh: "查看门户", Retry: "重取网页", Aggregate: "汇总", Recheck: "按阈值重新核验", Export: "发布导出", Notify: "找出要通知的事",
		Digest: "周报", Notice: "发通知", Backup: "备份", Forget: "清理采集记录"}
	if word, ok := words[k]; ok {
		return word
	}
	return string(k)
}

// A terms is how jobs of a kind are done.
type terms struct {
	lane     string // workers of a lane do so many side by side
	priority int
	attempts int
	timeout  time.Duration
	wait     func(attempt int) time.Duration // after an attempt that failed
}

// The lanes. What lies in folders of one machine is done in the house, by `serve`.
const (
	portals = "portals"
	data    = "data"
	house   = "house"
)

// Lanes are the lanes of a process that does so many portals side by side. The house is
// worked by those who have its folders and addresses.
func Lanes(side int, inHouse bool) map[string]int {
	lanes := map[string]int{portals: side, data: 1}
	if inHouse {
		lanes[house] = 2 // a backup holds up no message
	}
	return lanes
}

const (
	long  = 24 * time.Hour // a portal of many pages, a request each second or so
	short = 2 * time.Hour
)

// termsOf returns the terms of a kind.
func termsOf(k Kind) terms {
	switch k {
	case Refresh: // half an hour, two hours and eight; then its next look
		return terms{portals, 2, 4, long, func(n int) time.Duration { return 30 * time.Minute << (2 * (n - 1)) }}
	case Retry:
		return terms{data, 3, 3, long, growing(time.Minute)}
	case Aggregate:
		return terms{data, 1, 10, short, growing(10 * time.Second)}
	case Recheck: // all reports of the database
		return terms{house, 4, 10, long, growing(time.Minute)}
	case Notice: // a minute, two and so on, in all about two hours
		return terms{house, 1, 8, short, growing(30 * time.Second)}
	case Backup:
		return terms{house, 2, 3, long, growing(10 * time.Minute)}
	case Export:
		return terms{house, 3, 5, long, growing(time.Minute)}
	}
	return terms{house, 3, 3, short, growing(time.Minute)}
}

// growing waits twice as long after each attempt.
func growing(first time.Duration) func(int) time.Duration {
	return func(attempt int) time.Duration { return first << min(attempt, 20) }
}

// args are a job's own words. The key alone makes it the same as another of its kind.
type args struct {
	kind Kind
	Key  string `json:"key" river:"unique"`
}

// Kind implements river.JobArgs.
func (a args) Kind() string { return string(a.kind) }

// openStates are those in which a job stands for another of its kind and key.
func openStates() []rivertype.JobState {
	return []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled}
}

// options are those of a job that is due at a time.
func options(k Kind, due, now time.Time) *river.InsertOpts {
	t := termsOf(k)
	o := &river.InsertOpts{Queue: t.lane, MaxAttempts: t.attempts, Priority: t.priority,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: openStates()}}
	if due.After(now) {
		o.ScheduledAt = due
	}
	return o
}

// names are the kinds as texts.
func names(kinds []Kind) []string {
	var all []string
	for _, k := range slices.Compact(slices.Sorted(slices.Values(kinds))) {
		all = append(all, string(k))
	}
	return all
}
