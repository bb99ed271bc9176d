package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/durable"
)

// A Listing names the files of the last whole export, so that its taker can check them.
type Listing struct {
	Run     int64     `json:"run"` // the run after which things stood so; 0 where nothing was exported
	Created time.Time `json:"created"`
	Folder  string    `json:"folder"` // what the names of the files stand below
	Files   []File    `json:"files"`
}

// listingName is the file that says which folder is the newest. It is renamed into place
// last: until then a reader sees the export before.
const listingName = "latest.json"

// kept is how many whole exports stand side by side, so that who reads the one before can
// end.
const kept = 2

// publishable are the files of a format in a published folder.
var publishable = map[string]string{"csv": "gongkai-csv.zip", "xlsx": "gongkai.xlsx", "json": "gongkai.json", "datapackage": "gongkai-datapackage.zip",
	"sqlite": "gongkai.sqlite", "parquet": "gongkai-parquet.zip"}

// Publishable are the formats in which everything can be published.
func Publishable() []string {
	var all []string
	for _, f := range Formats() {
		if publishable[f] != "" {
			all = append(all, f)
		}
	}
	return all
}

// Publish writes everything in some formats into a new folder below dir and then says that
// it is the newest. Where the newest already shows the same run in the same formats
// nothing is written. What an earlier process left half done is removed.
func (e *Exporter) Publish(ctx context.Context, dir string, formats []string) (Listing, error) {
	var q Query
	about, err := e.start(ctx, &q)
	if err != nil {
		return Listing{}, err
	}
	if err := durable.Sweep(dir, 0); err != nil { // of a process that was killed: one publishes at a time
		return Listing{}, fmt.Errorf("publish into %s: %w; create the folder, or name another in the settings under exports", dir, err)
	}
	last, err := Published(dir)
	if err != nil {
		return Listing{}, err
	}
	if last.Run == about.Run && sameFormats(last.Files, formats) {
		return last, nil
	}
	l := Listing{Run: about.Run, Created: about.Created, Folder: folderOf(dir, about.Run)}
	err = durable.WriteFolder(filepath.Join(dir, l.Folder), func(to string) error {
		for _, format := range formats {
			files, err := e.Write(ctx, format, q, filepath.Join(to, publishable[format]))
			if err != nil {
				return err
			}
			l.Files = append(l.Files, files...)
		}
		return os.WriteFile(filepath.Join(to, sumsName), []byte(sums(l.Files)), 0o644)
	})
	if err != nil {
		return Listing{}, err
	}
	err = durable.WriteFile(filepath.Join(dir, listingName), func(f *os.File) error { return json.NewEncoder(f).Encode(l) })
	return l, errors.Join(err, prune(dir, l.Folder))
}

func sameFormats(files []File, formats []string) bool {
	var have, want []string
	for _, f := range files {
		have = append(have, f.Name)
	}
	for _, f := range formats {
		want = append(want, publishable[f])
	}
	slices.Sort(have)
	slices.Sort(want)
	return slices.Equal(have, want)
}

// folderOf is a free name for the export of a run; the formats may have changed since.
func folderOf(dir string, run int64) string {
	name := "run-" + strconv.FormatInt(run, 10)
	for n := 2; ; n++ {
		if _, err := os.Lstat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("run-%d-%d", run, n)
	}
}

// Published returns the newest whole export below a folder; the zero Listing where there
// is none yet.
func Published(dir string) (Listing, error) {
	b, err := os.ReadFile(filepath.Join(dir, listingName))
	if errors.Is(err, fs.ErrNotExist) {
		return Listing{Files: []File{}}, nil
	}
	var l Listing
	if err == nil {
		err = json.Unmarshal(b, &l)
	}
	if err != nil {
		return Listing{}, fmt.Errorf("published exports in %s: %w; remove %s, and the next export writes it again", dir, err, listingName)
	}
	return l, nil
}

// OpenPublished opens a file of the newest export by its name. Names that the listing does
// not have are not found, whatever stands in the folder.
func OpenPublished(dir, name string) (*os.File, Listing, error) {
	l, err := Published(dir)
	if err != nil {
		return nil, l, err
	}
	known := name == sumsName && len(l.Files) > 0 || slices.ContainsFunc(l.Files, func(f File) bool { return f.Name == name })
	if !known || !filepath.IsLocal(filepath.Join(l.Folder, name)) {
		return nil, l, fmt.Errorf("export %s: %w", name, fs.ErrNotExist)
	}
	f, err := os.Open(filepath.Join(dir, l.Folder, name))
	return f, l, err
}

// prune removes the oldest exports beyond those that are kept.
func prune(dir, newest string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type old struct {
		name string
		at   time.Time
	}
	var all []old
	for _, one := range entries {
		if !one.IsDir() || !strings.HasPrefix(one.Name(), "run-") || one.Name() == newest {
			continue
		}
		info, err := one.Info()
		if err != nil {
			return err
		}
		all = append(all, old{one.Name(), info.ModTime()})
	}
	slices.SortFunc(all, func(a, b old) int { return b.at.Compare(a.at) })
	for i, one := range all {
		if i >= kept-1 {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, one.name)))
		}
	}
	return err
}
