package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A truth is what the simulator says of a published report.
type truth struct {
	Site      int
	Status    string
	Unit      string `json:"unit_full"`
	Short     string `json:"unit"`
	Year      int
	Format    standard.Format
	URL       string
	Media     string
	Reachable bool
	Cells     map[standard.CellCode]report.Amount
	RestZero  bool                `json:"rest_zero"`
	Deviating []standard.CellCode `json:"deviating"`
}

// A reportKey names a report of the world.
type reportKey struct {
	site int
	unit string
	year int
}

// A verdict is what is stored, held against the truth.
type verdict struct {
	due, found int
	decoys     int
	wrong      int // cells
	review     int // found, and not verified: no fault, if the doubt is honest
	faults     []string
}

// judge holds what is stored against the truth.
func judge(ctx context.Context, db *store.DB, s *sim, sites []site) (v verdict, err error) {
	stored, err := storedReports(ctx, db, sites)
	if err != nil {
		return v, err
	}
	text, err := s.get(ctx, "/__truth.jsonl")
	if err != nil {
		return v, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want truth
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			return v, fmt.Errorf("truth: %w", err)
		}
		if want.Status != "published" || !want.Reachable {
			continue
		}
		key := reportKey{want.Site, want.Unit, want.Year}
		got, ok := stored[key]
		delete(stored, key)
		v.add(want, got, ok)
	}
	if err := lines.Err(); err != nil {
		return v, err
	}
	return v, v.addDecoys(ctx, s, stored)
}

// storedReports returns the current versions.
func storedReports(ctx context.Context, db *store.DB, sites []site) (map[reportKey]store.VersionValues, error) {
	stored := make(map[reportKey]store.VersionValues)
	for _, s := range sites {
		agencies, err := db.Agencies(ctx, s.region())
		if err != nil {
			return nil, err
		}
		names := make(map[report.AgencyID]string)
		for _, a := range agencies {
			names[a.ID] = a.Name
		}
		versions, err := db.Versions(ctx, store.Query{Region: s.region()})
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			stored[reportKey{s.Site, names[v.Agency], v.Year}] = v
		}
	}
	return stored, nil
}

// add counts one report that is due.
func (v *verdict) add(want truth, got store.VersionValues, ok bool) {
	v.due++
	if !ok {
		v.fault("%s %d of site %d (%s, %s): not stored", want.Unit, want.Year, want.Site, want.Media, want.URL)
		return
	}
	v.found++
	if got.Status != report.Verified {
		v.review++
	}
	if wrong := wrongCells(want, got); wrong > 0 {
		v.wrong += wrong
		v.fault("%s %d of site %d (%s): %d cells not as printed", want.Unit, want.Year, want.Site, want.URL, wrong)
	}
}

// wrongCells counts the cells that are not as the truth has them.
func wrongCells(want truth, got store.VersionValues) int {
	form := standard.FormOf(got.Format)
	if got.Format != want.Format || form == nil {
		return len(standard.FormOf(want.Format).Cells)
	}
	wrong := 0
	for i, c := range form.Cells {
		amount, known := got.Values[i].Known()
		if true, printed := want.Cells[c.Code]; known && amount != true || !known && (printed || want.RestZero) {
			wrong++
		}
	}
	return wrong
}

// addDecoys counts what is stored and was never published. A report that was taken
// down keeps its last version.
func (v *verdict) addDecoys(ctx context.Context, s *sim, left map[reportKey]store.VersionValues) error {
	text, err := s.get(ctx, "/__truth.jsonl?all=1")
	if err != nil {
		return err
	}
	for line := range bytes.Lines(text) {
		var was truth
		if err := json.Unmarshal(line, &was); err != nil {
			return fmt.Errorf("truth: %w", err)
		}
		if was.Status == "deleted" {
			delete(left, reportKey{was.Site, was.Unit, was.Year})
		}
	}
	for key, got := range left {
		v.decoys++
		v.fault("%s %d of site %d (%s): stored and never published", key.unit, key.year, key.site, got.URL)
	}
	return nil
}

// fault notes what fell short.
func (v *verdict) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}
