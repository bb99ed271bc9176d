package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Options say what a bundle is to have.
type Options struct {
	Since   time.Time // leaves out runs that began before; zero for none
	Portals []string  // ids; none for all
	Program string    // version, for the manifest
	Key     ed25519.PrivateKey
	Now     func() time.Time
}

// Write writes a bundle of what the refreshes of a database were answered.
func Write(ctx context.Context, to io.Writer, db *store.DB, from *archive.Store, opts Options) (Manifest, error) {
	w := &writer{zip: zip.NewWriter(to), from: from, opts: opts, seen: make(map[report.SHA256]bool), files: make(map[string][]byte), regions: make(map[standard.RegionCode]bool),
		manifest: Manifest{Form: form, Program: opts.Program, Written: opts.Now().UTC(), Since: opts.Since, Sums: make(map[string]string)}}
	recorded, err := db.RecordedRuns(ctx, opts.Since)
	if err != nil {
		return w.manifest, fmt.Errorf("bundle: %w", err)
	}
	for _, run := range recorded {
		if err := w.run(ctx, db, run); err != nil {
			return w.manifest, fmt.Errorf("bundle: run %d: %w", run.ID, err)
		}
	}
	if len(w.manifest.Runs) == 0 {
		return w.manifest, errors.New("bundle: no refresh of that time and those portals has been recorded; run dashboard refresh first, or give an earlier --since")
	}
	if err := errors.Join(w.portals(), w.register(ctx, db)); err != nil {
		return w.manifest, fmt.Errorf("bundle: %w", err)
	}
	if err := w.finish(); err != nil {
		return w.manifest, fmt.Errorf("bundle: %w", err)
	}
	return w.manifest, nil
}

type writer struct {
	zip      *zip.Writer
	from     *archive.Store
	opts     Options
	manifest Manifest
	seen     map[report.SHA256]bool
	files    map[string][]byte // the newest file of each portal
	regions  map[standard.RegionCode]bool
}

// entry writes one entry.
func (w *writer) entry(name string, text []byte) error {
	to, err := w.zip.Create(name)
	if err == nil {
		_, err = to.Write(text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.manifest.Sums[name] = sumOf(text)
	return nil
}

// run writes the recordings of a run, and the originals that they speak of.
func (w *writer) run(ctx context.Context, db *store.DB, run store.Run) error {
	r := Run{ID: int64(run.ID), Kind: run.Kind, Started: run.StartedAt.UTC(), Finished: run.FinishedAt.UTC(), Year: run.Year, Full: run.Full, State: string(run.State)}
	for _, p := range run.Portals {
		if len(w.opts.Portals) > 0 && !slices.Contains(w.opts.Portals, p.Portal) {
			continue
		}
		var text bytes.Buffer
		err := db.Recordings(ctx, run.ID, p.Portal, func(line []byte) error {
			text.Write(line)
			return text.WriteByte('\n')
		})
		if err != nil {
			return err
		}
		if text.Len() == 0 {
			continue // another process had the portal
		}
		name := fmt.Sprintf("%s%06d/%s.jsonl", runs, run.ID, p.Portal)
		rec, err := ingest.ReadRecorded(name, bytes.NewReader(text.Bytes()))
		if err != nil {
			return err
		}
		if err := w.originals(ctx, rec); err != nil {
			return err
		}
		if err := w.entry(name, text.Bytes()); err != nil {
			return err
		}
		w.files[p.Portal] = rec.Portal.Text()
		w.regions[rec.Portal.Region] = true
		r.Recordings = append(r.Recordings, name)
	}
	if len(r.Recordings) > 0 {
		w.manifest.Runs = append(w.manifest.Runs, r)
	}
	return nil
}

// originals writes what a recording speaks of, each original once. What was archived
// before the time that is asked for is left to earlier bundles.
func (w *writer) originals(ctx context.Context, rec *ingest.Recorded) error {
	var errs error
	rec.Originals(func(hash report.SHA256, needed bool) {
		if w.seen[hash] || errs != nil {
			return
		}
		body, meta, err := w.from.Get(ctx, hash)
		if errors.Is(err, report.ErrNotFound) && !needed {
			return
		}
		if err != nil {
			errs = err
			return
		}
		w.seen[hash] = true
		if meta.FetchedAt.Before(w.opts.Since) {
			w.manifest.Relies = append(w.manifest.Relies, hash)
			return
		}
		text, err := json.MarshalIndent(meta, "", "\t")
		errs = errors.Join(err, w.entry(originals+string(hash)+record, text), w.entry(originals+string(hash), body))
		w.manifest.Originals++
	})
	return errs
}

// portals writes the portal files as they were last.
func (w *writer) portals() error {
	for _, id := range slices.Sorted(maps.Keys(w.files)) {
		w.manifest.Portals = append(w.manifest.Portals, id)
		if err := w.entry(portals+id+".yaml", w.files[id]); err != nil {
			return err
		}
	}
	return nil
}

// register writes who must report in the regions of the portals. Agencies that were
// enrolled when they were met are met inside as well.
func (w *writer) register(ctx context.Context, db *store.DB) error {
	var r register
	named := make(map[standard.RegionCode]bool)
	for _, region := range slices.Sorted(maps.Keys(w.regions)) {
		agencies, err := db.Agencies(ctx, region)
		if err != nil {
			return err
		}
		for _, a := range agencies {
			if strings.Contains(string(a.ID), "-"+ingest.EnrolledMark) {
				continue
			}
			r.Agencies = append(r.Agencies, a)
			path, err := db.RegionPath(ctx, a.Region)
			if err != nil {
				return err
			}
			for _, above := range path {
				if _, known := standard.RegionOf(above.Code); !known && !named[above.Code] {
					named[above.Code] = true
					r.Regions = append(r.Regions, above)
				}
			}
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return w.entry(registerName, text)
}

// finish writes the manifest and who signed it.
func (w *writer) finish() error {
	slices.Sort(w.manifest.Relies)
	text, err := json.MarshalIndent(w.manifest, "", "\t")
	if err != nil {
		return err
	}
	s := signature{Key: KeyText(w.opts.Key.Public().(ed25519.PublicKey)), Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(w.opts.Key, signed(text)))}
	sig, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return errors.Join(w.entry(manifestName, text), w.entry(signatureName, sig), w.zip.Close())
}
