// Package report holds the nouns that every other package speaks of, and the
// kinds of error that callers tell apart.
//
// An Agency owes a Report for each year. What it published is a Version, read
// from an Original. A Version has a Value for each Cell of its format, each with
// its State and its Place, Findings made by the rules, and a Status that says how
// far its figures may be trusted. The package reads and writes nothing.
package report

import (
	"time"

	"gongkai/internal/standard"
)

// An AgencyID names an agency: the region code of a street or town (120110008), a
// region code with -gov for the government itself (120110-gov), or a region code
// with a slug for a department (120110-jyj).
type AgencyID string

// An Agency is a body that must report.
type Agency struct {
	ID      AgencyID
	Name    string // formal name without the regions above it: 军粮城街道办事处
	Short   string // 军粮城街道
	Kind    standard.Kind
	Region  standard.RegionCode // the region it belongs to: its own for a street, the county for a department
	Aliases []string            // former names and other spellings
	From    int                 // first report year it owes; 0 when not known
	Until   int                 // last report year it owes; 0 while it exists
	Due     DueDay              // the day that the register sets in place of the regulation's
	Became  Succession          // what became of it after Until
	Heir    AgencyID            // the agency that it became; "" where none is known
	Watched bool                // a portal of ours covers it
	Demo    bool                // fictitious, shown as 示例 everywhere
}

// Owes reports whether the agency must report for year.
func (a Agency) Owes(year int) bool {
	return (a.From == 0 || year >= a.From) && (a.Until == 0 || year <= a.Until)
}

// A Publication says what is known of a report's publication.
type Publication string

// The kinds of publication. Late is a statement of its own.
const (
	Published  Publication = "published"   // 已发布
	Missing    Publication = "missing"     // 未发布: the deadline has passed and a good look after it found nothing
	NotDue     Publication = "not_due"     // 未到期
	Unknown    Publication = "unknown"     // 未能查看: we could not look
	NotWatched Publication = "not_watched" // 未纳入: no portal of ours covers the agency
)

// A Status says how far the figures of a version may be trusted (design.md §3).
type Status string

// The statuses.
const (
	Verified     Status = "verified"     // 已核验
	Inconsistent Status = "inconsistent" // 勾稽不符
	NeedsReview  Status = "needs_review" // 待复核
	Unreadable   Status = "unreadable"   // 无法读取
)

// Counts reports whether aggregates count a version of this status by default.
func (s Status) Counts() bool { return s == Verified || s == Inconsistent }

// A SHA256 is the hexadecimal hash of an original's bytes.
type SHA256 string

// An Original is archived bytes: who served them, where and when.
type Original struct {
	Hash           SHA256
	URL            string // address the bytes came from, after redirects
	RequestedURL   string // address that was asked
	Method         string `json:",omitempty"` // "" for GET
	Form           string `json:",omitempty"` // what was posted
	ContentType    string // as the server said
	Size           int64  // bytes
	FetchedAt      time.Time
	ResponseHeader map[string][]string
	RequestHeader  map[string][]string
	Status         int // HTTP status
	Demo           bool
	HandedIn       string `json:",omitempty"` // the person who handed it in; "" where a portal gave it
}

// A Date is a calendar day as printed on a document, or zero where none is.
type Date struct{ Year, Month, Day int }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }
