package aggregate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

// TestMain ends the server that a test has started.
func TestMain(m *testing.M) { pgtest.Exit(m.Run()) }

// TestTallies holds over random histories that a region is told the same with the sums
// that are kept, as they came about, as from all its reports: now and as it stood after
// each run. Making all sums again must give the same bytes.
func TestTallies(t *testing.T) {
	for database, histories := range map[string]uint64{"sqlite": 4, "postgres": 1} {
		for seed := range histories {
			t.Run(fmt.Sprint(database, seed), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "tallies.db")
				if database == "postgres" {
					path = pgtest.Database(t)
				}
				db, err := store.Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				h := &history{T: t, db: db, rng: rand.New(rand.NewPCG(seed, 16))}
				h.register()
				h.publish()
				for range 4 + h.rng.IntN(8) {
					h.step()
					h.settle()
					if h.rng.IntN(2) == 0 {
						h.compare(0) // keeps what holds now, for the next steps to end
					}
				}
				for _, run := range h.open {
					h.must(db.FinishRun(t.Context(), run, store.RunOK, ""))
				}
				h.compareAll()
			})
		}
	}
}

// A history is a database of three counties and a city, in which anything may happen.
type history struct {
	*testing.T
	db       *store.DB
	rng      *rand.Rand
	agencies []report.Agency
	open     []store.RunID // runs that have not ended
	n        int           // steps
	settled  []store.RunID // states whose region sums were made
}

func (h *history) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// register enrols agencies, or says something else of some.
func (h *history) register() {
	if h.agencies == nil {
		for i, code := range []standard.RegionCode{"990101001", "990101002", "990101003", "990101", "990102001", "990102002", "9901", "9901"} {
			h.agencies = append(h.agencies, report.Agency{ID: report.AgencyID(fmt.Sprint(code, "-", i)), Region: code,
				Name: fmt.Sprintf("示例%d", i), Kind: standard.Street, From: 2018, Demo: true})
		}
		h.agencies[3].Kind, h.agencies[6].Kind = standard.Government, standard.Department
	} else {
		a := &h.agencies[h.rng.IntN(len(h.agencies))]
		switch h.rng.IntN(3) {
		case 0:
			a.Kind = []standard.Kind{standard.Street, standard.Government}[h.rng.IntN(2)]
		case 1:
			a.Region = []standard.RegionCode{"990101001", "990102001", "9901"}[h.rng.IntN(3)]
		case 2:
			a.From = 2017 + h.rng.IntN(4)
		}
		h.rng.Shuffle(len(h.agencies), func(i, j int) { h.agencies[i], h.agencies[j] = h.agencies[j], h.agencies[i] })
	}
	h.must(h.db.PutAgencies(h.Context(), h.agencies))
	var watched []report.AgencyID
	for _, a := range h.agencies {
		if h.rng.IntN(4) > 0 {
			watched = append(watched, a.ID)
		}
	}
	h.must(h.db.SetWatch(h.Context(), "p", watched))
}

// publish lets each agency publish every year, so that years have those before them.
func (h *history) publish() {
	run, err := h.db.StartRun(h.Context(), "import", 0, false)
	h.must(err)
	for _, a := range h.agencies {
		for year := 2018; year < 2023; year++ {
			v := h.version(a, year)
			h.must(h.db.PutOriginal(h.Context(), run, report.Original{Hash: v.Original}))
			_, _, err := h.db.AddVersion(h.Context(), run, v)
			h.must(err)
		}
	}
	h.must(h.db.FinishRun(h.Context(), run, store.RunOK, ""))
}

// run is one that works: a new one, or one that began before others which have ended.
func (h *history) run() store.RunID {
	if len(h.open) > 0 && h.rng.IntN(3) == 0 {
		return h.open[h.rng.IntN(len(h.open))]
	}
	run, err := h.db.StartRun(h.Context(), "refresh", 0, false)
	h.must(err)
	h.open = append(h.open, run)
	return run
}

// step lets something happen.
func (h *history) step() {
	h.n++
	if h.rng.IntN(6) == 0 {
		h.register()
		return
	}
	run := h.run()
	for range 1 + h.rng.IntN(6) {
		h.happen(run)
	}
	if h.rng.IntN(4) > 0 {
		h.must(h.db.FinishRun(h.Context(), run, store.RunOK, ""))
		h.open = slices.DeleteFunc(h.open, func(id store.RunID) bool { return id == run })
	}
}

// happen is one thing that a run brings.
func (h *history) happen(run store.RunID) {
	ctx := h.Context()
	a := h.agencies[h.rng.IntN(len(h.agencies))]
	year := 2018 + h.rng.IntN(5)
	v := h.version(a, year)
	h.must(h.db.PutOriginal(ctx, run, report.Original{Hash: v.Original}))
	known, err := h.db.CurrentVersions(ctx, a.ID, year, year)
	h.must(err)
	switch what := h.rng.IntN(8); {
	case len(known) == 0 || what < 3:
		_, _, err = h.db.AddVersion(ctx, run, v)
	case what < 5:
		_, err = h.db.AddReading(ctx, run, known[0].ID, v)
	case what == 5:
		_, err = h.db.ReplaceFindings(ctx, run, known[0].ID, v.Findings)
	case what == 6:
		err = h.correct(known[0].ID, v)
	default:
		err = h.db.AddLook(ctx, store.Look{Run: run, Portal: "p", At: time.Date(2020+h.n, 4, 1, 0, 0, 0, 0, time.UTC), Good: h.rng.IntN(3) > 0})
	}
	h.must(err)
}

// correct lays what a person says over a version.
func (h *history) correct(id store.VersionID, lay store.NewVersion) error {
	_, base, err := h.db.Beneath(h.Context(), id)
	if err != nil {
		return err
	}
	_, err = h.db.AddReview(h.Context(), store.Review{At: time.UnixMilli(int64(h.n)), Version: id, Base: base, Lay: &lay, Text: "示例",
		Entry: store.Entry{At: time.UnixMilli(1), Action: "review.corrected"}})
	if errors.Is(err, report.ErrBusy) {
		return nil
	}
	return err
}

// version draws a report, sometimes in the form of another year.
func (h *history) version(a report.Agency, year int) store.NewVersion {
	r := benchReading(h.rng, a, year-h.rng.IntN(2)*h.rng.IntN(3))
	r.Year = year
	if whole := h.rng.IntN(3) > 0; whole {
		for i := range r.Values {
			r.Values[i].State = report.Printed // a blank would leave the table of requests out
		}
	}
	hash := report.SHA256(fmt.Sprint(a.ID, year, h.rng.Uint64()))
	statuses := []report.Status{report.Verified, report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable}
	v := store.NewVersion{Agency: a.ID, Year: year, Reading: r, Status: statuses[h.rng.IntN(len(statuses))], Original: hash, Reader: fmt.Sprint(h.rng.Uint64()),
		URL: fmt.Sprint("https://example.test/", hash), FoundAt: time.Date(year+1, 3, 1+h.rng.IntN(60), 0, 0, 0, 0, time.UTC)}
	for range h.rng.IntN(3) {
		v.Findings = append(v.Findings, report.Finding{Rule: "requests.balance", Severity: report.Error, Text: fmt.Sprint(h.rng.IntN(9))})
	}
	return v
}

// compareAll compares now and every past, forgets all, and compares again.
func (h *history) compareAll() {
	runs, err := h.db.Runs(h.Context(), 1000)
	h.must(err)
	for _, run := range runs {
		h.compare(run.ID)
		h.compare(run.ID) // of what the first has kept
	}
	s := h.service()
	h.settle()
	h.compareWide()
	sound, err := s.VerifySums(h.Context())
	h.must(err)
	if sound.Counties == 0 || sound.Kept != sound.Counties || len(sound.Wrong) > 0 {
		h.Errorf("kept sums: %+v", sound)
	}
	before := h.kept()
	wide := h.keptWide()
	h.must(h.db.DropSums(h.Context()))
	h.must(h.db.DropRegionSums(h.Context()))
	h.settle()
	if diff := cmp.Diff(before, h.kept()); diff != "" {
		h.Errorf("sums as they came about, and made again (-was +now):\n%s", diff)
	}
	if diff := cmp.Diff(wide, h.keptWide()); diff != "" {
		h.Errorf("sums of regions as they came about, and made again (-was +now):\n%s", diff)
	}
	h.compare(0)
}

// kept are the bytes of the sums that hold.
func (h *history) kept() map[string][]byte {
	all := make(map[string][]byte)
	h.must(h.db.EachSum(h.Context(), "", 0, tallyMade(), func(s store.Sum) error {
		all[fmt.Sprint(s.County, " ", s.Year)] = slices.Clone(s.Body)
		return nil
	}))
	return all
}

func (h *history) service() *Service {
	return New(h.db, func() time.Time { return time.Date(2022, 2, 15, 0, 0, 0, 0, time.UTC) })
}

// compare asks for what regions say after a run by both ways.
func (h *history) compare(asOf store.RunID) {
	h.Helper()
	ctx, s := h.Context(), h.service()
	for _, region := range []standard.RegionCode{"99", "9901", "990101", "990102"} {
		plain, err := s.load(ctx, region, store.Query{AsOf: asOf})
		if errors.Is(err, report.ErrNotFound) {
			continue
		}
		h.must(err)
		want, err := s.overview(ctx, plain, 0)
		h.must(err)
		got, err := s.Overview(ctx, region, 0, asOf)
		h.must(err)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(store.Cells{})); diff != "" {
			h.Fatalf("overview of %s as of %d (-from reports +from sums):\n%s", region, asOf, diff)
		}
		table, err := s.rollUp(ctx, plain, want.Year)
		h.must(err)
		summed, err := s.RollUp(ctx, region, want.Year, asOf)
		h.must(err)
		if diff := cmp.Diff(table, summed, cmp.AllowUnexported(store.Cells{})); diff != "" {
			h.Fatalf("roll-up of %s as of %d (-from reports +from sums):\n%s", region, asOf, diff)
		}
	}
}

// TestVerifySums: sums that do not say what the reports say are found, and made again.
func TestVerifySums(t *testing.T) {
	f := newFixture(t)
	f.publish("990101001", 2023, 40, report.Verified, report.Date{}, at(2024, time.January, 20))
	s := New(f.db, today)
	f.must(s.Settle(t.Context()))
	if sound, err := s.VerifySums(t.Context()); err != nil || sound.Kept != 1 || len(sound.Wrong) != 0 {
		t.Fatalf("%+v, err %v; want one county, as its reports", sound, err)
	}
	_, ended, err := f.db.Settled(t.Context())
	f.must(err)
	other := newTally(nil, func(report.AgencyID) bool { return true })
	if kept, err := f.db.KeepSums(t.Context(), 0, ended-1, tallyMade(), nil); err != nil || kept {
		t.Errorf("kept %v, err %v; a run has ended since", kept, err)
	}
	_, err = f.db.KeepSums(t.Context(), 0, ended, tallyMade(), []store.Sum{{County: "990101", Year: 2023, Body: other.pack()}})
	f.must(err)
	if sound, err := s.VerifySums(t.Context()); err != nil || !slices.Equal(sound.Wrong, []standard.RegionCode{"990101"}) {
		t.Errorf("%+v, err %v; want 990101 found wrong", sound, err)
	}
	f.must(f.db.DropSums(t.Context()))
	f.must(s.Settle(t.Context()))
	if sound, err := s.VerifySums(t.Context()); err != nil || sound.Kept != 1 || len(sound.Wrong) != 0 {
		t.Errorf("made again: %+v, err %v", sound, err)
	}
}

// FuzzTally holds that damaged sums are an error and no panic, and that what is read is
// written the same.
func FuzzTally(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	h := &history{rng: rng}
	var versions []*version
	for i := range 3 {
		v := h.version(report.Agency{ID: report.AgencyID(fmt.Sprint(i))}, 2021)
		one := store.VersionValues{Agency: v.Agency, Year: 2021, Format: v.Reading.Format, Status: report.Verified, Values: v.Reading.Values}
		versions = append(versions, &version{VersionValues: one, cells: newCells(one)})
	}
	f.Add(newTally(versions, func(report.AgencyID) bool { return true }).pack())
	f.Fuzz(func(t *testing.T, body []byte) {
		read, err := unpackTally(body, 2021, newInterned())
		if err != nil {
			return
		}
		again, err := unpackTally(read.pack(), 2021, newInterned())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read.sections, again.sections); diff != "" {
			t.Errorf("sections (-read +again):\n%s", diff)
		}
		for i := range tallied() {
			_, _ = read.sum(i) // damage is an error
		}
		for i, c := range composed() {
			_, _ = unpackParts(read.sections[len(tallied())+i], len(c.parts))
		}
		tail := read.sections[len(tallied())+len(composed()):]
		_, _ = unpackBalance(tail[0])
		_, _ = unpackVector(tail[1])
		_, _ = unpackCellSums(tail[3])
	})
}
