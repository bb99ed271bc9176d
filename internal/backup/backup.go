// Package backup keeps a database and its originals in one file, and brings them back.
//
// In: an open database and archive, in use. Out: a ZIP file with the database as a
// SQLite file, the originals with their records, and a manifest with the SHA-256 of
// each, last. Restoring checks all of it before anything is put in place, whatever
// kind the database was of or is to be. The package knows no figure and no page.
package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/durable"
	"gongkai/internal/fault"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// Names in a backup.
const (
	databaseName = "gongkai.db"
	manifestName = "manifest.json"
	originals    = "originals/"
	record       = ".json"
)

// forgotten is after how long what a process that was killed has left is removed.
const forgotten = 24 * time.Hour

// form is the number of the form of a backup; a greater one is of a later program.
const form = 1

// A Manifest says what a backup has.
type Manifest struct {
	Form      int
	Program   string            // version that wrote it
	Written   time.Time         // when its database was copied
	Originals int               // how many it has
	Without   bool              `json:",omitempty"` // originals were left out on purpose
	Lacking   []string          `json:",omitempty"` // hashes that the archive had lost or damaged
	Sums      map[string]string // SHA-256 by name
}

// Options are choices of a backup.
type Options struct {
	Program          string // version, for the manifest
	WithoutOriginals bool
	Now              func() time.Time
}

// ErrLacking is the error of a backup that is whole but for originals which the archive
// itself has lost; the manifest names them.
var ErrLacking = errors.New("originals are lost or damaged")

// Write writes a backup of a database and an archive that may be in use. Its originals
// are those that the copied database knows. With ErrLacking the backup is good for all
// else.
func Write(ctx context.Context, to io.Writer, db *store.DB, from *archive.Store, opts Options) (Manifest, error) {
	m := Manifest{Form: form, Program: opts.Program, Written: opts.Now().UTC(), Without: opts.WithoutOriginals, Sums: map[string]string{}}
	if err := durable.Sweep(os.TempDir(), forgotten); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	folder, err := durable.TempFolder("")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(folder)
	snapshot := filepath.Join(folder, databaseName)
	if err := db.Snapshot(ctx, snapshot); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	fault.Point("backup.copied")
	w := &writer{zip: zip.NewWriter(to), manifest: &m}
	if err := w.database(snapshot); err != nil {
		return m, fmt.Errorf("backup: database: %w", err)
	}
	if !opts.WithoutOriginals {
		if err := w.originals(ctx, snapshot, from); err != nil {
			return m, fmt.Errorf("backup: %w", err)
		}
	}
	if err := w.end(); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if len(m.Lacking) > 0 {
		return m, fmt.Errorf("backup: %w: %d, the first is %s; all else is in the backup; `dashboard doctor` names them", ErrLacking, len(m.Lacking), m.Lacking[0])
	}
	return m, nil
}

// A writer adds to a backup and notes the sum of what it added.
type writer struct {
	zip      *zip.Writer
	manifest *Manifest
}

// add writes an entry. What is packed already is not packed again.
func (w *writer) add(name string, method uint16, fill func(io.Writer) error) error {
	entry, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.manifest.Written})
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := fill(io.MultiWriter(entry, sum)); err != nil {
		return err
	}
	if name != manifestName {
		w.manifest.Sums[name] = hexOf(sum)
	}
	return nil
}

func (w *writer) database(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return w.add(databaseName, zip.Deflate, func(to io.Writer) error {
		_, err := io.Copy(to, f)
		return err
	})
}

// originals adds every original that the copied database knows.
func (w *writer) originals(ctx context.Context, snapshot string, from *archive.Store) error {
	db, err := store.Open(ctx, snapshot)
	if err != nil {
		return err
	}
	hashes, err := db.Originals(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	for _, h := range hashes {
		body, meta, err := from.Get(ctx, h)
		if errors.Is(err, archive.ErrDamaged) || errors.Is(err, report.ErrNotFound) {
			w.manifest.Lacking = append(w.manifest.Lacking, string(h))
			continue
		}
		if err != nil {
			return err
		}
		text, err := json.Marshal(meta)
		if err != nil {
			return err
		}
		if err := w.add(originals+string(h)+record, zip.Deflate, bytesOf(text)); err != nil {
			return err
		}
		if err := w.add(originals+string(h), zip.Deflate, bytesOf(body)); err != nil {
			return err
		}
		w.manifest.Originals++
	}
	return nil
}

// end writes the manifest: a backup that was cut short has none.
func (w *writer) end() error {
	text, err := json.MarshalIndent(w.manifest, "", "\t")
	if err != nil {
		return err
	}
	if err := w.add(manifestName, zip.Deflate, bytesOf(append(text, '\n'))); err != nil {
		return err
	}
	return w.zip.Close()
}

func bytesOf(b []byte) func(io.Writer) error {
	return func(to io.Writer) error {
		_, err := to.Write(b)
		return err
	}
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// hashOf is the original that an entry has the bytes of, and false for another entry.
func hashOf(name string) (report.SHA256, bool) {
	h, ok := strings.CutPrefix(name, originals)
	return report.SHA256(h), ok && !strings.HasSuffix(h, record)
}
