// Package notify tells subscribers what happened: at once, and once a week.
//
// In: the store and what is made of it. Out: messages by mail, to a webhook, or to a robot
// of WeCom, DingTalk or Feishu. Each thing is told once to each subscriber. A message goes
// through the queue and is tried again with longer and longer waits; every one is kept
// with what became of it. No address with a key in it, and no secret, is in any error.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Settings say who is told what, and by which way.
type Settings struct {
	Site        string       `yaml:"site"`        // address of the dashboard, for links
	Digest      string       `yaml:"digest"`      // five cron fields in China's time
	Channels    []Channel    `yaml:"channels"`    // ways to send
	Subscribers []Subscriber `yaml:"subscribers"` // who is told
}

// A Channel is a way to send.
type Channel struct {
	Name     string         `yaml:"name"`
	Kind     string         `yaml:"kind"`     // smtp, webhook, wecom, dingtalk or feishu
	URL      string         `yaml:"url"`      // of a webhook or a robot
	Secret   string         `yaml:"secret"`   // that signs
	Networks []netip.Prefix `yaml:"networks"` // private ranges that it may be in
	Host     string         `yaml:"host"`     // of the mail server
	Port     int            `yaml:"port"`     // 587, 465 with tls, 25 with none
	TLS      string         `yaml:"tls"`      // starttls, tls or none
	User     string         `yaml:"user"`
	Password string         `yaml:"password"`
	From     string         `yaml:"from"`
}

// A Subscriber is somebody who is told.
type Subscriber struct {
	Name    string                `yaml:"name"`
	Channel string                `yaml:"channel"`
	To      []string              `yaml:"to"`      // mail addresses
	Regions []standard.RegionCode `yaml:"regions"` // none for all
	Kinds   []string              `yaml:"kinds"`   // new, missing, check, portal, trouble, digest; none for all
	Least   int                   `yaml:"least"`   // of one kind at once; fewer wait for the digest
	Quiet   string                `yaml:"quiet"`   // of a week without anything: line or nothing
}

// The kinds of what is told.
const (
	KindNew     = "new"     // reports found, revised, gone, blocked
	KindMissing = "missing" // reports that are missing after the deadline
	KindCheck   = "check"   // reports that are inconsistent or need review
	KindPortal  = "portal"  // portals that are blocked, changed, broken, unreachable
	KindTrouble = "trouble" // a backup or a refresh that failed
	KindDigest  = "digest"  // the week
)

// Kinds are all of them.
func Kinds() []string {
	return []string{KindNew, KindMissing, KindCheck, KindPortal, KindTrouble, KindDigest}
}

// wants reports whether a subscriber is told of a kind.
func (s Subscriber) wants(kind string) bool {
	return len(s.Kinds) == 0 || slices.Contains(s.Kinds, kind)
}

// Complete fills in what is left out, and finds all that is wrong.
func (s *Settings) Complete() error {
	var faults []error
	if s.Digest == "" {
		s.Digest = "0 8 * * 1"
	}
	if _, err := cron.ParseStandard(s.Digest); err != nil {
		faults = append(faults, fmt.Errorf("notify.digest %q: %w; want five cron fields", s.Digest, err))
	}
	if u, err := url.Parse(s.Site); s.Site != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		faults = append(faults, fmt.Errorf("notify.site %q; want an address such as https://gongkai.example.gov.cn", s.Site))
	}
	s.Site = strings.TrimRight(s.Site, "/")
	names := make(map[string]bool)
	for i := range s.Channels {
		c := &s.Channels[i]
		if c.Name == "" || names[c.Name] {
			faults = append(faults, fmt.Errorf("notify.channels: name %q; want each once", c.Name))
		}
		names[c.Name] = true
		faults = append(faults, c.complete())
	}
	people := make(map[string]bool)
	for _, p := range s.Subscribers {
		if p.Name == "" || people[p.Name] {
			faults = append(faults, fmt.Errorf("notify.subscribers: name %q; want each once", p.Name))
		}
		people[p.Name] = true
		faults = append(faults, s.Check(p))
	}
	return errors.Join(faults...)
}

// Check says what is wrong with a subscriber.
func (s *Settings) Check(p Subscriber) error {
	at := slices.IndexFunc(s.Channels, func(c Channel) bool { return c.Name == p.Channel })
	if at < 0 {
		return fmt.Errorf("notify.subscribers: %s: no channel %q", p.Name, p.Channel)
	}
	if s.Channels[at].Kind == "smtp" && len(p.To) == 0 {
		return fmt.Errorf("notify.subscribers: %s: no mail address in to", p.Name)
	}
	for _, k := range p.Kinds {
		if !slices.Contains(Kinds(), k) {
			return fmt.Errorf("notify.subscribers: %s: kind %q; want %s", p.Name, k, strings.Join(Kinds(), ", "))
		}
	}
	if p.Quiet != "" && p.Quiet != "line" && p.Quiet != "nothing" {
		return fmt.Errorf("notify.subscribers: %s: quiet %q; want line or nothing", p.Name, p.Quiet)
	}
	return nil
}

// complete fills in what is left out of a channel. Its errors have no secret.
func (c *Channel) complete() error {
	if c.Kind == "smtp" {
		return c.completeMail()
	}
	if !slices.Contains([]string{"webhook", "wecom", "dingtalk", "feishu"}, c.Kind) {
		return fmt.Errorf("notify.channels: %s: kind %q; want smtp, webhook, wecom, dingtalk or feishu", c.Name, c.Kind)
	}
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("notify.channels: %s: url is no web address", c.Name)
	}
	if c.Kind == "webhook" && c.Secret == "" {
		return fmt.Errorf("notify.channels: %s: a webhook needs a secret, which signs what it is sent", c.Name)
	}
	return nil
}

func (c *Channel) completeMail() error {
	if c.TLS == "" {
		c.TLS = "starttls"
	}
	ports := map[string]int{"starttls": 587, "tls": 465, "none": 25}
	if ports[c.TLS] == 0 {
		return fmt.Errorf("notify.channels: %s: tls %q; want starttls, tls or none", c.Name, c.TLS)
	}
	if c.Port == 0 {
		c.Port = ports[c.TLS]
	}
	if c.Host == "" || c.From == "" {
		return fmt.Errorf("notify.channels: %s: give host and from", c.Name)
	}
	return nil
}

// A Notifier tells the subscribers of one database.
type Notifier struct {
	Settings
	Store   *store.DB
	Figures *aggregate.Service
	Log     *slog.Logger
	Now     func() time.Time
}

// Of makes what was entered in the browser a subscriber.
func Of(s store.Subscriber) Subscriber {
	return Subscriber{Name: s.Name, Channel: s.Channel, To: s.To, Regions: s.Regions, Kinds: s.Kinds, Least: s.Least, Quiet: s.Quiet}
}

// everybody are the subscribers of the settings and those who were entered in the
// browser. Of two with one name the settings decide; one whose channel is no more in the
// settings is told nothing, and the log says so.
func (n *Notifier) everybody(ctx context.Context) ([]Subscriber, error) {
	all := slices.Clone(n.Subscribers)
	if n.Store == nil {
		return all, nil
	}
	entered, err := n.Store.Subscribers(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range entered {
		p := Of(e)
		if slices.ContainsFunc(n.Subscribers, func(s Subscriber) bool { return s.Name == p.Name }) {
			continue
		}
		if err := n.Check(p); err != nil {
			n.Log.Warn("a subscriber entered in the browser cannot be told", "subscriber", p.Name, "err", err)
			continue
		}
		all = append(all, p)
	}
	return all, nil
}
