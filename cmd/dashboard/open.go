package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/export"
)

// exportSettings say what is published for everybody to take, after each refresh.
type exportSettings struct {
	Folder  string   `yaml:"folder"`  // "" publishes nothing; it must exist
	Formats []string `yaml:"formats"` // csv, xlsx, json, datapackage, sqlite, parquet
}

// apiSettings bound what one client may ask of the API.
type apiSettings struct {
	Requests int  `yaml:"requests"` // in a window; 1200 where nothing is said, -1 for no limit
	Window   wait `yaml:"window"`   // a minute where nothing is said
}

// defaultExports are the formats where only the folder is given.
func defaultExports() exportSettings {
	return exportSettings{Formats: []string{"datapackage", "sqlite", "parquet"}}
}

// A proxy is an address or a network whose word on the client's address is taken.
type proxy struct{ netip.Prefix }

// UnmarshalText reads an address or a network.
func (p *proxy) UnmarshalText(text []byte) error {
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		addr, bad := netip.ParseAddr(string(text))
		if bad != nil {
			return fmt.Errorf("proxy %q; want an address such as 127.0.0.1 or a network such as 10.0.0.0/8", text)
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	p.Prefix = prefix
	return nil
}

// complete checks what only its meaning shows.
func (e exportSettings) complete() error {
	for i, f := range e.Formats {
		if !slices.Contains(export.Publishable(), f) || slices.Contains(e.Formats[:i], f) {
			return fmt.Errorf("exports: format %q; want each at most once of %s", f, strings.Join(export.Publishable(), ", "))
		}
	}
	if e.Folder != "" && len(e.Formats) == 0 {
		return errors.New("exports: a folder and no formats; name some, or leave the folder out")
	}
	return nil
}

func (a apiSettings) complete() error {
	if a.Requests < -1 {
		return fmt.Errorf("api: requests %d; want a number above 0, or -1 for no limit", a.Requests)
	}
	return nil
}

// api is the API as the settings have it.
func (a *app) api(s *settings, figures *aggregate.Service) *api.Server {
	o := api.Options{Build: buildVersion(), Requests: s.API.Requests, Window: time.Duration(s.API.Window), Now: time.Now}
	for _, p := range s.Proxies {
		o.Proxies = append(o.Proxies, p.Prefix)
	}
	if s.Exports.Folder != "" {
		o.Published = func() (export.Listing, error) { return export.Published(s.Exports.Folder) }
	}
	return api.New(a.db, figures, o)
}

// publish writes the exports that the settings name, unless those of this data stand.
func (a *app) publish(ctx context.Context, s *settings) error {
	if s.Exports.Folder == "" {
		return nil
	}
	was, err := export.Published(s.Exports.Folder)
	if err != nil {
		return err
	}
	start := time.Now()
	l, err := a.exporter(s).Publish(ctx, s.Exports.Folder, s.Exports.Formats)
	if err == nil && l.Folder != was.Folder {
		a.log.Info("published", "run", l.Run, "folder", l.Folder, "files", len(l.Files), "took", time.Since(start).Round(time.Millisecond))
	}
	return err
}
