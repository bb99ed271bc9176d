package ingest

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"gongkai/internal/store"
)

// A holder is the process that has a lease, as it says itself in the payload of the job:
// so that another can say who it waits for, and take over at once where it is gone.
type holder struct {
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Space string    `json:"space"` // in which the number means that process; "" where that cannot be said
	Since time.Time `json:"since"`
}

// me is this process.
func me(now time.Time) string {
	host, _ := os.Hostname() // "" says nothing, and is no proof of anything
	text, _ := json.Marshal(holder{Host: host, PID: os.Getpid(), Space: processSpace(), Since: now.UTC()})
	return string(text)
}

// holderOf returns who has a lease, and false where the job does not say it.
func holderOf(job store.Job) (h holder, ok bool) {
	err := json.Unmarshal([]byte(job.Payload), &h)
	return h, err == nil && h.PID > 0
}

// gone reports whether the process is known to have ended: it ran where this one does,
// and its number is nobody's. Where there is any doubt it is not.
func (h holder) gone() bool {
	return h.PID > 0 && h.Space != "" && h.Space == processSpace() && h.PID != os.Getpid() && ended(h.PID)
}

// String names the process in the log.
func (h holder) String() string {
	return fmt.Sprintf("process %d on %s since %s", h.PID, h.Host, h.Since.Format(time.RFC3339))
}

// Signature is this process, as the payload of a job that it has leased.
func Signature() string { return me(time.Now()) }

// Left reports whether a job is leased by a process that is known to have ended.
func Left(job store.Job) bool {
	h, known := holderOf(job)
	return known && job.State == store.JobLeased && h.gone()
}
