package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// testAddNew: reports that come many at once are kept as if each had come by itself, and
// those that are kept already are refused, whole.
func testAddNew(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002", "990101003")
	run := startRun(t, db)
	var many []*PackedVersion
	for i := range 2*perStatement + 3 { // two statements and a part of one
		v := newVersion("990101001", fmt.Sprintf("https://example.test/%d", i), int64(i))
		v.Year, v.Reading.Year = 1900+i, 1900+i
		p, err := db.Pack(v)
		must(t, err)
		many = append(many, p)
	}
	one := newVersion("990101002", "https://example.test/one", 7)
	add(t, db, run, one, ChangeNew)
	must(t, db.AddNew(ctx, run, many))
	again := newVersion("990101003", "https://example.test/one", 7)
	p, err := db.Pack(again)
	must(t, err)
	must(t, db.AddNew(ctx, run, []*PackedVersion{p}))
	finish(t, db, run)
	if err := db.AddNew(ctx, run, many[:1]); err == nil {
		t.Error("a report that is kept already: no error")
	}
	all, err := db.Versions(ctx, Query{Agencies: []report.AgencyID{"990101001"}})
	must(t, err)
	if len(all) != len(many) {
		t.Fatalf("%d versions, want %d", len(all), len(many))
	}
	// What was added by itself and what was added with others differ in nothing.
	by, err := db.Report(ctx, "990101002", one.Year, 0)
	must(t, err)
	with, err := db.Report(ctx, "990101003", one.Year, 0)
	must(t, err)
	with.Current.Agency, with.Current.ID = by.Current.Agency, by.Current.ID
	if diff := cmp.Diff(by.Current, with.Current); diff != "" {
		t.Errorf("(-by itself +with others):\n%s", diff)
	}
	changes, err := db.Changes(ctx, "990101", 0)
	must(t, err)
	if len(changes) != len(many)+2 {
		t.Errorf("%d changes, want %d", len(changes), len(many)+2)
	}
	// Ids go on behind those that were given.
	next := startRun(t, db)
	later := newVersion("990101002", "https://example.test/later", 8)
	later.Year, later.Reading.Year = 2031, 2031
	add(t, db, next, later, ChangeNew)
}
