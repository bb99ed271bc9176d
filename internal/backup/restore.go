package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gongkai/internal/archive"
	"gongkai/internal/durable"
	"gongkai/internal/fault"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// limits of what is read whole into memory.
const (
	maxManifest = 1 << 30
	maxRecord   = 1 << 20
	maxOriginal = 1 << 30
)

// Check reads a backup through and holds every sum against its manifest.
func Check(ctx context.Context, path string) (Manifest, error) {
	b, err := open(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("backup %s: %w", path, err)
	}
	defer b.Close()
	if err := b.check(ctx); err != nil {
		return b.manifest, fmt.Errorf("backup %s: %w; nothing was changed; take another backup", path, err)
	}
	return b.manifest, nil
}

// Restore brings a backup back: the database to a file or server that has none yet, the
// originals to an archive, where those that are there stay. All of the backup is checked
// before anything is put in place; the database comes last, so that a restore that was
// cut short is done again from the start.
func Restore(ctx context.Context, path, database string, to *archive.Store) (Manifest, error) {
	if _, err := os.Lstat(database); err == nil && !store.OnServer(database) {
		return Manifest{}, fmt.Errorf("restore: %s is there already and is not overwritten; move it away, or give another with --db", database)
	}
	m, err := Check(ctx, path)
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	b, err := open(path)
	if err != nil {
		return m, fmt.Errorf("restore %s: %w", path, err)
	}
	defer b.Close()
	if err := b.restoreOriginals(ctx, to); err != nil {
		return m, fmt.Errorf("restore %s: %w", path, err)
	}
	fault.Point("backup.originals")
	if err := b.restoreDatabase(ctx, database); err != nil {
		return m, fmt.Errorf("restore %s: database: %w", path, err)
	}
	return m, nil
}

// An opened backup.
type opened struct {
	*zip.ReadCloser
	manifest Manifest
}

func open(path string) (*opened, error) {
	r, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) {
		return nil, errors.New("no backup, or one that was cut short; take another")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; give the file that `dashboard backup` wrote; those of the schedule are in backup.folder", err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; give a file that can be read", err)
	}
	b := &opened{ReadCloser: r}
	if err := b.readManifest(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return b, nil
}

func (b *opened) readManifest() error {
	for _, f := range b.File {
		if f.Name != manifestName {
			continue
		}
		text, err := whole(f, maxManifest)
		if err != nil {
			return fmt.Errorf("its manifest: %w", err)
		}
		if err := json.Unmarshal(text, &b.manifest); err != nil {
			return fmt.Errorf("its manifest: %w", err)
		}
		if b.manifest.Form != form {
			return fmt.Errorf("it has the form %d and this program reads %d; use the program that wrote it (%s)", b.manifest.Form, form, b.manifest.Program)
		}
		return nil
	}
	return errors.New("it has no manifest: no backup, or one that was cut short; take another")
}

// check holds that all is there that the manifest names, with its sum, and nothing else.
func (b *opened) check(ctx context.Context) error {
	missing := len(b.manifest.Sums)
	seen := map[string]bool{manifestName: true}
	for _, f := range b.File {
		if f.Name == manifestName {
			continue
		}
		want, known := b.manifest.Sums[f.Name]
		if !known || seen[f.Name] {
			return fmt.Errorf("it has %q, which its manifest does not name", f.Name)
		}
		seen[f.Name] = true
		missing--
		got, err := sumOf(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if got != want {
			return fmt.Errorf("%s is damaged: its sum is %s and not %s", f.Name, got, want)
		}
		if h, ok := hashOf(f.Name); ok && string(h) != got {
			return fmt.Errorf("%s is not the original of its name", f.Name)
		}
	}
	if missing > 0 || !seen[databaseName] {
		return fmt.Errorf("%d entries that its manifest names are missing", missing)
	}
	return nil
}

func sumOf(ctx context.Context, f *zip.File) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hexOf(sum), nil
}

// restoreOriginals puts the originals into an archive. The entry before each is its
// record.
func (b *opened) restoreOriginals(ctx context.Context, to *archive.Store) error {
	byName := map[string]*zip.File{}
	for _, f := range b.File {
		byName[f.Name] = f
	}
	for _, f := range b.File {
		h, ok := hashOf(f.Name)
		if !ok {
			continue
		}
		kept, ok := byName[f.Name+record]
		if !ok {
			return fmt.Errorf("%s has no record", f.Name)
		}
		if err := restoreOriginal(ctx, to, h, f, kept); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func restoreOriginal(ctx context.Context, to *archive.Store, h report.SHA256, f, kept *zip.File) error {
	text, err := whole(kept, maxRecord)
	if err != nil {
		return err
	}
	var meta report.Original
	if err := json.Unmarshal(text, &meta); err != nil {
		return err
	}
	body, err := whole(f, maxOriginal)
	if err != nil {
		return err
	}
	got, err := to.Put(ctx, body, meta)
	if err == nil && got != h {
		err = fmt.Errorf("kept as %s", got)
	}
	return err
}

// restoreDatabase puts the database in its place.
func (b *opened) restoreDatabase(ctx context.Context, database string) error {
	folder := os.TempDir()
	if !store.OnServer(database) {
		folder = filepath.Dir(database) // so that it can be renamed into its place
	}
	if err := durable.Sweep(folder, forgotten); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp, err := durable.TempFolder(folder)
	if err != nil {
		return fmt.Errorf("%w; give a file in a folder that exists", err)
	}
	defer os.RemoveAll(temp)
	file := filepath.Join(temp, databaseName)
	if err := b.extract(databaseName, file); err != nil {
		return err
	}
	fault.Point("backup.extracted")
	if err := sound(ctx, file); err != nil {
		return err
	}
	if !store.OnServer(database) {
		return durable.Rename(file, database)
	}
	return transfer(ctx, file, database)
}

// sound brings a database to the schema of this program and looks it through.
func sound(ctx context.Context, file string) error {
	db, err := store.Open(ctx, file)
	if err != nil {
		return err
	}
	faults, err := db.Integrity(ctx)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("is damaged: %s", faults[0])
	}
	return errors.Join(err, db.Close())
}

// transfer copies the database of a file to a server.
func transfer(ctx context.Context, file, server string) error {
	from, err := store.Open(ctx, file)
	if err != nil {
		return err
	}
	to, err := store.Open(ctx, server)
	if err != nil {
		return errors.Join(err, from.Close())
	}
	err = store.Transfer(ctx, from, to, func(store.Transferred) error { return nil })
	return errors.Join(err, to.Close(), from.Close())
}

// extract writes an entry to a new file, on the disk.
func (b *opened) extract(name, path string) error {
	r, err := b.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // hashes of passwords are in it
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// whole reads an entry that must not be greater than a limit.
func whole(f *zip.File, limit uint64) ([]byte, error) {
	if f.UncompressedSize64 > limit {
		return nil, fmt.Errorf("%d bytes; %d at most", f.UncompressedSize64, limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(limit)))
}
