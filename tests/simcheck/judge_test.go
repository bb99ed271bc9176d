package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestVerdict holds that the judge sees what is not there, and every cell that is not
// as printed.
func TestVerdict(t *testing.T) {
	form := standard.FormOf(standard.F2021)
	want := truth{Unit: "云杉街道办事处", Year: 2024, Format: standard.F2021, RestZero: true,
		Cells: map[standard.CellCode]report.Amount{form.Cells[3].Code: report.Count(7)}}
	printed := func(change func([]report.Value)) store.VersionValues {
		values := make([]report.Value, len(form.Cells))
		for i := range values {
			values[i].State = report.Printed
		}
		values[3].Amount = report.Count(7)
		change(values)
		return store.VersionValues{Format: standard.F2021, Status: report.Verified, Values: values}
	}
	for name, c := range map[string]struct {
		got                  store.VersionValues
		missing              bool
		found, wrong, faults int
	}{
		"as printed":     {got: printed(func([]report.Value) {}), found: 1},
		"not stored":     {missing: true, faults: 1},
		"another number": {got: printed(func(v []report.Value) { v[3].Amount = report.Count(8) }), found: 1, wrong: 1, faults: 1},
		"blanks":         {got: printed(func(v []report.Value) { v[3].State, v[4].State = report.Blank, report.Absent }), found: 1, wrong: 2, faults: 1},
		"another form":   {got: store.VersionValues{Format: standard.F2014, Status: report.Verified}, found: 1, wrong: len(form.Cells), faults: 1},
	} {
		var v verdict
		v.add(want, c.got, !c.missing)
		if v.due != 1 || v.found != c.found || v.wrong != c.wrong || len(v.faults) != c.faults {
			t.Errorf("%s: %+v; want %d found, %d wrong, %d faults", name, v, c.found, c.wrong, c.faults)
		}
	}
}

// TestPortals holds that the portal file of every variant can be read, and that a world
// in which a variant is not looked at is refused.
func TestPortals(t *testing.T) {
	var world []site
	for family, variants := range map[string]int{"a": 3, "b": 2, "c": 2, "e": 2, "g": 2, "h": 2, "j": 2, "l": 2} {
		for variant := range variants {
			s := site{Site: len(world), Family: family, Variant: variant, Annual: "http://127.0.1.1:1/gknb/", District: "示例区"}
			text, err := s.portal()
			if err == nil {
				_, err = crawl.ReadPortal(s.id(), strings.NewReader(text))
			}
			if err != nil {
				t.Errorf("%s%d: %v", family, variant, err)
			}
			world = append(world, s)
		}
	}
	if missing := uncovered(world); len(missing) != 0 {
		t.Errorf("all there: %v", missing)
	}
	world[0].Special = "challenge"
	if missing := uncovered(world); len(missing) != 1 {
		t.Errorf("one blocked: %v; want it", missing)
	}
	if _, err := (site{Family: "z"}).portal(); err == nil {
		t.Error("a family without a preset has a portal file")
	}
}

// TestSpent holds that only bytes of reports from honest hosts are counted, and only
// those after the offset.
func TestSpent(t *testing.T) {
	first := `{"site":0,"status":200,"kind":"report"}` + "\n"
	log := filepath.Join(t.TempDir(), "log")
	text := first + first + `{"site":0,"status":304,"kind":"report"}` + "\n" + `{"site":0,"status":200,"kind":"list"}` + "\n" +
		`{"site":1,"status":200,"kind":"report"}` + "\n" + `{"site":0,"status":200,"kind":"attachment"}` + "\n"
	if err := os.WriteFile(log, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	full, err := spent(log, int64(len(first)), []site{{Site: 0, Validators: "both"}, {Site: 1, Validators: "stale"}})
	if err != nil || full != 2 {
		t.Errorf("%d, err %v; want 2", full, err)
	}
	if share := (thrift{known: 200, full: 2}).percent(); share != 99 {
		t.Errorf("share %v; want 99", share)
	}
}
