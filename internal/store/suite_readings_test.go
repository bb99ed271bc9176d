package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func testReread(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	v := newVersion("990101001", "u", 5)
	id := add(t, db, run, v, ChangeNew)
	finish(t, db, run)

	again := startRun(t, db)
	if change, err := db.AddReading(ctx, again, id, v); err != nil || change != NoChange {
		t.Fatalf("the same reading: change %q, err %v; want none", change, err)
	}
	v.Reader, v.Status, v.Findings = "2", report.Verified, nil
	v.Reading.Values[0].Amount = report.Count(8)
	if change, err := db.AddReading(ctx, again, id, v); err != nil || change != ChangeReread {
		t.Fatalf("another reading: change %q, err %v; want reread", change, err)
	}
	finish(t, db, again)
	for asOf, want := range map[RunID]string{run: "1", again: "2", 0: "2"} {
		r, err := db.Report(ctx, v.Agency, 2020, asOf)
		must(t, err)
		if len(r.Versions) != 1 || r.Current.Reader != want {
			t.Errorf("as of run %d: %d versions, reader %s; want 1, %s", asOf, len(r.Versions), r.Current.Reader, want)
		}
	}
	changes, err := db.Changes(ctx, "", 1)
	must(t, err)
	want := "读取程序更新，2020 年度报告重新读取（本站更正，非发布单位修改）；状态 inconsistent→verified；" +
		string(standard.FormOf(standard.F2019).Cells[0].Code) + "：5→8"
	if len(changes) != 1 || changes[0].Text != want {
		t.Errorf("change %+v; want %s", changes, want)
	}
	add(t, db, again, v, NoChange) // compared with the newer reading
}

// testRecheck holds that other findings change nothing that was read, make no version,
// and leave what stood before as it was.
func testRecheck(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	v := newVersion("990101001", "u", 5)
	id := add(t, db, run, v, ChangeNew)
	finish(t, db, run)
	again := startRun(t, db)
	if changed, err := db.ReplaceFindings(ctx, again, id, v.Findings); err != nil || changed {
		t.Fatalf("the same findings: changed %v, err %v", changed, err)
	}
	other := append([]report.Finding{{Rule: "year.jump", Severity: report.Notice, Text: "变化大。"}}, v.Findings[:1]...)
	if changed, err := db.ReplaceFindings(ctx, again, id, other); err != nil || !changed {
		t.Fatalf("other findings: changed %v, err %v", changed, err)
	}
	finish(t, db, again)
	old, err := db.Report(ctx, v.Agency, 2020, run)
	must(t, err)
	now, err := db.Report(ctx, v.Agency, 2020, 0)
	must(t, err)
	if diff := cmp.Diff(other, now.Current.Findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	now.Current.Findings = v.Findings
	if diff := cmp.Diff(old, now); diff != "" {
		t.Errorf("all but the findings (-before +now):\n%s", diff)
	}
	rows, err := db.Findings(ctx, Query{}, 0)
	must(t, err)
	values, err := db.Versions(ctx, Query{})
	must(t, err)
	if len(rows) != 2 || rows[0].Rule != "year.jump" || len(values) != 1 || values[0].FindingRules["year.jump"] != 1 {
		t.Errorf("%d findings, versions %+v; want the new findings once", len(rows), values)
	}
	if _, err := db.ReplaceFindings(ctx, again, id+1, other); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("no such version: %v", err)
	}
	readings, err := db.Readings(ctx, v.Agency, 2019, 2020)
	must(t, err)
	if diff := cmp.Diff(map[int]Kept{2020: {id, &now.Current.Reading, now.Current.Status}}, readings); diff != "" {
		t.Errorf("readings (-want +got):\n%s", diff)
	}
}
