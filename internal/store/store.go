// Package store keeps what is known in a database.
//
// In: agencies, runs, originals, and versions of reports with their readings and
// findings. Out: the same, as they stand now or as they stood after any run.
// Nothing is updated in place that a reader of the dashboard sees: a fact carries
// the run that brought it and the run that ended it. The package judges no figure,
// and it knows neither portals nor pages.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/mattn/go-sqlite3"

	"gongkai/internal/report"
)

// A RunID numbers a run. Later runs have greater numbers; 0 is none.
type RunID int64

// A VersionID numbers a version of a report; 0 is none.
type VersionID int64

// A DB is an open database. Its methods may be called from any goroutine.
type DB struct {
	write   *sql.DB // one connection: SQLite takes one writer at a time
	read    *sql.DB
	flate   deflater
	dialect dialect
	server  *pgx.ConnConfig // nil for a file
	steps   steps
}

// readers is the number of connections that read at the same time.
const readers = 8

// patience is how many milliseconds a connection waits for a lock.
const patience = 10_000

// Open opens the database in a file, or the PostgreSQL database at an address
// (postgres://…), and brings its schema up to date. A file is created where it is
// missing, its folder is not.
func Open(ctx context.Context, path string) (*DB, error) {
	if OnServer(path) {
		db, err := openPostgres(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", withoutPassword(path), explain(err))
		}
		return db, nil
	}
	if err := checkPath(path); err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	db, err := openWith(ctx, path, patience)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, explain(err))
	}
	return db, nil
}

// openWith opens a database whose connections wait for a lock so many milliseconds.
func openWith(ctx context.Context, path string, wait int) (*DB, error) {
	write := sql.OpenDB(writer(dsn(path, wait, "_journal_mode=WAL&_txlock=immediate")))
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write, onSQLite); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite3", dsn(path, wait, "_query_only=true"))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	db := &DB{write: write, read: read, dialect: onSQLite}
	if err := db.ensureIndexes(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// A writer opens the connection that writes, by its dsn.
type writer string

// checkpoint is after how many pages the write-ahead log is copied into the file: a
// page that many transactions write, such as the last of an index, is copied once.
const checkpoint = "PRAGMA wal_autocheckpoint = 8000" // 32 MB

// Driver implements driver.Connector.
func (w writer) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec(checkpoint, nil)
		return err
	}}
}

// Connect implements driver.Connector.
func (w writer) Connect(context.Context) (driver.Conn, error) { return w.Driver().Open(string(w)) }

// dsn names the file as a URI, so that no character of its path is taken for a
// setting. The busy timeout comes first: what follows may have to wait. A connection
// keeps its statements, since parsing one costs more than most of them take to run.
func dsn(path string, wait int, setting string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_busy_timeout=" + strconv.Itoa(wait) +
		"&_synchronous=NORMAL&_foreign_keys=on&_cache_size=-16000&_stmt_cache_size=256&" + setting
}

// checkPath finds the mistakes that SQLite has no clear words for.
func checkPath(path string) error {
	if path == "" {
		return errors.New("no file given; name one with --db")
	}
	folder := filepath.Dir(path)
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s does not exist; create it (mkdir -p %s) or give another path with --db", folder, folder)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder; give another path with --db", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("is a folder; name a file in it with --db")
	}
	return nil
}

// makePrivate makes the file where there is none, so that nobody but its owner and
// group may read it: it has hashes of passwords, contacts and drafts. What the database
// makes beside it takes its permissions.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("%w; check the permissions of its folder", err)
	}
	return f.Close()
}

// explain adds to an error of the database what it means and what to do.
func explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return explainPostgres(err)
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w: another process holds the database; wait for it or stop it, then try again (%v)", report.ErrBusy, err)
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return fmt.Errorf("not a database, or a damaged one; give another path with --db, or restore a backup (%w)", err)
	case sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrReadonly:
		return fmt.Errorf("cannot be opened for writing; check the permissions of the file and its folder (%w)", err)
	case sqlite3.ErrFull:
		return fmt.Errorf("%w: the disk is full; make room and try again (%v)", report.ErrFull, err)
	}
	if e.SystemErrno == syscall.ENOSPC { // where a file beside the database cannot grow
		return fmt.Errorf("%w: the disk is full; make room and try again (%v)", report.ErrFull, err)
	}
	return err
}

// Close waits for what is being written and closes the database.
func (db *DB) Close() error {
	return errors.Join(db.read.Close(), db.write.Close())
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("database: %w", explain(err))
	}
	return nil
}
