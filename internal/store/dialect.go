package store

import (
	"bytes"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// A dialect is the SQL of one kind of database.
type dialect string

// The dialects; the name is also what a migration has before its ending where it is for
// one of them only: 0011_audit.postgres.sql.
const (
	onSQLite   dialect = "sqlite"
	onPostgres dialect = "postgres"
)

// goose is what the library of the migrations calls the dialect.
func (d dialect) goose() goose.Dialect {
	if d == onPostgres {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// A schema is the migrations as one dialect has them.
type schema struct {
	fs.FS
	dialect dialect
}

// ReadDir implements fs.ReadDirFS: the files that are not for another dialect alone.
func (s schema) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.FS, name)
	if err != nil {
		return nil, err
	}
	var ours []fs.DirEntry
	for _, e := range all {
		_, only, limited := strings.Cut(strings.TrimSuffix(e.Name(), ".sql"), ".")
		if !limited || only == string(s.dialect) {
			ours = append(ours, e)
		}
	}
	return ours, nil
}

// Open implements fs.FS: a file of SQL in the spelling of the dialect.
func (s schema) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil || s.dialect != onPostgres || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	whole, err := fs.ReadFile(s.FS, name)
	if err != nil {
		return nil, err
	}
	return spelled{bytes.NewReader(spell(whole)), info}, nil
}

// spelled is a file with other bytes than those on disk.
type spelled struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f spelled) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f spelled) Close() error               { return nil }
