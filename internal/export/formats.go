package export

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/durable"
	"gongkai/internal/store"
)

// Formats are the forms that an export can take.
func Formats() []string {
	return []string{"csv", "xlsx", "json", "datapackage", "sqlite", "parquet", "workbook"}
}

// An Exporter writes exports of a database.
type Exporter struct {
	DB       *store.DB
	Archive  *archive.Store
	Software string // name and version, for the files
	Now      func() time.Time
	// Computed are tables that are computed from the reports and not read from the store;
	// nil for none.
	Computed func(Query) []Table
}

// tables are the tables of an export. What is computed is for the formats of analysts: to
// compute it takes longer than to write all else.
func (e *Exporter) tables(format string, q Query) []Table {
	all := Tables(e.DB, q)
	if e.Computed != nil && (format == "datapackage" || format == "sqlite" || format == "parquet") {
		all = append(all, e.Computed(q)...)
	}
	return all
}

// start fixes the run of a question, so that a refresh between two tables cannot make them
// disagree, and says what the export is.
func (e *Exporter) start(ctx context.Context, q *Query) (About, error) {
	if q.AsOf == 0 {
		var err error
		if q.AsOf, err = e.DB.DataVersion(ctx); err != nil {
			return About{}, err
		}
	}
	return newAbout(ctx, e.DB, *q, e.Software, e.Now())
}

// Several reports whether a format is several files: a folder, or a ZIP where the name
// ends in .zip.
func Several(format string) bool {
	return format == "csv" || format == "datapackage" || format == "parquet"
}

// Write writes an export under a path, whole or not at all, and returns its files.
func (e *Exporter) Write(ctx context.Context, format string, q Query, path string) ([]File, error) {
	if !slices.Contains(Formats(), format) {
		return nil, fmt.Errorf("format %q; want one of %s", format, strings.Join(Formats(), ", "))
	}
	about, err := e.start(ctx, &q)
	if err != nil {
		return nil, err
	}
	if Several(format) && !strings.HasSuffix(path, ".zip") {
		p := &parts{}
		err := durable.WriteFolder(path, func(dir string) error {
			p.sink = &folder{dir: dir}
			return e.fill(ctx, format, q, about, p)
		})
		return p.files, err
	}
	var written File
	err = durable.WriteFile(path, func(f *os.File) error {
		t := newTally(f)
		if format == "sqlite" {
			return e.snapshot(ctx, f, q, about, path, &written)
		}
		err := e.stream(ctx, format, q, about, t)
		written = t.file(filepath.Base(path))
		return err
	})
	if err != nil {
		return nil, err
	}
	return []File{written}, nil
}

// Stream writes an export where nothing can be renamed; several files come as a ZIP.
func (e *Exporter) Stream(ctx context.Context, format string, q Query, to io.Writer) error {
	about, err := e.start(ctx, &q)
	if err != nil {
		return err
	}
	if format == "sqlite" {
		return errors.New("an SQLite file cannot be streamed; name it with -o")
	}
	return e.stream(ctx, format, q, about, to)
}

func (e *Exporter) stream(ctx context.Context, format string, q Query, about About, to io.Writer) error {
	switch format {
	case "json":
		return writeJSON(to, about, e.tables(format, q), func(t Table) iter.Seq2[Row, error] { return t.Rows(ctx) })
	case "xlsx":
		return writeBook(ctx, to, e.tables(format, q))
	case "workbook":
		return WriteReports(ctx, to, e.DB, q, about)
	}
	return e.fill(ctx, format, q, about, &parts{sink: &zipped{w: zip.NewWriter(to), now: about.Created}})
}

// fill writes the files of a format of several.
func (e *Exporter) fill(ctx context.Context, format string, q Query, about About, p *parts) error {
	tables := e.tables(format, q)
	for _, t := range tables {
		name, write := t.Name+".csv", func(w io.Writer) error { return WriteCSV(w, format == "csv", t.Names(), 0, t.Rows(ctx)) }
		if format == "parquet" {
			name, write = t.Name+".parquet", func(w io.Writer) error { return WriteParquet(ctx, w, t) }
		}
		if err := p.add(name, write); err != nil {
			return err
		}
	}
	if format != "datapackage" {
		if err := p.add("about.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(about) }); err != nil {
			return err
		}
		return p.end()
	}
	files := p.files
	for _, labelled := range []bool{false, true} {
		name := map[bool]string{false: descriptorName, true: labelledName}[labelled]
		if err := p.add(name, func(w io.Writer) error { return writeDescriptor(w, about, tables, files, labelled) }); err != nil {
			return err
		}
	}
	return p.end()
}

// snapshot writes an SQLite file into the place that was made for it: SQLite itself opens
// it by its name.
func (e *Exporter) snapshot(ctx context.Context, f *os.File, q Query, about About, path string, written *File) error {
	if err := WriteSQLite(ctx, f.Name(), about, forSnapshot(e.tables("sqlite", q))); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	t := newTally(io.Discard)
	if _, err := io.Copy(t, f); err != nil {
		return err
	}
	*written = t.file(filepath.Base(path))
	return nil
}
