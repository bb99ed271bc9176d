// Package people knows who may write, and what they wrote.
//
// In: a name and a password, and what a reviewer says of a doubtful cell or of a
// finding. Out: accounts and sessions, and corrections and decisions in the store, each
// with a line of the audit log in the same transaction. A correction is laid over what
// was read and judged by the same rules; it never takes its place. The package serves
// no page, and it reads no original.
package people

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"gongkai/internal/judging"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Options are what an operator decides about people.
type Options struct {
	Second bool             // corrections wait for a second pair of eyes
	Now    func() time.Time // nil for time.Now
	// Thresholds are those of the settings: what a person corrects is judged as what is read.
	Thresholds standard.Thresholds
	// Across returns what the rules across reports find of a report; nil for nothing.
	Across func(ctx context.Context, a report.Agency, year int, asOf store.RunID) ([]report.Finding, error)
	// Wait slows an answer down; nil for a timer that ends with ctx.
	Wait func(ctx context.Context, d time.Duration) error
}

// A Service answers for the people of one database.
type Service struct {
	Options
	db       *store.DB
	tries    *tries
	hashing  chan struct{}          // a place for each password that is hashed at a time
	anyone   func() (string, error) // hash of no password, so that an unknown name takes as long as a known one
	hashCost cost
}

// judge applies the rules to what is kept.
func (s *Service) judge() judging.Judge { return judging.Judge{DB: s.db, Thresholds: s.Thresholds} }

// An Actor is who does something, and from where.
type Actor struct {
	store.Account
	Client string
}

// entry begins a line of the audit log.
func (s *Service) entry(by Actor, action, subject, reason, detail string) store.Entry {
	name := by.Name
	return store.Entry{At: s.Now(), Account: by.ID, Name: name, Action: action, Subject: subject, Client: by.Client,
		Reason: reason, Detail: detail}
}

// New returns the service of a database.
func New(db *store.DB, o Options) *Service { return newWith(db, o, usualCost) }

func newWith(db *store.DB, o Options, c cost) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return &Service{Options: o, db: db, tries: newTries(), hashing: make(chan struct{}, hashes), hashCost: c,
		anyone: sync.OnceValues(func() (string, error) { return hashPassword(rand.Text(), c) })}
}

// hashes is how many passwords are hashed at a time: each takes memory, and whoever
// sends many of them must not take it all.
const hashes = 2

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Random returns n random bytes in hexadecimal digits.
func Random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
