package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// A client is the library's, whatever kind of transactions its database has.
type client interface {
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	JobList(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	JobGet(ctx context.Context, id int64) (*rivertype.JobRow, error)
	JobRetry(ctx context.Context, id int64) (*rivertype.JobRow, error)
	JobCancel(ctx context.Context, id int64) (*rivertype.JobRow, error)
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// How often a database is asked. What is added in this process, or on a server, is heard of
// at once; but when several portals end together the library asks for one and not for as
// many as there is room for, so that the lane of portals is asked often. To ask takes some
// 0.3 ms.
const (
	askOften  = 500 * time.Millisecond
	askSeldom = 10 * time.Second
)

// connections are how many the library has to a server.
const connections = 4

// newPool connects to a server as the rest of the program does.
func newPool(ctx context.Context, c *pgx.ConnConfig) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	config.ConnConfig, config.MaxConns = c, connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return pool, nil
}

// client makes a client of the library. On a file it takes its turn at the one connection
// that writes, lest two of one process wait for each other's lock; what only reads does not.
func (q *Queue) client(reads bool, config *river.Config) (client, riverdriver.Executor, error) {
	config.Logger, config.FetchPollInterval = slog.New(quieter{q.log.Handler()}), askSeldom
	write, read := q.db.Pools()
	if write == nil {
		driver := riverpgxv5.New(q.pool)
		c, err := river.NewClient(driver, config)
		return c, driver.GetExecutor(), err
	}
	config.PollOnly = true
	if reads {
		write = read
	}
	driver := riversqlite.New(write)
	c, err := river.NewClient(driver, config)
	return c, driver.GetExecutor(), err
}

// quieter passes on what the library says from warnings up: how single jobs went, the
// program says itself.
type quieter struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h quieter) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs implements slog.Handler.
func (h quieter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quieter{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h quieter) WithGroup(name string) slog.Handler { return quieter{h.Handler.WithGroup(name)} }
