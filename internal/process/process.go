// Package process says which process this is, and whether another has ended.
//
// In: nothing but what the system knows. Out: an ID that a process writes beside what it
// has in hand, so that another can say who it waits for, and take over at once where it
// is gone. Of processes on other machines, or in other containers, nothing is known.
package process

import (
	"fmt"
	"os"
	"time"
)

// An ID is a process, as it says itself.
type ID struct {
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Space string    `json:"space"` // in which the number means that process; "" where that cannot be said
	Since time.Time `json:"since"`
}

// Me is this process.
func Me(now time.Time) ID {
	host, _ := os.Hostname() // "" says nothing, and is no proof of anything
	return ID{Host: host, PID: os.Getpid(), Space: space(), Since: now.UTC()}
}

// Gone reports whether the process is known to have ended: it ran where this one does,
// and its number is nobody's. Where there is any doubt it is not.
func (p ID) Gone() bool {
	return p.PID > 0 && p.Space != "" && p.Space == space() && p.PID != os.Getpid() && ended(p.PID)
}

// String names the process in the log.
func (p ID) String() string {
	return fmt.Sprintf("process %d on %s since %s", p.PID, p.Host, p.Since.Format(time.RFC3339))
}
