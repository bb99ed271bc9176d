package store

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func openTest(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a b?#%", "..", "test.db"))
	if err != nil {
		db, err = Open(t.Context(), filepath.Join(t.TempDir(), "test ?#%.db"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSmoke(t *testing.T) {
	ctx := t.Context()
	db := openTest(t)
	a := report.Agency{ID: "990101001", Name: "甲街道办事处", Short: "甲街道", Kind: standard.Street, Region: "990101001", Watched: true, Demo: true, Aliases: []string{"x"}}
	if err := db.PutAgencies(ctx, []report.Agency{a}); err != nil {
		t.Fatal(err)
	}
	run, err := db.StartRun(ctx, "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutOriginal(ctx, run, report.Original{Hash: "h1"}); err != nil {
		t.Fatal(err)
	}
	nv := NewVersion{Agency: a.ID, Year: 2020, Original: "h1", URL: "u", FoundAt: time.UnixMilli(5).UTC(), Status: report.Verified,
		Reading: report.Reading{Title: "t", Agency: "甲", Year: 2020, Format: standard.F2019, Values: []report.Value{{State: report.Printed, Amount: report.Count(3), Text: "３", Place: report.Place{Table: 1}}, {State: report.Blank}}}}
	id, change, err := db.AddVersion(ctx, run, nv)
	if err != nil || change != ChangeNew {
		t.Fatal(id, change, err)
	}
	if err := db.FinishRun(ctx, run, RunOK, ""); err != nil {
		t.Fatal(err)
	}
	r, err := db.Report(ctx, a.ID, 2020, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(nv.Reading, r.Current.Reading); diff != "" {
		t.Error(diff)
	}
	vs, err := db.Versions(ctx, Query{Region: "9901"})
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	if _, err := db.Regions(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Coverage(ctx, "", 0); err != nil {
		t.Fatal(err)
	}
	if v, err := db.DataVersion(ctx); v != run || err != nil {
		t.Fatal(v, err)
	}
}
