package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
	"gongkai/internal/archive"
	"gongkai/internal/metrics"
	"gongkai/internal/people"
	"gongkai/internal/queue"
	"gongkai/internal/report"
	"gongkai/internal/store"
	"gongkai/internal/web"
)

// An app is the dashboard with its database and archive open.
type app struct {
	log     *slog.Logger
	db      *store.DB
	archive *archive.Store
	queue   *queue.Queue
	ready   atomic.Bool // data can be shown
	setup   string      // token of the set-up link, "" where there is none
}

// openApp opens the database and the archive.
func openApp(ctx context.Context, s *settings, log *slog.Logger) (*app, error) {
	if err := ownedByUs(s.DB); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	originals, err := s.makeArchive(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	jobs, err := queue.Open(ctx, db, log)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &app{log: log, db: db, archive: originals, queue: jobs}, nil
}

// makeArchive opens the archive. The folder of the originals is made as the database
// file is; what it lies in is not, lest a misspelt path become a new archive.
func (s *settings) makeArchive(ctx context.Context) (*archive.Store, error) {
	if archive.InBucket(s.Archive) {
		return archive.Open(ctx, s.Archive)
	}
	if err := os.Mkdir(s.Archive, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("archive: %w; create the folder it lies in, or give another with --archive", err)
	}
	return archive.Open(ctx, s.Archive)
}

// Close closes what openApp has opened.
func (a *app) Close() error {
	if a.queue != nil { // commands that only read have none
		a.queue.Close()
	}
	return a.db.Close()
}

// handler wires what the stored reports say to the pages and the API.
func (a *app) handler(s *settings) (http.Handler, error) {
	figures := aggregate.New(a.db, time.Now).WithThresholds(s.Thresholds)
	access, err := s.webAccess(a.setup)
	if err != nil {
		return nil, err
	}
	counts := metrics.New(metrics.Sources{Health: a.db.Health, Free: s.rooms(), Version: buildVersion(), Log: a.log, Now: time.Now})
	server := a.api(s, figures)
	return web.New(web.Deps{
		Watch: counts.Middleware, Metrics: counts.Handler(),
		Figures: figures, Store: a.db,
		Bytes: func(ctx context.Context, hash report.SHA256) ([]byte, error) {
			body, _, err := a.archive.Get(ctx, hash)
			return body, err
		},
		Reader:  s.reader(),
		API:     func(g *echo.Group) { g.Any("/*", echo.WrapHandler(server.Handler())) },
		OpenAPI: server.OpenAPI, Exports: s.Exports.Folder,
		Ready: func(ctx context.Context) error {
			if !a.ready.Load() {
				return errors.New("the first refresh has not ended yet")
			}
			return a.db.Ping(ctx)
		},
		People: people.New(a.db, people.Options{Second: s.Access.Second, Thresholds: s.Thresholds, Across: figures.Across}), Access: access,
		Portals: a.portalTools(s), Notices: a.noticeTools(s), Jobs: a.queue,
		Build: buildVersion(), Log: a.log, Now: time.Now,
	})
}

// listen takes the address to serve on, so that a port in use is known before
// anything else is done.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("serve on %s: %w; stop what uses the port, or give another address with --addr", addr, err)
	}
	return nil, fmt.Errorf("serve on %s: %w; give an address of this machine such as 127.0.0.1:8080 with --addr", addr, err)
}

// serve answers on a listener until ctx ends, then finishes what is in hand.
func (a *app) serve(ctx context.Context, s *settings, l net.Listener) error {
	h, err := a.handler(s)
	if err != nil {
		return err
	}
	server := newHTTPServer(h, a.log, usualPatience())
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(late)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return <-stopped
}

// A patience is how long the server waits for whom it serves.
type patience struct {
	header, body, answer, idle time.Duration
}

// usualPatience lets a slow line through, and nobody who only wants to hold one.
func usualPatience() patience {
	return patience{header: 10 * time.Second, body: time.Minute, answer: 5 * time.Minute, idle: 2 * time.Minute}
}

// newHTTPServer returns the server of pages, which waits for nobody longer than its
// patience lasts.
func newHTTPServer(h http.Handler, log *slog.Logger, p patience) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: p.header, ReadTimeout: p.body, WriteTimeout: p.answer, IdleTimeout: p.idle,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// newLog writes what a service says of itself, as the settings would have it.
func (s *settings) newLog() *slog.Logger {
	opts := &slog.HandlerOptions{Level: s.Log.Level}
	if s.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}

// quietLog writes what goes wrong only, for commands that tell how they come on.
func quietLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// openExisting is openApp for a command that brings nothing: where there is no database
// it makes none.
func (s *settings) openExisting(ctx context.Context) (*app, error) {
	if err := s.mustExist(); err != nil {
		return nil, err
	}
	return openApp(ctx, s, quietLog())
}

// mustExist says that the database is not there.
func (s *settings) mustExist() error {
	if _, err := os.Stat(s.DB); errors.Is(err, fs.ErrNotExist) && !store.OnServer(s.DB) {
		return fmt.Errorf("database %s: does not exist; run a refresh first, or give another with --db", s.DB)
	}
	return nil
}

// existingDB opens the database of a command that only reads: a misspelt path is an
// error, not a new database.
func (s *settings) existingDB(ctx context.Context) (*store.DB, error) {
	if err := s.mustExist(); err != nil {
		return nil, err
	}
	return store.Open(ctx, s.DB)
}
