package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Snapshot writes all that the database has, as it is at one moment, into a new SQLite
// file, while others read and write on. The file is whole, packed and synced when
// Snapshot returns; it is removed where it fails.
func (db *DB) Snapshot(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("snapshot %s: is there already; give a new name", path)
	}
	write := db.vacuumInto
	if db.dialect == onPostgres {
		write = db.transferInto
	}
	err := write(ctx, path)
	if err == nil {
		err = syncFile(path)
	}
	if err != nil {
		_ = os.Remove(path) // there may be none
		return fmt.Errorf("snapshot %s: %w", path, explain(err))
	}
	return nil
}

// vacuumInto is Snapshot of a file: a copy without its free pages.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	var file string
	if err := db.read.QueryRowContext(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&file); err != nil {
		return err
	}
	own, err := sql.Open("sqlite3", dsn(file, patience, "mode=ro")) // a reader that may not write has no VACUUM
	if err != nil {
		return err
	}
	_, err = own.ExecContext(ctx, `VACUUM INTO ?`, path)
	return errors.Join(err, own.Close())
}

// transferInto is Snapshot of a server.
func (db *DB) transferInto(ctx context.Context, path string) error {
	copied, err := Open(ctx, path)
	if err != nil {
		return err
	}
	err = Transfer(ctx, db, copied, func(Transferred) error { return nil })
	return errors.Join(err, copied.Close())
}

// syncFile has a file on the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
