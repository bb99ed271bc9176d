package people

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A bench is a service over a database of its own, with a clock that the test moves.
type bench struct {
	*Service
	t   *testing.T
	db  *store.DB
	now time.Time
	// held is how long answers were held back.
	held time.Duration
}

func newBench(t *testing.T, second bool) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "people.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &bench{t: t, db: db, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	wait := func(_ context.Context, d time.Duration) error { b.held += d; return nil }
	b.Service = newWith(db, Options{Second: second, Now: func() time.Time { return b.now }, Wait: wait}, cost{memory: 8, passes: 1, threads: 1})
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

const password = "五个 不相干 的词 连起来"

// person adds an account.
func (b *bench) person(name string, role store.Role, regions ...standard.RegionCode) Actor {
	b.t.Helper()
	by := Actor{Account: store.Account{Name: "test"}, Client: "192.0.2.9"}
	id, err := b.Add(b.t.Context(), by, NewAccount{Name: name, Role: role, Regions: regions, Password: password})
	b.must(err)
	a, err := b.Account(b.t.Context(), id)
	b.must(err)
	return Actor{Account: a, Client: "192.0.2.1"}
}

// TestPassword holds that a hash is of its password alone and says nothing of it.
func TestPassword(t *testing.T) {
	hash, err := hashPassword(password, cost{memory: 8, passes: 1, threads: 1})
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Fatalf("hash %s, %v", hash, err)
	}
	for given, want := range map[string]bool{password: true, password + " ": false, "": false} {
		if ok, err := matches(given, hash); ok != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", given, ok, err, want)
		}
	}
	for _, damaged := range []string{"", "$argon2id$", hash[:len(hash)-4], strings.Replace(hash, "m=8", "m=99999999", 1), strings.Replace(hash, "v=19", "v=16", 1)} {
		if _, err := matches(password, damaged); !errors.Is(err, errHash) {
			t.Errorf("damaged hash %q: %v", damaged, err)
		}
	}
	for _, weak := range []string{"short", "aaaaaaaaaaaa", "wang-and-more-words", strings.Repeat("x1y2z3", 60)} {
		if err := checkPassword("wang", weak); !errors.Is(err, report.ErrBadRequest) || strings.Contains(err.Error(), weak) {
			t.Errorf("password %q: %v", weak, err)
		}
	}
	for _, guessed := range []string{"abcdefghij", "0123456789", "1234567890", "9876543210", "qwertyuiop", "Qwerty12345", "1q2w3e4r5t", "1qaz2wsx3edc",
		"112233445566", "aabbccddeeff", "password123", "P@ssw0rd2024", "admin@2024", "abc123abc123", "a1b2a1b2a1b2", "zyxwvutsrq", "asdfghjkl;"} {
		if err := checkPassword("wang", guessed); !errors.Is(err, report.ErrBadRequest) {
			t.Errorf("password %q is taken", guessed)
		}
	}
	for _, good := range []string{password, "correct horse battery", "k7#vTq9z!m", "三只绿猫吃早饭在楼顶"} {
		if err := checkPassword("wang", good); err != nil {
			t.Errorf("password %q: %v", good, err)
		}
	}
}

// FuzzPassword holds that no stored text, however damaged, ends the program.
func FuzzPassword(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, hash string) {
		if strings.Contains(hash, "m=") && !strings.Contains(hash, "m=8,t=1,p=1") {
			t.Skip("only what costs little")
		}
		_, _ = matches("x", hash)
	})
}

// TestSignIn holds that a wrong name and a wrong password are told apart by nobody, and
// that a disabled account has no way in.
func TestSignIn(t *testing.T) {
	b := newBench(t, false)
	b.person("root", store.Administrator)
	li := b.person("li", store.Reviewer)
	a, err := b.SignIn(t.Context(), "li", password, "192.0.2.1", "")
	if err != nil || a.ID != li.ID {
		t.Fatalf("%+v, %v", a, err)
	}
	_, wrongName := b.SignIn(t.Context(), "nobody", password, "192.0.2.2", "")
	_, wrongPassword := b.SignIn(t.Context(), "li", "other", "192.0.2.3", "")
	if !errors.Is(wrongName, ErrRefused) || !errors.Is(wrongPassword, ErrRefused) || wrongName.Error() != wrongPassword.Error() {
		t.Errorf("%v and %v", wrongName, wrongPassword)
	}
	li.Disabled = true
	b.must(b.Change(t.Context(), li, li.Account, "示例"))
	if _, err := b.SignIn(t.Context(), "li", password, "192.0.2.1", ""); !errors.Is(err, ErrRefused) {
		t.Errorf("a disabled account: %v", err)
	}
	lines, err := b.db.Audit(t.Context(), 0, 0)
	b.must(err)
	for _, line := range lines {
		if strings.Contains(line.Name+line.Subject+line.Detail+line.Reason, password) || line.Subject == "nobody" {
			t.Errorf("the log says %+v", line)
		}
	}
}

// TestSlowDown holds that guessing is slowed down, and that nobody is locked out by the
// guesses of others: not elsewhere, and not from the same address in a browser in which
// the account has signed in before.
func TestSlowDown(t *testing.T) {
	b := newBench(t, false)
	li := b.person("li", store.Reviewer)
	device, err := b.Device(t.Context(), li.ID)
	b.must(err)
	var slow *SlowDownError
	tried := 0
	for range 60 {
		_, err := b.SignIn(t.Context(), "li", "guess", "198.51.100.7", "")
		if errors.As(err, &slow) {
			continue
		}
		tried++
	}
	if tried > freeTries+2 {
		t.Errorf("%d passwords were tried at once", tried)
	}
	if _, err := b.SignIn(t.Context(), "li", password, "198.51.100.7", ""); !errors.As(err, &slow) {
		t.Errorf("the right password from the guesser's address: %v; nothing must be learnt there now", err)
	}
	if _, err := b.SignIn(t.Context(), "li", password, "203.0.113.5", ""); err != nil {
		t.Errorf("the owner elsewhere: %v", err)
	}
	if _, err := b.SignIn(t.Context(), "li", password, "198.51.100.7", device); err != nil {
		t.Errorf("the owner behind the same address: %v", err)
	}
	if _, err := b.SignIn(t.Context(), "li", "guess", "198.51.100.7", device+"0"); !errors.As(err, &slow) {
		t.Errorf("a forged browser: %v", err)
	}
	b.now = b.now.Add(longest + time.Second)
	if _, err := b.SignIn(t.Context(), "li", password, "198.51.100.7", ""); err != nil {
		t.Errorf("after the delay: %v", err)
	}
}

// TestManyClients holds that guesses at one account from many addresses cost time, and
// that the owner's browser does not wait.
func TestManyClients(t *testing.T) {
	b := newBench(t, false)
	li := b.person("li", store.Reviewer)
	device, err := b.Device(t.Context(), li.ID)
	b.must(err)
	for i := range 2 * freeAccount {
		client := "2001:db8:" + string(rune('a'+i%6)) + string(rune('0'+i/6%10)) + string(rune('0'+i/60)) + "::1"
		if _, err := b.SignIn(t.Context(), "li", "guess", client, ""); !errors.Is(err, ErrRefused) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if b.held == 0 {
		t.Error("no guess was held back")
	}
	b.held = 0
	if _, err := b.SignIn(t.Context(), "li", password, "203.0.113.5", device); err != nil || b.held != 0 {
		t.Errorf("the owner: %v after %s", err, b.held)
	}
	if network("2001:db8:1:2:3::4") != network("2001:db8:1:2::9") || network("192.0.2.1") == network("192.0.2.2") {
		t.Error("a network of IPv6 counts as many clients, or two clients of IPv4 as one")
	}
}

// TestNames pins each wrong account to what it says.
func TestNames(t *testing.T) {
	b := newBench(t, false)
	by := Actor{Account: store.Account{Name: "test"}}
	for name, n := range map[string]NewAccount{
		"name":     {Name: "Wang", Role: store.Viewer, Password: password},
		"role":     {Name: "wang", Role: "king", Password: password},
		"region":   {Name: "wang", Role: store.Viewer, Regions: []standard.RegionCode{"12x"}, Password: password},
		"shown":    {Name: "wang", Shown: strings.Repeat("长", 41), Role: store.Viewer, Password: password},
		"password": {Name: "wang", Role: store.Viewer, Password: "short"},
	} {
		_, err := b.Add(t.Context(), by, n)
		var wrong *report.ParameterError
		if !errors.As(err, &wrong) || wrong.Name != name {
			t.Errorf("%+v: %v; want %s", n, err, name)
		}
	}
}
