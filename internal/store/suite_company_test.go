package store

import (
	"context"
	"errors"
	"slices"
	"testing"

	"gongkai/internal/report"
)

// testCompany holds that steps which share a transaction see each other's rows, also
// those that are kept back, and that one which fails takes no other with it.
func testCompany(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002")
	run := startRun(t, db)
	must(t, db.AddFailure(ctx, run, Failure{Portal: "p", URL: "a", At: clock(1), Reason: "503"}))
	packed := make([]*PackedVersion, 2)
	for i, v := range []NewVersion{newVersion("990101001", "a", 1), newVersion("990101001", "b", 2)} {
		v.Year += i
		var err error
		packed[i], err = db.Pack(v)
		must(t, err)
	}
	broken := errors.New("broken")
	var seen map[int]Kept
	var near []VersionRef
	page := Page{URL: "a", Portal: "p", State: PageOK, SeenRun: run}
	missed := page
	missed.State = PageMissed
	errs := db.WriteEach(ctx,
		func(ctx context.Context, w *Writing) error {
			_, _, err := w.AddVersion(ctx, run, packed[0])
			return errors.Join(err, w.PutPage(ctx, page), w.MendFailures(ctx, run, "a"))
		},
		func(ctx context.Context, w *Writing) error {
			return errors.Join(w.AddChange(ctx, ChangeRow{Run: run, Kind: ChangeBlocked, Agency: "990101002", Year: 2020}), broken)
		},
		func(ctx context.Context, w *Writing) (err error) {
			if near, err = w.NearVersions(ctx, "990101001", 2019, 2023); err != nil {
				return err
			}
			if _, _, err = w.AddVersion(ctx, run, packed[1]); err != nil {
				return err
			}
			seen, err = w.Readings(ctx, "990101001", 2020, 2021)
			return errors.Join(err, w.PutPage(ctx, missed),
				w.AddFailure(ctx, run, Failure{Portal: "p", URL: "a", At: clock(1), Reason: "404"}))
		})
	if !slices.Equal([]bool{errs[0] == nil, errors.Is(errs[1], broken), errs[2] == nil}, []bool{true, true, true}) {
		t.Fatalf("errors %v; want the second alone", errs)
	}
	if len(near) != 1 || near[0].Year != 2020 {
		t.Errorf("near versions %v; want the one of the step before", near)
	}
	if len(seen) != 2 || len(seen[2020].Reading.Sections) == 0 || len(seen[2021].Reading.Sections) == 0 {
		t.Errorf("readings %v; want those of both steps, with their prose", seen)
	}
	for _, year := range []int{2020, 2021} {
		if r, err := db.Report(ctx, "990101001", year, 0); err != nil || len(r.Current.Findings) != 3 || len(r.Current.Problems) != 1 {
			t.Errorf("%d: %+v, err %v; want 3 findings", year, r, err)
		}
	}
	if open, err := db.OpenFailures(ctx); err != nil || len(open) != 1 || open[0].Reason != "404" {
		t.Errorf("open failures %v, err %v; want the one that came after the mending", open, err)
	}
	if states, err := db.PageStates(ctx, "p", 0); err != nil || states["a"] != PageMissed {
		t.Errorf("states %v, err %v; want the later one", states, err)
	}
	if changes, err := db.Changes(ctx, "", 0); err != nil || len(changes) != 2 {
		t.Errorf("changes %v, err %v; want those of the steps that did not fail", changes, err)
	}
}

// TestSome: there are few statements, and each takes all that are left or a power of two.
func TestSome(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 7: 4, 63: 32, 64: 64, 65: 64, 1000: 64} {
		if got := some(n); got != want {
			t.Errorf("some(%d) = %d; want %d", n, got, want)
		}
	}
	all := make([]report.SHA256, 100)
	n := 0
	err := inSome(all, func(_ string, args []any) error { n += len(args); return nil })
	if err != nil || n != len(all) {
		t.Errorf("%d of %d, err %v", n, len(all), err)
	}
}
