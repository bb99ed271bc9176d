package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"gongkai/internal/durable"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/store"
	"gongkai/internal/web"
)

// portalTools is what administrators do with portals in the browser.
func (a *app) portalTools(s *settings) *web.PortalTools {
	return &web.PortalTools{
		List: s.listPortalFiles,
		Try: func(ctx context.Context, text []byte) (string, error) {
			p, err := s.readInBrowser(text)
			if err != nil {
				return "", err
			}
			look, err := lookOnce(ctx, s, p)
			if err != nil {
				return "", err
			}
			var b strings.Builder
			if err := showLook(&b, look); err != nil && !errors.As(err, new(exitStatus)) {
				return "", err
			}
			return b.String(), nil
		},
		Read: func(text []byte) (web.PortalFile, error) {
			p, err := s.readInBrowser(text)
			if err != nil {
				return web.PortalFile{}, err
			}
			return portalFileOf(p, text), nil
		},
		Switched: switched,
		AskAgain: func(ctx context.Context, id string) (int, error) {
			portals, err := s.readPortals()
			if err != nil {
				return 0, err
			}
			for _, p := range portals {
				if p.ID == id {
					return ingest.AskAgain(ctx, a.db, p, time.Now())
				}
			}
			return 0, fmt.Errorf("portal %s: %w", id, report.ErrNotFound)
		},
		Visit: func(ctx context.Context, at ingest.Address) (ingest.Summary, error) {
			portals, err := s.readPortals()
			if err != nil {
				return ingest.Summary{}, err
			}
			return a.refresher(portals, s).Visit(ctx, at)
		},
		Save: s.savePortalFile, Fixed: s.portalsFixed,
		Refresh: func(ctx context.Context, id string) error {
			_, err := a.queue.Now(ctx, queue.Refresh, id)
			return err
		},
		Withdraw: func(ctx context.Context, id string) (bool, error) { return a.queue.Withdraw(ctx, queue.Refresh, id) },
		Waits: func(ctx context.Context, id string) (time.Time, bool, error) {
			jobs, err := a.queue.Open(ctx, queue.Refresh)
			at := slices.IndexFunc(jobs, func(j queue.Job) bool { return j.Key == id && j.State != store.JobRunning })
			if at < 0 {
				return time.Time{}, false, err
			}
			return jobs[at].Due, true, err
		},
		HandIn: func(ctx context.Context, h ingest.HandIn) (ingest.Summary, error) {
			portals, err := s.readPortals()
			if err != nil {
				return ingest.Summary{}, err
			}
			return a.refresher(portals, s).HandIn(ctx, h, nil)
		},
	}
}

// listPortalFiles are the portal files as they are now.
func (s *settings) listPortalFiles() ([]web.PortalFile, error) {
	files, err := s.portalFiles()
	if err != nil {
		return nil, err
	}
	var all []web.PortalFile
	for _, f := range files {
		p, err := crawl.ReadPortal(f.name, bytes.NewReader(f.text))
		if err != nil {
			return nil, err
		}
		all = append(all, portalFileOf(p, f.text))
	}
	return all, nil
}

func portalFileOf(p *crawl.Portal, text []byte) web.PortalFile {
	return web.PortalFile{ID: p.ID, Name: p.Name, Region: string(p.Region), Enabled: p.Enabled, Expect: p.Expect, Text: text}
}

// readInBrowser reads a text that somebody wrote in a browser. Which private networks a
// portal may be in is for those who have the files: a browser opens none to this machine.
func (s *settings) readInBrowser(text []byte) (*crawl.Portal, error) {
	p, err := crawl.ReadPortal("", bytes.NewReader(text))
	if err != nil || len(p.Networks) == 0 {
		return p, err
	}
	kept, err := s.readPortals()
	if err != nil {
		return nil, err
	}
	for _, n := range p.Networks {
		known := slices.ContainsFunc(kept, func(k *crawl.Portal) bool { return k.ID == p.ID && slices.Contains(k.Networks, n) })
		if !known {
			return nil, &report.ParameterError{Name: "networks", Got: n.String(), Want: "门户文件中已有的内网范围；新的范围请在机器上改文件"}
		}
	}
	return p, nil
}

// enabledLine is the line of a portal file that says whether it is looked at.
var enabledLine = regexp.MustCompile(`(?m)^enabled:[^\n]*`)

// switched is the text of a portal file with the portal enabled or not; all else of it,
// comments included, stays.
func switched(text []byte, on bool) ([]byte, error) {
	line := fmt.Appendf(nil, "enabled: %t", on)
	changed := enabledLine.ReplaceAllLiteral(text, line)
	if !enabledLine.Match(text) {
		changed = append(append(bytes.TrimRight(bytes.Clone(text), "\n"), '\n'), append(line, '\n')...)
	}
	p, err := crawl.ReadPortal("", bytes.NewReader(changed))
	if err != nil {
		return nil, err
	}
	if p.Enabled != on {
		return nil, errors.New("门户文件的写法不能在这里改；请在“门户文件”中写 enabled: true 或 false")
	}
	return changed, nil
}

// portalsFixed says why portal files cannot be saved, "" where they can.
func (s *settings) portalsFixed() string {
	if s.Portals == "" {
		return "门户文件在程序之内，不能在这里保存；在 gongkai.yaml 的 portals 写明一个文件夹后可以。"
	}
	f, err := os.CreateTemp(s.Portals, ".writable-*")
	if err != nil {
		return "门户文件夹不可写，不能在这里保存；请让运行程序的用户可以写入它。"
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return "门户文件夹不可写，不能在这里保存；请让运行程序的用户可以写入它。"
	}
	return ""
}

// savePortalFile puts a text in the place of a portal's file, whole or not at all; the
// version before stays beside it under the time at which it was replaced.
func (s *settings) savePortalFile(id string, text []byte) error {
	if why := s.portalsFixed(); why != "" {
		return errors.New(why)
	}
	p, err := s.readInBrowser(text)
	if err != nil {
		return err
	}
	if p.ID != id {
		return &report.ParameterError{Name: "id", Got: p.ID, Want: id}
	}
	files, err := s.portalFiles()
	if err != nil {
		return err
	}
	for _, f := range files {
		was, err := crawl.ReadPortal(f.name, bytes.NewReader(f.text))
		if err != nil || was.ID != id {
			continue
		}
		path := filepath.Join(s.Portals, f.name)
		before := fmt.Sprintf("%s.before-%s", path, time.Now().UTC().Format("20060102-150405.000"))
		if err := os.WriteFile(before, f.text, 0o644); err != nil {
			return fmt.Errorf("keep the file before: %w", err)
		}
		return durable.Write(nil, path, func(to io.Writer) error {
			_, err := to.Write(text)
			return err
		})
	}
	return fmt.Errorf("portal %s: %w", id, report.ErrNotFound)
}
