package store

import "testing"

// TestEachHistory returns the versions of revised reports in their order, and after
// an earlier run none, where there was only one yet.
func TestEachHistory(t *testing.T) {
	db := openTest(t)
	putAgencies(t, db, "990101001", "990101002")
	first := startRun(t, db)
	for _, id := range []string{"990101001", "990101002"} {
		_, _, err := db.AddVersion(t.Context(), first, newVersion(id, "https://example.test/"+id, 3))
		must(t, err)
	}
	finish(t, db, first)
	second := startRun(t, db)
	_, _, err := db.AddVersion(t.Context(), second, newVersion("990101002", "https://example.test/990101002", 4))
	must(t, err)
	finish(t, db, second)
	for asOf, want := range map[RunID]int{0: 1, first: 0} {
		n := 0
		must(t, db.EachHistory(t.Context(), Query{Region: "990101", AsOf: asOf}, func(all []Version) error {
			n++
			if len(all) != 2 || all[0].Number != 1 || all[1].Number != 2 || all[1].Agency != "990101002" || len(all[1].Findings) == 0 {
				t.Errorf("versions %+v", all)
			}
			return nil
		}))
		if n != want {
			t.Errorf("as of %d: %d histories, want %d", asOf, n, want)
		}
	}
}
