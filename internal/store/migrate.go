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

// migrate brings the schema up to date. Another process may be doing the same: a
// step that failed because the other took it is asked for once more.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	p, err := provider(db, d)
	if err != nil {
		return err
	}
	for attempt := 0; ; attempt++ {
		current, target, err := p.GetVersions(ctx)
		if err == nil && current > target {
			return fmt.Errorf("its schema is number %d and this program knows %d; use the newer program that wrote it, or `dashboard restore` the backup of before the upgrade to another file", current, target)
		}
		pending := false
		if err == nil {
			pending, err = p.HasPending(ctx)
		}
		if err == nil && !pending {
			return nil
		}
		for err == nil {
			_, err = p.UpByOne(ctx)
			fault.Point("store.migrated")
		}
		if errors.Is(err, goose.ErrNoNextVersion) {
			continue
		}
		if err != nil && (attempt == 2 || ctx.Err() != nil) {
			return fmt.Errorf("schema: %w", err)
		}
	}
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
