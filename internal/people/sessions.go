package people

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// What a session remembers.
const (
	keyAccount = "account"
	keyClient  = "client"
	keyAgent   = "agent"
	keyToken   = "token" // of the forms, against requests from elsewhere
)

// How long a session holds: unused, and at all.
const (
	idle     = 2 * time.Hour
	lifetime = 12 * time.Hour
)

// Sessions returns the keeper of sessions. Behind TLS its cookie is bound to this host
// and never sent in the clear.
func (s *Service) Sessions(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = sessions{db: s.db, now: s.Now}
	m.IdleTimeout, m.Lifetime = idle, lifetime
	m.Cookie.Name = CookieName("gongkai", secure)
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.Persist = true, secure, false
	m.Cookie.SameSite, m.Cookie.Path = http.SameSiteLaxMode, "/"
	return m
}

// CookieName is the name of a cookie of ours. The prefix makes browsers refuse it from
// another host and from a page in the clear.
func CookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// sessions keeps sessions in the database, for package scs.
type sessions struct {
	db  *store.DB
	now func() time.Time
}

// rest is how long a session is not written again that only was seen.
const rest = time.Minute

// FindCtx implements scs.CtxStore.
func (k sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	s, err := k.db.Session(ctx, store.HashToken(token), time.Now())
	if errors.Is(err, report.ErrNotFound) {
		return nil, false, nil
	}
	return s.Data, err == nil, err
}

// CommitCtx implements scs.CtxStore.
func (k sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	hashed, now := store.HashToken(token), time.Now()
	old, err := k.db.Session(ctx, hashed, now)
	if err == nil && sameSession(old.Data, data) {
		if now.Sub(old.SeenAt) < rest {
			return nil
		}
		if err := k.db.SeeSession(ctx, hashed, now, expiry); !errors.Is(err, report.ErrFull) {
			return err
		}
		return nil // who reads goes on reading while there is no room to note it
	}
	if err != nil && !errors.Is(err, report.ErrNotFound) {
		return err
	}
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	s := store.Session{Token: hashed, Data: data, BeganAt: now, SeenAt: now, ExpiresAt: expiry}
	id, _ := values[keyAccount].(int64)
	s.Account = store.AccountID(id)
	s.Client, _ = values[keyClient].(string)
	s.Agent, _ = values[keyAgent].(string)
	return k.db.PutSession(ctx, s)
}

// sameSession reports whether two sessions hold the same. Their bytes may differ all the
// same: a map is written in any order.
func sameSession(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	ends, held, err := scs.GobCodec{}.Decode(a)
	if err != nil {
		return false
	}
	other, also, err := scs.GobCodec{}.Decode(b)
	return err == nil && ends.Equal(other) && maps.Equal(held, also)
}

// DeleteCtx implements scs.CtxStore.
func (k sessions) DeleteCtx(ctx context.Context, token string) error {
	return k.db.DropSession(ctx, store.HashToken(token))
}

// Find implements scs.Store.
func (k sessions) Find(token string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (k sessions) Commit(token string, data []byte, expiry time.Time) error {
	return k.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (k sessions) Delete(token string) error { return k.DeleteCtx(context.Background(), token) }

// Begin makes the session of a request one of an account, under a token that it never
// had before.
func Begin(ctx context.Context, m *scs.SessionManager, id store.AccountID, client, agent string) error {
	if err := m.RenewToken(ctx); err != nil {
		return err
	}
	m.Put(ctx, keyAccount, int64(id))
	m.Put(ctx, keyClient, client)
	m.Put(ctx, keyAgent, shortened(agent, 200))
	m.Put(ctx, keyToken, Random(16))
	return nil
}

// Holder returns whose session a request has, 0 for nobody's, and the token of its
// forms.
func Holder(ctx context.Context, m *scs.SessionManager) (store.AccountID, string) {
	return store.AccountID(m.GetInt64(ctx, keyAccount)), m.GetString(ctx, keyToken)
}

func shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}
