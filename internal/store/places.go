package store

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"

	"gongkai/internal/report"
)

// A document is what a reading holds besides its figures.
type document struct {
	File      string             `json:",omitempty"`
	Member    string             `json:",omitempty"`
	Region    []string           `json:",omitempty"`
	Narrative []report.Statement `json:",omitempty"`
	Sections  []report.Section   `json:",omitempty"`
	Doubts    []report.Doubt     `json:",omitempty"`
	Notes     []report.Note      `json:",omitempty"`
	Follow    []string           `json:",omitempty"`
	Hint      bool               `json:",omitempty"`
	Problems  []string           `json:",omitempty"`
}

// maxDetail bounds what inflate makes of damaged bytes.
const maxDetail = 64 << 20

// deflateJSON packs plain data: prose and places repeat themselves, and take about
// a quarter of their length.
func deflateJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// inflateJSON reads what deflateJSON wrote.
func inflateJSON(packed []byte, v any) error {
	r := flate.NewReader(bytes.NewReader(packed))
	defer r.Close()
	if err := json.NewDecoder(io.LimitReader(r, maxDetail)).Decode(v); err != nil {
		return fmt.Errorf("details are damaged; restore a backup, or read the originals again with reread: %w", err)
	}
	return nil
}

// packPlaces packs the texts and places of values.
func packPlaces(values []report.Value) ([]byte, error) {
	return deflateJSON(values)
}

// unpackPlaces reads what packPlaces wrote into values that unpackValues read.
func unpackPlaces(packed []byte, values []report.Value) error {
	var all []report.Value
	if err := inflateJSON(packed, &all); err != nil {
		return err
	}
	if len(all) != len(values) {
		return errPacked
	}
	for i := range values {
		values[i].Text, values[i].Place = all[i].Text, all[i].Place
	}
	return nil
}
