package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/web"
)

// portalTools is what administrators do with portals in the browser.
func (a *app) portalTools(s *settings) *web.PortalTools {
	return &web.PortalTools{
		List: s.listPortalFiles,
		Try: func(ctx context.Context, text []byte) (string, error) {
			p, err := crawl.ReadPortal("", bytes.NewReader(text))
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
		Save: s.savePortalFile, Fixed: s.portalsFixed,
		Refresh: func(ctx context.Context, id string) error {
			_, err := a.db.Enqueue(ctx, refreshJob, id, "{}", time.Now())
			return err
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
		all = append(all, web.PortalFile{ID: p.ID, Name: p.Name, Region: string(p.Region), Enabled: p.Enabled, Expect: p.Expect, Text: f.text})
	}
	return all, nil
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
	p, err := crawl.ReadPortal(id+".yaml", bytes.NewReader(text))
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
		return writeOut(nil, path, func(to io.Writer) error {
			_, err := to.Write(text)
			return err
		})
	}
	return fmt.Errorf("portal %s: %w", id, report.ErrNotFound)
}
