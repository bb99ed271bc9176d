package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func testAgencies(t *testing.T, db *DB) {
	ctx := t.Context()
	b, a := agency("990101002"), agency("990101001")
	a.Aliases, a.From, a.Until = []string{"旧名", "别名"}, 2015, 2022
	a.Due, a.Became, a.Heir = report.DueDay{Month: 1, Day: 25, Source: "示例通知", Years: "2023=01-20=示例通知乙"}, report.Merged, b.ID
	gov := agency("990101")
	gov.ID, gov.Kind = "990101-gov", standard.Government
	far := agency("990203001")
	must(t, db.PutAgencies(ctx, []report.Agency{gov, b, a, far}))

	for region, want := range map[standard.RegionCode][]report.Agency{
		"":          {gov, b, a, far}, // the order is the roster's, not the names'
		"99":        {gov, b, a, far},
		"990101":    {gov, b, a},
		"990101001": {a},
		"9902":      {far},
		"98":        nil,
	} {
		got, err := db.Agencies(ctx, region)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("agencies of %q (-want +got):\n%s", region, diff)
		}
	}
	before, err := db.DataVersion(ctx)
	must(t, err)
	must(t, db.PutAgencies(ctx, []report.Agency{gov, b, a, far}))
	if after, err := db.DataVersion(ctx); err != nil || after != before {
		t.Errorf("data version %d after putting the same register again, err %v; want %d", after, err, before)
	}
	a.Name = "新名办事处"
	must(t, db.PutAgencies(ctx, []report.Agency{gov, b, a, far}))
	got, err := db.Agency(ctx, a.ID)
	must(t, err)
	if diff := cmp.Diff(a, got); diff != "" {
		t.Errorf("renamed agency (-want +got):\n%s", diff)
	}
	old, err := db.Coverage(ctx, a.Region, before)
	must(t, err)
	if len(old) != 1 || old[0].Agency.Name != "示例990101001办事处" {
		t.Errorf("as of run %d: %+v; want the former name", before, old)
	}
	if _, err := db.Agency(ctx, "none"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("agency none: %v; want not found", err)
	}
}

// testEnrol holds that an agency met by a run is there from that run on, and that it
// owes from the earliest year it was met with.
func testEnrol(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	before := startRun(t, db)
	finish(t, db, before)
	run := startRun(t, db)
	met := agency("990101")
	met.ID = "990101-x1"
	for _, year := range []int{2020, 2018, 2022} {
		met.From = year
		must(t, db.Enrol(ctx, run, "p", met))
	}
	finish(t, db, run)
	met.From = 2018
	rows, err := db.Coverage(ctx, "990101", run)
	must(t, err)
	want := []CoverageRow{{Agency: agency("990101001")}, {Agency: met, Portals: []string{"p"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("after the run (-want +got):\n%s", diff)
	}
	if rows, err = db.Coverage(ctx, "990101", before); err != nil || len(rows) != 1 {
		t.Errorf("before the run: %+v, err %v; want one", rows, err)
	}
	changes, err := db.Changes(ctx, "", 0)
	must(t, err)
	if len(changes) != 1 || changes[0].Kind != ChangeEnrolled || changes[0].Agency != met.ID {
		t.Errorf("changes %+v; want one", changes)
	}
}

func testRegions(t *testing.T, db *DB) {
	ctx := t.Context()
	real := agency("120110008")
	real.Demo, real.Watched = false, false
	must(t, db.PutAgencies(ctx, []report.Agency{agency("990101001"), agency("990101002"), real}))
	must(t, db.SetRegionName(ctx, "9901", "示例市"))
	must(t, db.SetRegionName(ctx, "990101", "示例区"))
	run := startRun(t, db)
	add(t, db, run, newVersion("990101001", "u", 1), ChangeNew)
	finish(t, db, run)
	got, err := db.Regions(ctx)
	must(t, err)
	want := []RegionRow{
		{Code: "120110", Name: "东丽区", Path: []standard.Region{{Code: "12", Name: "天津市"}, {Code: "120110", Name: "东丽区"}}, Agencies: 1},
		{Code: "990101", Name: "示例区", Path: []standard.Region{{Code: "9901", Name: "示例市"}, {Code: "990101", Name: "示例区"}}, Demo: true, Agencies: 2, Watched: 2, Reports: 1, FromYear: 2020, ToYear: 2020},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
}
