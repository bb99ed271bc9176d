package web

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"gongkai/templates"
)

// english is the catalogue of the English pages, by the Chinese text: every file of
// templates/english, one a subject, so that a page's texts stand beside each other.
// Statutory terms have their English in package standard and are added from there.
// New fails where it cannot be read.
var english = sync.OnceValues(func() (map[string]string, error) { return readEnglish(templates.Files) })

// catalogue is english after New found it whole.
func catalogue() map[string]string {
	all, _ := english()
	return all
}

// readEnglish reads a catalogue: CSV files with the columns Chinese and English. A text
// that two files translate differently is an error, since one of them would be ignored.
func readEnglish(files embed.FS) (map[string]string, error) {
	names, err := fs.Glob(files, "english/*.csv")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range names {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i, row := range rows[1:] {
			if len(row) != 2 || row[0] == "" || row[1] == "" {
				return nil, fmt.Errorf("%s:%d: want a Chinese and an English text, got %q", name, i+2, row)
			}
			if had, ok := all[row[0]]; ok && had != row[1] {
				return nil, fmt.Errorf("%s:%d: %q is %q here and %q in another file; keep one", name, i+2, row[0], row[1], had)
			}
			all[row[0]] = row[1]
		}
	}
	for chinese, english := range terms() {
		if _, ok := all[chinese]; !ok {
			all[chinese] = english
		}
	}
	return all, nil
}
