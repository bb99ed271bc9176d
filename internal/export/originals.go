package export

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"iter"
	"path"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// RegionOriginals returns the hashes of what the versions of a query were read from, also
// those that were replaced, each once.
func RegionOriginals(ctx context.Context, db *store.DB, q Query) ([]report.SHA256, error) {
	var hashes []report.SHA256
	seen := make(map[report.SHA256]bool)
	q.Which = store.Every
	err := db.EachSource(ctx, q.Query, func(s *store.Source) error {
		if !seen[s.Hash] {
			seen[s.Hash] = true
			hashes = append(hashes, s.Hash)
		}
		return nil
	})
	return hashes, err
}

// WriteWARC writes originals as a WARC file. One that is lost or damaged is an error: what
// lacks something must not look whole.
func WriteWARC(ctx context.Context, to io.Writer, from *archive.Store, hashes []report.SHA256, packed bool, software, about string, now time.Time) error {
	w, err := archive.NewWARCWriter(to, packed, software, about, now)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		body, meta, err := from.Get(ctx, hash)
		if err != nil {
			return err
		}
		if err := w.Write(body, meta); err != nil {
			return err
		}
	}
	return nil
}

// WriteOriginalsZIP writes originals as a ZIP: each under its hash with the ending that its
// type has, a manifest of where and when each was had, and the checksums.
func WriteOriginalsZIP(ctx context.Context, to io.Writer, from *archive.Store, hashes []report.SHA256, about About) error {
	p := &parts{sink: &zipped{w: zip.NewWriter(to), now: about.Created}}
	var manifest []Row
	for _, hash := range hashes {
		body, meta, err := from.Get(ctx, hash)
		if err != nil {
			return err
		}
		name := "originals/" + string(hash) + ending(meta)
		if err := p.add(name, func(w io.Writer) error { _, err := w.Write(body); return err }); err != nil {
			return err
		}
		manifest = append(manifest, Row{name, string(hash), meta.URL, meta.RequestedURL, meta.ContentType, int64(len(body)), meta.Status, Moment(meta.FetchedAt), meta.Demo})
	}
	err := p.add("manifest.csv", func(w io.Writer) error {
		return WriteCSV(w, false, manifestNames(), 0, each(manifest))
	})
	if err != nil {
		return err
	}
	if err := p.add("about.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(about) }); err != nil {
		return err
	}
	return p.end()
}

// manifestNames are the columns of the manifest of originals.
func manifestNames() []string {
	return []string{"file", "sha256", "url", "requested_url", "content_type", "bytes", "http_status", "fetched_at", "demo"}
}

// each yields rows that are at hand.
func each(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// ending is the ending of the address where it is one of a document, so that programs know
// what to open it with.
func ending(o report.Original) string {
	switch e := path.Ext(o.URL); e {
	case ".html", ".htm", ".shtml", ".pdf", ".doc", ".docx", ".wps", ".rtf", ".xls", ".xlsx", ".et", ".ofd", ".txt", ".csv", ".json", ".zip", ".mht":
		return e
	}
	return ".bin"
}

// WriteOriginals writes originals as a ZIP for a question.
func (e *Exporter) WriteOriginals(ctx context.Context, to io.Writer, hashes []report.SHA256, q Query) error {
	about, err := newAbout(ctx, e.DB, q, e.Software, e.Now())
	if err != nil {
		return err
	}
	return WriteOriginalsZIP(ctx, to, e.Archive, hashes, about)
}
