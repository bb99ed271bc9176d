package aggregate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// exhaustive compares the words of a region's reports with all prose of the province.
func exhaustive(t *testing.T, s *Service, region standard.RegionCode, year int) Copies {
	t.Helper()
	ctx := t.Context()
	w, err := s.load(ctx, region, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.copyRead(ctx, store.Query{Region: region, FromYear: year - 1, ToYear: year - 1})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.copyRead(ctx, store.Query{Region: province(region), FromYear: year, ToYear: year})
	if err != nil {
		t.Fatal(err)
	}
	c := Copies{Region: region}
	k := &copier{s: s, j: &judge{ctx: ctx, s: s, w: w}, c: &c, year: year}
	k.judge(append(before, all...))
	c.Judged = k.j.list
	return c
}

// realTexts are the words of documents of the shared corpus, none where it is not there.
func realTexts(t *testing.T) []string {
	dir := os.Getenv("SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(dir, "corpus", "made", "*.*"))
	if err != nil || len(files) == 0 {
		t.Log("skipped: no shared corpus beside the repository; random texts alone are compared")
		return nil
	}
	tags := regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>|[\s&;a-z]+`)
	var texts []string
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) < 200<<10 && utf8.Valid(b) {
			if text := []rune(tags.ReplaceAllString(string(b), "")); len(text) > 600 {
				texts = append(texts, string(text[:min(len(text), 2400)]))
			}
		}
	}
	return texts
}

// TestSketched holds over random provinces that the same copies are found by sketches as by
// reading all prose of the province: before there are any, from those that are kept, and
// after reports and names have changed.
func TestSketched(t *testing.T) {
	corpus := realTexts(t)
	found := 0
	for seed := range uint64(1) {
		rng := rand.New(rand.NewPCG(seed, 26))
		f := newCounty(t, 6)
		var units []report.AgencyID
		var more []report.Agency
		for i := 1; i <= 6; i++ {
			units = append(units, report.AgencyID(fmt.Sprintf("9901010%02d", i)))
		}
		for _, county := range []string{"990102", "990103", "990201"} {
			for i := range 5 {
				code := standard.RegionCode(fmt.Sprintf("%s%03d", county, i+1))
				more = append(more, report.Agency{ID: report.AgencyID(code), Region: code, Kind: standard.Street, From: 2021, Demo: true,
					Name: fmt.Sprintf("样例%s%d街道办事处", county, i), Short: fmt.Sprintf("样例%s%d街道", county, i)})
				units = append(units, report.AgencyID(code))
			}
		}
		more = append(more, report.Agency{ID: "9901-1", Region: "9901", Kind: standard.Department, Name: "样例局", Short: "样例局", From: 2021, Demo: true})
		f.must(f.db.PutAgencies(t.Context(), more))
		tell := func(id report.AgencyID, year int) { f.tell(drawTold(rng, corpus, id, year)) }
		units = append(units, "9901-1")
		for _, id := range units {
			tell(id, 2023)
			if rng.IntN(3) == 0 {
				tell(id, 2022)
			}
		}
		compare := func(when string) {
			t.Helper()
			for _, region := range []standard.RegionCode{"990101", "990102001", "9901"} {
				got, err := New(f.db, today).findCopies(t.Context(), region, 2023, 0)
				f.must(err)
				if diff := cmp.Diff(exhaustive(t, New(f.db, today), region, 2023), got); diff != "" {
					t.Fatalf("seed %d, %s, %s (-all prose +sketches):\n%s", seed, when, region, diff)
				}
				found += len(got.Pairs)
			}
		}
		compare("none kept")
		compare("kept by who asked")
		f.must(New(f.db, today).Settle(t.Context()))
		for range 6 {
			tell(units[rng.IntN(len(units))], 2023)
		}
		more[2].Name, more[2].Short = "天地玄黄街道办事处", "天地玄黄街道"
		f.must(f.db.PutAgencies(t.Context(), more))
		compare("after changes")
		f.must(New(f.db, today).Settle(t.Context()))
		compare("settled")
	}
	if found < 25 {
		t.Errorf("%d copies found; the provinces hold too few to compare", found)
	}
}

// drawTold draws a report: words of its own, of a pool that others draw from, or of both,
// and sometimes those of a district's template, or none at all.
func drawTold(rng *rand.Rand, corpus []string, id report.AgencyID, year int) told {
	v := told{agency: id, year: year, numbers: requests(int64(rng.IntN(4))), sections: make(map[int]string), url: fmt.Sprint(id, rng.Uint64())}
	text := func(n int) string {
		if len(corpus) > 0 && n%2 == 0 {
			return corpus[n%len(corpus)]
		}
		return essay(n)
	}
	for _, section := range comparedSections() {
		pool, own := text(rng.IntN(4)), text(100+rng.IntN(1<<20))
		switch runes := []rune(pool); rng.IntN(6) {
		case 0:
			continue
		case 1:
			v.sections[section] = pool
		case 2:
			v.sections[section] = own
		case 3:
			v.sections[section] = string(runes[:len(runes)*(6+rng.IntN(4))/10]) + own
		case 4: // little of the pool, within much
			v.sections[section] = own + pool + essay(rng.IntN(1<<20)) + essay(rng.IntN(1<<20))
		case 5:
			v.sections[section] = essay(len(id)+int(id[5])) + pool // what its district shares
		}
	}
	switch rng.IntN(8) {
	case 0:
		v.sections = nil
		v.original = report.SHA256(fmt.Sprint("scan", rng.IntN(3)))
	case 1:
		v.original = report.SHA256(fmt.Sprint("page", rng.IntN(3)))
	}
	return v
}

// TestSketchAlone: a sketch that is of no current reading, or of an agency that had another
// name, is not used; and one that is not kept is made.
func TestSketchAlone(t *testing.T) {
	f := newCounty(t, 4)
	f.must(f.db.PutAgencies(t.Context(), []report.Agency{{ID: "990102001", Region: "990102001", Kind: standard.Street, Name: "样例街道办事处", Short: "样例街道", From: 2021, Demo: true}}))
	f.tell(told{agency: one, year: 2023, numbers: requests(1), sections: map[int]string{5: essay(1) + essay(2)}})
	f.tell(told{agency: "990102001", year: 2023, numbers: requests(2), sections: map[int]string{5: essay(1) + essay(2)}})
	s := New(f.db, today)
	pairs := func() int {
		c, err := s.findCopies(t.Context(), "990101", 2023, 0)
		f.must(err)
		return len(c.Pairs)
	}
	if n := pairs(); n != 1 {
		t.Fatalf("%d pairs, want the one copy", n)
	}
	kept, err := f.db.SketchesOf(t.Context(), "99", 2023, sketchMade)
	f.must(err)
	if len(kept) != 1 || kept[0].County != "990102" {
		t.Fatalf("kept %+v; want those of the other county", kept)
	}
	// Sketches decide what is read: without its own the copy would not be seen.
	var other []byte
	f.must(eachSketch(kept[0].Body, func(one *sketch) error {
		one.sections[1] = nil
		other = appendSketch(nil, *one)
		return nil
	}))
	f.must(f.db.PutSketches(t.Context(), sketchMade, []store.Sketches{{County: "990102", Year: 2023, Last: kept[0].Last, Body: other}}))
	if n := pairs(); n != 0 {
		t.Errorf("%d pairs by a sketch that says nothing; what is kept is not used", n)
	}
	f.must(f.db.PutSketches(t.Context(), sketchMade, []store.Sketches{{County: "990102", Year: 2023, Last: kept[0].Last, Body: []byte{1}}}))
	if _, err := s.findCopies(t.Context(), "990101", 2023, 0); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("damaged sketches: %v", err)
	}
	f.must(f.db.DropSketches(t.Context()))
	if n := pairs(); n != 1 {
		t.Errorf("%d pairs after they were forgotten, want 1", n)
	}
}

// FuzzSketch holds that damaged sketches are an error and no panic, and that what is read
// is written the same.
func FuzzSketch(f *testing.F) {
	s := sketch{reading: 7, listed: 2, original: 3, figures: 4, whole: 5, length: 600}
	s.sections[1] = []uint32{1, 5, 1 << 31}
	f.Add(appendSketch(appendSketch(nil, s), sketch{reading: 1}))
	f.Fuzz(func(t *testing.T, body []byte) {
		var again []byte
		if err := eachSketch(body, func(s *sketch) error { again = appendSketch(again, *s); return nil }); err != nil {
			return
		}
		var twice []byte
		if err := eachSketch(again, func(s *sketch) error { twice = appendSketch(twice, *s); return nil }); err != nil || string(twice) != string(again) {
			t.Errorf("%x is written %x and then %x, err %v", body, again, twice, err)
		}
	})
}
