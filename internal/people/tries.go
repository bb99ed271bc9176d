package people

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// A SlowDownError refuses an attempt to sign in that came too soon after others that
// failed. The password was not looked at.
type SlowDownError struct{ After time.Duration }

// Error implements error.
func (e *SlowDownError) Error() string {
	return fmt.Sprintf("too many attempts to sign in; try again in %s", e.After.Round(time.Second))
}

// The bounds of what is remembered and of what it costs.
const (
	freeTries   = 4                // of one account from one client, before it is slowed down
	freeClient  = 20               // of one client, whatever the accounts
	freeAccount = 40               // of one account, whatever the clients
	longest     = 15 * time.Minute // between two attempts
	longestWait = 5 * time.Second  // that an answer is held back
	forgetting  = time.Hour        // after which a failure no longer counts
	maxKeys     = 20_000           // remembered at a time
)

// tries counts failed attempts. Attempts are counted by account and client, so that a
// stranger elsewhere cannot keep an account from signing in; and a browser in which the
// account has signed in before is counted on its own, so that a stranger behind the
// same address cannot either.
type tries struct {
	mu    sync.Mutex
	known map[string]*tally
}

type tally struct {
	failed int
	last   time.Time
	next   time.Time // no attempt before
}

func newTries() *tries { return &tries{known: make(map[string]*tally)} }

// An attempt is who tries to sign in, and from where.
type attempt struct {
	account string // the name as typed
	client  string
	device  string // the browser, where it is known to belong to the account
}

// keys are under what an attempt is counted, each with how many may fail freely.
func (a attempt) keys() map[string]int {
	if a.device != "" {
		return map[string]int{"device " + a.device: freeTries}
	}
	return map[string]int{"pair " + a.account + " " + network(a.client): freeTries, "client " + network(a.client): freeClient}
}

// network is a client as attempts are counted: whoever has one address of IPv6 has
// 2⁶⁴ of them.
func network(client string) string {
	addr, err := netip.ParseAddr(client)
	if err != nil || addr.Unmap().Is4() {
		return client
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return client
	}
	return p.String()
}

// ask says whether an attempt may be made now, and how long its answer is to be held
// back: a guess from many clients at one account costs each of them time, and locks
// nobody out.
func (t *tries) ask(a attempt, now time.Time) (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key := range a.keys() {
		if k := t.known[key]; k != nil && now.Before(k.next) {
			return 0, &SlowDownError{After: k.next.Sub(now)}
		}
	}
	k := t.known["account "+a.account]
	if a.device != "" || k == nil || now.Sub(k.last) > forgetting || k.failed <= freeAccount {
		return 0, nil
	}
	return min(longestWait, time.Duration(k.failed-freeAccount)*100*time.Millisecond), nil
}

// fail counts a failed attempt.
func (t *tries) fail(a attempt, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, free := range a.keys() {
		k := t.count(key, now)
		if over := k.failed - free; over > 0 {
			k.next = now.Add(min(longest, time.Second<<min(over, 12)))
		}
	}
	t.count("account "+a.account, now)
}

// count adds a failure under a key.
func (t *tries) count(key string, now time.Time) *tally {
	k := t.known[key]
	if k == nil || now.Sub(k.last) > forgetting {
		t.makeRoom(now)
		k = &tally{}
		t.known[key] = k
	}
	k.failed++
	k.last = now
	return k
}

// makeRoom forgets what no longer counts, and all of it where that is not enough: the
// memory of strangers' attempts must not grow without end.
func (t *tries) makeRoom(now time.Time) {
	if len(t.known) < maxKeys {
		return
	}
	for key, k := range t.known {
		if now.Sub(k.last) > forgetting {
			delete(t.known, key)
		}
	}
	if len(t.known) >= maxKeys {
		clear(t.known)
	}
}

// pass forgets the failures of who has signed in.
func (t *tries) pass(a attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key := range a.keys() {
		delete(t.known, key)
	}
}
