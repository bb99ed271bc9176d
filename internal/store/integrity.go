package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Integrity returns what is wrong with the file of the database and with what its rows
// refer to; nothing where it is sound. PostgreSQL looks after its own.
func (db *DB) Integrity(ctx context.Context) (faults []string, err error) {
	if db.dialect == onPostgres {
		return nil, db.Ping(ctx)
	}
	lines, err := collect(ctx, db.read, `PRAGMA integrity_check(20)`, func(row scanner) (line string, err error) {
		return line, row.Scan(&line)
	})
	if err != nil {
		return nil, fmt.Errorf("integrity: %w", err)
	}
	for _, line := range lines {
		if line != "ok" {
			faults = append(faults, line)
		}
	}
	dangling, err := collect(ctx, db.read, `PRAGMA foreign_key_check`, func(row scanner) (line string, err error) {
		var table, parent string
		var rowid sql.NullInt64
		var key int64
		err = row.Scan(&table, &rowid, &parent, &key)
		return fmt.Sprintf("row %d of %s refers to nothing in %s", rowid.Int64, table, parent), err
	})
	if err != nil {
		return nil, fmt.Errorf("integrity: %w", err)
	}
	return append(faults, dangling...), nil
}

// Schema returns the number of the schema in a database and that of this program,
// without changing it. It is fs.ErrNotExist where there is no file.
func Schema(ctx context.Context, path string) (current, newest int64, err error) {
	if OnServer(path) {
		db, err := sql.Open("pgx", path)
		if err != nil {
			return 0, 0, fmt.Errorf("database %s: %w", withoutPassword(path), err)
		}
		return schemaOf(ctx, db, onPostgres, withoutPassword(path))
	}
	if err := checkPath(path); err != nil {
		return 0, 0, fmt.Errorf("database %s: %w", path, err)
	}
	if _, err := os.Stat(path); err != nil {
		return 0, 0, fmt.Errorf("database: %w", err)
	}
	db, err := sql.Open("sqlite3", dsn(path, patience, "mode=rw&_query_only=true"))
	if err != nil {
		return 0, 0, fmt.Errorf("database %s: %w", path, err)
	}
	return schemaOf(ctx, db, onSQLite, path)
}

// schemaOf is Schema of an open database, which it closes.
func schemaOf(ctx context.Context, db *sql.DB, d dialect, name string) (current, newest int64, err error) {
	p, err := provider(db, d)
	if err == nil {
		current, newest, err = p.GetVersions(ctx)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return 0, 0, fmt.Errorf("database %s: %w", name, explain(err))
	}
	return current, newest, nil
}
