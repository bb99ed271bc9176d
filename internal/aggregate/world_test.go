package aggregate

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// today is the day on which the tests judge deadlines.
func today() time.Time { return time.Date(2024, 6, 1, 12, 0, 0, 0, standard.China()) }

// A fixture is a database of a fictitious county with four streets and a portal.
type fixture struct {
	t   *testing.T
	db  *store.DB
	run store.RunID
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "aggregate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	f := &fixture{t: t, db: db}
	var agencies []report.Agency
	for i, name := range []string{"云杉", "雪松", "银杏", "紫藤"} {
		code := standard.RegionCode(fmt.Sprintf("99010100%d", i+1))
		agencies = append(agencies, report.Agency{ID: report.AgencyID(code), Name: name + "街道办事处", Short: name + "街道",
			Kind: standard.Street, Region: code, From: 2021, Demo: true})
	}
	agencies = append(agencies, report.Agency{ID: "990101-gov", Name: "示例区人民政府", Short: "示例区",
		Kind: standard.Government, Region: "990101", From: 2021, Demo: true})
	f.must(db.PutAgencies(ctx, agencies))
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// look records a good or a failed look at a time, in a run of its own.
func (f *fixture) look(at time.Time, good bool) {
	f.t.Helper()
	ctx := context.Background()
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	f.run = run
	f.must(f.db.AddLook(ctx, store.Look{Run: run, Portal: "p", At: at, Good: good, Found: 3, Reason: map[bool]string{false: "列表页无法读取"}[good]}))
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}

// watch makes a portal cover agencies.
func (f *fixture) watch(ids ...report.AgencyID) {
	f.t.Helper()
	f.must(f.db.SetWatch(context.Background(), "p", ids))
}

// publish adds a report whose new requests are n, found at a time.
func (f *fixture) publish(agency report.AgencyID, year int, n int64, status report.Status, printed report.Date, found time.Time) {
	f.t.Helper()
	ctx := context.Background()
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	format, _ := standard.FormatForYear(year)
	v := halfGranted(format, n)
	hash := report.SHA256(fmt.Sprintf("%s%d%d", agency, year, n))
	f.must(f.db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: "http://demo.example/" + string(hash), FetchedAt: found}))
	_, _, err = f.db.AddVersion(ctx, run, store.NewVersion{Agency: agency, Year: year, Status: status, Original: hash,
		URL: fmt.Sprintf("http://demo.example/%s/%d", agency, year), FoundAt: found,
		Reading: report.Reading{Agency: string(agency), Year: year, Format: format, Values: v, Published: printed}})
	f.must(err)
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}

// halfGranted prints n new requests, of which half were granted and none denied.
func halfGranted(format standard.Format, n int64) []report.Value {
	return printed(format, map[standard.CellCode]int64{
		"requests.new/natural": n, "requests.new/total": n, "outcome.granted/natural": n / 2, "outcome.granted/total": n / 2,
		"outcome.unavailable.not_held/natural": n - n/2, "outcome.unavailable.not_held/total": n - n/2,
		"outcome.total/natural": n, "outcome.total/total": n,
	}).Values
}

func at(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 9, 0, 0, 0, standard.China())
}

// TestPublication walks every answer to the question whether a report was
// published.
func TestPublication(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003", "990101-gov")
	f.look(at(2023, time.January, 5), true)
	f.publish("990101001", 2022, 10, report.Verified, report.Date{Year: 2023, Month: 1, Day: 20}, at(2023, time.January, 22))
	f.look(at(2023, time.February, 10), true)
	f.publish("990101002", 2022, 20, report.Inconsistent, report.Date{Year: 2023, Month: 1, Day: 30}, at(2023, time.February, 12))
	f.publish("990101001", 2023, 12, report.NeedsReview, report.Date{Year: 2024, Month: 2, Day: 5}, at(2024, time.February, 6))
	f.look(at(2024, time.May, 1), false)

	list, err := New(f.db, today).Owed(context.Background(), store.Query{Region: "990101", FromYear: 2022, ToYear: 2024})
	f.must(err)
	type answer struct {
		Agency           report.AgencyID
		Year             int
		Publication      report.Publication
		Late, LateByDate bool
		Reason           string
	}
	var got []answer
	for _, o := range list {
		got = append(got, answer{o.Agency.ID, o.Year, o.Publication, o.Late, o.LateByDate, o.Reason})
	}
	want := []answer{
		{"990101001", 2022, report.Published, false, false, ""},
		{"990101001", 2023, report.Published, false, true, ""}, // no look between the deadline and the find
		{"990101002", 2022, report.Published, true, false, ""}, // looked for on 10 February and not there
		{"990101002", 2023, report.Unknown, false, false, "列表页无法读取"},
		{"990101003", 2022, report.Missing, false, false, ""},
		{"990101003", 2023, report.Unknown, false, false, "列表页无法读取"},
		{"990101004", 2022, report.NotWatched, false, false, ""},
		{"990101004", 2023, report.NotWatched, false, false, ""},
		{"990101-gov", 2022, report.Unknown, false, false, "列表页无法读取"}, // its deadline is 31 March
		{"990101-gov", 2023, report.Unknown, false, false, "列表页无法读取"},
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("sorted", func(a []answer) map[string]answer {
		m := make(map[string]answer)
		for _, x := range a {
			m[fmt.Sprint(x.Agency, x.Year)] = x
		}
		return m
	})); diff != "" {
		t.Errorf("publication (-want +got):\n%s", diff)
	}
}

// TestNotDue: before the deadline nothing is missing.
func TestNotDue(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001")
	f.publish("990101001", 2022, 10, report.Verified, report.Date{Year: 2023, Month: 1, Day: 20}, at(2023, time.January, 22))
	f.publish("990101001", 2023, 10, report.Verified, report.Date{Year: 2024, Month: 1, Day: 20}, at(2024, time.January, 22))
	f.look(at(2023, time.December, 5), true)
	clock := func() time.Time { return at(2024, time.January, 15) }
	list, err := New(f.db, clock).Owed(context.Background(), store.Query{Region: "990101", FromYear: 2023, ToYear: 2023})
	f.must(err)
	for _, o := range list {
		if o.Publication == report.Missing || o.Publication == report.Unknown {
			t.Errorf("%s is %s before its deadline", o.Agency.ID, o.Publication)
		}
	}
}

// TestRegionFigure: a sum counts verified and inconsistent reports alone, and says
// what it left out.
func TestRegionFigure(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001", "990101002", "990101003", "990101-gov")
	found := at(2024, time.January, 20)
	printed := report.Date{Year: 2024, Month: 1, Day: 18}
	f.publish("990101001", 2023, 40, report.Verified, printed, found)
	f.publish("990101002", 2023, 20, report.Inconsistent, printed, found)
	f.publish("990101003", 2023, 400, report.NeedsReview, printed, found)
	f.publish("990101-gov", 2023, 70, report.Verified, printed, found)
	s := New(f.db, today)
	c, err := s.Compare(context.Background(), CompareQuery{Units: []string{"990101"}, Indicator: "open_rate", From: 2023, To: 2023})
	f.must(err)
	got := c.Series[0].Figures[0]
	if got.Numerator != report.Count(30) || got.Denominator != report.Count(60) || got.Value != 50 || got.Code != "E" {
		t.Errorf("%v of %v = %v (%s), want 30 of 60 = 50 (E)", got.Numerator, got.Denominator, got.Value, got.Code)
	}
	b := got.Basis
	if b.Usable != 2 || b.NeedsReview != 1 || b.Verified != 1 || b.NotWatched != 1 {
		t.Errorf("basis %+v", b)
	}
	want := []Tick{TickVerified, TickInconsistent, TickReview, TickUnknown}
	if diff := cmp.Diff(want, b.Ticks); diff != "" {
		t.Errorf("ticks (-want +got):\n%s", diff)
	}

	r, err := s.RollUp(context.Background(), "990101", 2023, 0)
	f.must(err)
	for _, cell := range r.Cells {
		if cell.Cell.Code != "requests.new/total" {
			continue
		}
		if cell.Sum != report.Count(60) || cell.Counted != 2 || cell.Diff != report.Count(10) || cell.Result != report.NotApplicable {
			t.Errorf("roll-up of new requests: %+v", cell)
		}
	}

	rank, err := s.Ranking(context.Background(), "990101", "open_rate", 2023, 0)
	f.must(err)
	for _, e := range rank.Entries {
		if e.Rank != 0 && e.Agency.ID != "990101001" {
			t.Errorf("%s has rank %d with %v decided", e.Agency.ID, e.Rank, e.Figure.Denominator)
		}
	}
}

// TestAsOf: a page asked as it stood after a run shows that run's world.
func TestAsOf(t *testing.T) {
	f := newFixture(t)
	f.watch("990101001")
	found := at(2024, time.January, 20)
	f.publish("990101001", 2023, 40, report.Verified, report.Date{}, found)
	before, err := f.db.DataVersion(context.Background())
	f.must(err)
	f.publish("990101001", 2023, 41, report.Verified, report.Date{}, found)
	s := New(f.db, today)
	for asOf, want := range map[store.RunID]int64{before: 40, 0: 41} {
		c, err := s.Compare(context.Background(), CompareQuery{Units: []string{"990101001"}, Indicator: "requests_new", From: 2023, To: 2023, AsOf: asOf})
		f.must(err)
		if got := c.Series[0].Figures; len(got) == 0 || got[len(got)-1].Numerator != report.Count(want) {
			t.Errorf("as of %d: %+v, want %d", asOf, got, want)
		}
	}
}
