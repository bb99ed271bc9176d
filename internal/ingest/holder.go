package ingest

import (
	"encoding/json"
	"time"

	"gongkai/internal/process"
	"gongkai/internal/store"
)

// me is this process, as the payload of a lease that it has taken.
func me(now time.Time) string {
	text, _ := json.Marshal(process.Me(now)) // of texts and a number
	return string(text)
}

// holderOf returns who has a lease, and false where the lease does not say it.
func holderOf(lease store.Lease) (p process.ID, ok bool) {
	err := json.Unmarshal([]byte(lease.Payload), &p)
	return p, err == nil && p.PID > 0
}
