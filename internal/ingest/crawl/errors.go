package crawl

import (
	"fmt"
	"time"

	"gongkai/internal/report"
)

// A Kind says in which way a request failed. It decides what is done next.
type Kind string

// The kinds of failure.
const (
	Blocked   Kind = "blocked"   // a challenge, a captcha or a login: next try at the next refresh
	Gone      Kind = "gone"      // 404, 410, a page that says it does not exist, a redirect to the home page
	Temporary Kind = "temporary" // overload, reset, timeout, truncated answer: tried again, later again
	Closed    Kind = "closed"    // robots.txt forbids the address, or asks for a pace beyond the cap
	Foreign   Kind = "foreign"   // another host, which the portal file does not allow
	Private   Kind = "private"   // a private address, whose range the portal file does not name
	TooLarge  Kind = "too_large" // a limit on bytes was passed
	Budget    Kind = "budget"    // the portal's requests for this run are used up
	Broken    Kind = "broken"    // anything else: redirect loop, bad address, unexpected status
)

// A FetchError says why an address was not had. A Blocked one is a
// report.ErrBlocked, a Gone one a report.ErrNotFound, and one that is TooLarge a
// *report.LimitError.
type FetchError struct {
	Kind   Kind
	URL    string
	Reason string
	// Answer is the evidence: what the portal did answer. Nil where it did not.
	Answer *Fetched
	// RetryAfter is what the portal asked us to wait, 0 where it did not say.
	RetryAfter time.Duration
	Err        error
	final      bool // not to be tried again in this run
	way        bool // the way to the host failed, and not its answer
}

// Error implements error.
func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch %s: %s: %s", e.URL, e.Kind, e.Reason)
}

// Unwrap makes the kinds known to other packages.
func (e *FetchError) Unwrap() []error {
	var all []error
	switch e.Kind {
	case Blocked:
		all = append(all, report.ErrBlocked)
	case Gone:
		all = append(all, report.ErrNotFound)
	}
	if e.Err != nil {
		all = append(all, e.Err)
	}
	return all
}
