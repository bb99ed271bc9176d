package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"

	"gongkai/internal/report"
)

// A document is what a reading holds besides its figures. It is kept deflated:
// prose takes about a third of its length.
type document struct {
	File      string             `json:",omitempty"`
	Member    string             `json:",omitempty"`
	Region    []string           `json:",omitempty"`
	Year      int                `json:",omitempty"` // as read, where it is not the report's
	Narrative []report.Statement `json:",omitempty"`
	Sections  []report.Section   `json:",omitempty"`
	Doubts    []report.Doubt     `json:",omitempty"`
	Notes     []report.Note      `json:",omitempty"`
	Follow    []string           `json:",omitempty"`
	Hint      bool               `json:",omitempty"`
	Problems  []string           `json:",omitempty"`
}

// packDocument packs what is kept apart from the figures of a reading.
func packDocument(v NewVersion) ([]byte, error) {
	r := v.Reading
	d := document{
		File: r.File, Member: r.Member, Region: r.Region, Narrative: r.Narrative, Sections: r.Sections,
		Doubts: r.Doubts, Notes: r.Notes, Follow: r.Follow, Hint: r.Hint, Problems: v.Problems, Year: r.Year,
	}
	return json.Marshal(d)
}

// unpackDocument puts what packDocument packed into a version.
func unpackDocument(packed []byte, v *Version) error {
	var d document
	if err := json.Unmarshal(packed, &d); err != nil {
		return fmt.Errorf("%w: %w", errPacked, err)
	}
	r := &v.Reading
	r.File, r.Member, r.Region, r.Year, r.Hint = d.File, d.Member, d.Region, d.Year, d.Hint
	r.Narrative, r.Sections, r.Doubts, r.Notes, r.Follow = d.Narrative, d.Sections, d.Doubts, d.Notes, d.Follow
	v.Problems = d.Problems
	return nil
}

// maxDetail bounds what inflated makes of damaged bytes.
const maxDetail = 64 << 20

// A deflater compresses. It keeps its compressors, which are a megabyte each.
type deflater struct{ idle sync.Pool }

// deflated compresses bytes.
func (d *deflater) deflated(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	w, ok := d.idle.Get().(*flate.Writer)
	if ok {
		w.Reset(&out)
	} else {
		var err error
		if w, err = flate.NewWriter(&out, flate.BestSpeed); err != nil {
			return nil, err
		}
	}
	defer d.idle.Put(w)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// inflated reads what deflated wrote.
func inflated(packed []byte) ([]byte, error) { return new(inflater).inflated(packed) }

// An inflater reads several things that deflated wrote, one after another: making one
// costs more than most of them.
type inflater struct{ reader io.Reader }

func (f *inflater) inflated(packed []byte) ([]byte, error) {
	from := bytes.NewReader(packed)
	if again, ok := f.reader.(flate.Resetter); !ok {
		f.reader = flate.NewReader(from)
	} else if err := again.Reset(from, nil); err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f.reader, maxDetail+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	if len(raw) > maxDetail {
		return nil, fmt.Errorf("%w: more than %d bytes", errPacked, maxDetail)
	}
	return raw, nil
}
