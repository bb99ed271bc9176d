package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"gongkai/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. Another process may be doing the same: a step that
// failed because the other took it is asked for again, for as long as any gets on.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	p, err := provider(db, d)
	if err != nil {
		return err
	}
	for failed, was := 0, 0; ; {
		now, err := applied(ctx, p)
		if err == nil && now == len(p.ListSources()) {
			return nil
		}
		if err == nil && now > was {
			failed, was = 0, now
		}
		if err == nil {
			_, err = p.UpByOne(ctx)
			fault.Point("store.migrated")
		}
		if err == nil || errors.Is(err, goose.ErrNoNextVersion) {
			continue
		}
		if errors.Is(err, errNewer) {
			return err
		}
		if failed++; failed > 2 || ctx.Err() != nil {
			return fmt.Errorf("schema: %w", err)
		}
	}
}

// errNewer is the error of a database that a newer program wrote.
var errNewer = errors.New("use the newer program that wrote it, or `dashboard restore` the backup of before the upgrade to another file")

// applied is how many of the migrations a database has.
func applied(ctx context.Context, p *goose.Provider) (n int, err error) {
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return 0, err
	}
	if current > target {
		return 0, fmt.Errorf("its schema is number %d and this program knows %d; %w", current, target, errNewer)
	}
	all, err := p.Status(ctx)
	for _, one := range all {
		if one.State == goose.StateApplied {
			n++
		}
	}
	return n, err
}

// provider is what knows the migrations of a dialect, and which of them a database has.
func provider(db *sql.DB, d dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	// Steps that were made side by side need not have come in the order of their numbers.
	return goose.NewProvider(d.goose(), db, schema{files, d}, goose.WithAllowOutofOrder(true))
}
