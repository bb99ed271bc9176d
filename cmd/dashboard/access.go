package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/people"
	"gongkai/internal/web"
)

// accessSettings are what an operator decides about who comes near. GONGKAI_ACCESS_HTTPS
// and so on override the settings file.
type accessSettings struct {
	Reading    string `yaml:"reading"`     // open (default), or closed: reading needs an account
	HTTPS      bool   `yaml:"https"`       // browsers reach it over TLS, which a proxy ends
	PlainLogin bool   `yaml:"plain_login"` // people may sign in over an open line from other machines
	Second     bool   `yaml:"second"`      // corrections wait for a second pair of eyes
	// Metrics are the networks that may read /metrics where reading is closed.
	Metrics []proxy `yaml:"metrics"`
}

// complete takes what the environment says and finds what is wrong, all at once.
func (a *accessSettings) complete() error {
	var faults []error
	if text, ok := os.LookupEnv("GONGKAI_ACCESS_READING"); ok {
		a.Reading = text
	}
	for name, to := range map[string]*bool{"GONGKAI_ACCESS_HTTPS": &a.HTTPS,
		"GONGKAI_ACCESS_PLAIN_LOGIN": &a.PlainLogin, "GONGKAI_ACCESS_SECOND": &a.Second} {
		if text, ok := os.LookupEnv(name); ok {
			var err error
			if *to, err = strconv.ParseBool(text); err != nil {
				faults = append(faults, fmt.Errorf("%s %q; want true or false", name, text))
			}
		}
	}
	if a.Reading == "" {
		a.Reading = "open"
	}
	if a.Reading != "open" && a.Reading != "closed" {
		faults = append(faults, fmt.Errorf("access.reading %q; want open or closed", a.Reading))
	}
	return errors.Join(faults...)
}

// local reports whether an address is reached from this machine alone.
func local(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// webAccess is what the pages are told. Where others could read passwords on the line,
// nobody signs in unless the operator has said that it is so.
func (s *settings) webAccess(setup string) (web.Access, error) {
	a := web.Access{Closed: s.Access.Reading == "closed", Secure: s.Access.HTTPS, Setup: func() string { return setup }}
	for _, p := range s.Proxies {
		a.Proxies = append(a.Proxies, networkOf(p.Prefix))
	}
	for _, n := range s.Access.Metrics {
		a.Watchers = append(a.Watchers, networkOf(n.Prefix))
	}
	if !s.Access.HTTPS && !s.Access.PlainLogin && !local(s.Addr) {
		a.Refused = refusedSignIn
		if a.Closed {
			return a, fmt.Errorf("access: reading is closed, and nobody could sign in: %s is reached over an open line; "+
				"put a proxy with TLS before it and set access.https, or set access.plain_login", s.Addr)
		}
	}
	return a, nil
}

// networkOf is a network in the type that the pages' router takes.
func networkOf(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// refusedSignIn is what the page to sign in says where it is refused.
const refusedSignIn = "本站经明文线路对外开放，密码会被旁人看到，所以不能登录。请在前面设 HTTPS 代理并在设置中写 access.https: true；线路可信的内网可写 access.plain_login: true。"

// warn says what the operator's settings leave open.
func (s *settings) warnOfAccess(log *slog.Logger, addr net.Addr) {
	if local(addr.String()) {
		return
	}
	a := s.Access
	switch {
	case !a.HTTPS && !a.PlainLogin:
		log.Warn("reached from other machines over an open line: signing in is refused; end TLS in a proxy and set access.https", "addr", addr.String())
	case !a.HTTPS:
		log.Warn("passwords travel over an open line (access.plain_login)", "addr", addr.String())
	case len(s.Proxies) == 0:
		log.Warn("behind a proxy whose word on clients is not taken: all of them count as one; name it in proxies", "addr", addr.String())
	}
}

// offerSetUp makes the token of the set-up link where there is no account yet.
func (a *app) offerSetUp(ctx context.Context, s *settings) error {
	n, err := a.db.CountAccounts(ctx)
	if err == nil && n == 0 && (s.Access.HTTPS || s.Access.PlainLogin || local(s.Addr)) {
		a.setup = people.Random(24)
	}
	return err
}

// setUpLink is the line that offers the set-up link, "" where there is none. It goes to
// the operator's screen and never into a log.
func (a *app) setUpLink(base string) string {
	if a.setup == "" {
		return ""
	}
	return fmt.Sprintf("  设立管理员 %s/setup?key=%s （只用一次）\n", base, a.setup)
}

// restoreCorrections lays what people corrected over what was read again.
func (a *app) restoreCorrections(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil // the next start does it
	}
	return people.New(a.db, people.Options{}).Restore(ctx)
}

// settle makes what pages of regions read in place of all reports, where runs changed it:
// whoever reads does not wait for it then.
func (a *app) settle(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil // the next start does it, or whoever asks first
	}
	return aggregate.New(a.db, time.Now).Settle(ctx)
}
