package synthetic

import (
	"reflect"
	"strings"
	"testing"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestCountry: the whole country has as many agencies as the real one, each once, in the
// order of the roster, and all are marked.
func TestCountry(t *testing.T) {
	kinds := make(map[standard.Kind]int)
	seen := make(map[report.AgencyID]bool)
	for a := range Agencies(Options{From: 2014, To: 2025}) {
		if seen[a.ID] || !a.Demo || a.Name == "" || a.Short == "" {
			t.Fatalf("%+v: twice, unmarked or nameless", a)
		}
		seen[a.ID] = true
		kinds[a.Kind]++
	}
	if n := len(seen); n < 130_000 || n > 150_000 {
		t.Errorf("%d agencies; want about 140,000", n)
	}
	if n := kinds[standard.Street] + kinds[standard.Town] + kinds[standard.Township]; n != 41_352 {
		t.Errorf("%d streets and towns; want 41,352", n)
	}
}

// TestReports: the same seed gives the same reports, whatever their number; most add up,
// by the rules, and a few do not.
func TestReports(t *testing.T) {
	o := Options{Agencies: 400, From: 2014, To: 2025, Seed: 1}
	inconsistent, all, zeros, cells := 0, 0, 0, 0
	for a := range Agencies(o) {
		reports := Reports(o, a)
		if all < 100 && !reflect.DeepEqual(reports, Reports(o, a)) {
			t.Fatalf("%s made twice differs", a.Name)
		}
		var before *report.Reading
		for i := range reports {
			r := &reports[i]
			if !strings.HasPrefix(r.Title, Mark) {
				t.Fatalf("title %q is not marked", r.Title)
			}
			out := check.Report(r, check.Context{Agency: &a, Kind: a.Kind, Previous: before})
			all++
			if out.Status != report.Verified {
				inconsistent++
			}
			for _, v := range r.Values {
				cells++
				if v.Amount == 0 {
					zeros++
				}
			}
			before = r
		}
	}
	if all < 400*12*90/100 || all >= 400*12 {
		t.Errorf("%d reports of 4,800; want a few to be missing", all)
	}
	if inconsistent == 0 || inconsistent > all/15 {
		t.Errorf("%d of %d do not add up; want some", inconsistent, all)
	}
	if zeros < cells*80/100 {
		t.Errorf("%d of %d cells are 0; want most", zeros, cells)
	}
	other := o
	other.Seed = 2
	for a := range Agencies(Options{Agencies: 1, From: o.From, To: o.To}) {
		if reflect.DeepEqual(Reports(o, a), Reports(other, a)) {
			t.Error("another seed makes the same reports")
		}
	}
}
