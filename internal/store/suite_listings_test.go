package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testListings: a listing holds from the run that found it to the whole look that did
// not; a look that read part of the lists ends none.
func testListings(t *testing.T, db *DB) {
	ctx := t.Context()
	run := func() RunID {
		id, err := db.StartRun(ctx, "refresh", 0, false)
		must(t, err)
		return id
	}
	at := func(year int, column string) Listing {
		return Listing{Agency: "990101001", Year: year, URL: "http://a.example/1", Entry: "http://a.example/", List: "http://a.example/", Column: column}
	}
	moved := at(2022, "政府信息公开年报")
	moved.List = "http://a.example/index_1.html" // the next page of the same list
	first, part, whole, again := run(), run(), run(), run()
	must(t, db.PutListings(ctx, first, "p", []Listing{at(2022, "政府信息公开年报"), at(2022, "通知公告")}, true))
	must(t, db.PutListings(ctx, part, "p", []Listing{moved}, false))
	must(t, db.PutListings(ctx, whole, "p", []Listing{moved, at(2023, "")}, true))
	must(t, db.PutListings(ctx, again, "p", []Listing{moved, at(2022, "通知公告")}, true))
	for asOf, want := range map[RunID][]Listing{
		first: {at(2022, "政府信息公开年报"), at(2022, "通知公告")}, part: {at(2022, "政府信息公开年报"), at(2022, "通知公告")},
		whole: {at(2022, "政府信息公开年报"), at(2023, "")}, 0: {at(2022, "政府信息公开年报"), at(2022, "通知公告")},
	} {
		got, err := db.Listings(ctx, Query{Region: "990101", AsOf: asOf})
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("as of run %d (-want +got):\n%s", asOf, diff)
		}
	}
	if got, err := db.Listings(ctx, Query{Region: "990101", AsOf: whole, FromYear: 2023, ToYear: 2023}); err != nil || len(got) != 1 {
		t.Errorf("%v, err %v; want that of 2023", got, err)
	}
}

// testPageStates: what became of an address is known as of each run, and whether it
// was still there only where a good look said so.
func testPageStates(t *testing.T, db *DB) {
	ctx := t.Context()
	page := func(url string, run RunID, state PageState) {
		must(t, db.PutPage(ctx, Page{URL: url, Portal: "p", State: state, SeenRun: run}))
	}
	var runs [5]RunID
	for i := range runs {
		id, err := db.StartRun(ctx, "refresh", 0, false)
		must(t, err)
		runs[i] = id
		must(t, db.AddLook(ctx, Look{Run: id, Portal: "p", Good: i != 3}))
	}
	page("a", runs[0], PageOK)
	page("a", runs[1], PageOK)
	page("a", runs[2], PageFailed)
	page("a", runs[2], PageGone) // of one run the later holds
	page("a", runs[4], PageOK)
	page("b", runs[1], PageBlocked)
	for i, want := range []map[string]PageState{{"a": PageOK}, {"a": PageOK, "b": PageBlocked},
		{"a": PageGone, "b": PageBlocked}, {"a": PageGone, "b": PageBlocked}, {"a": PageOK, "b": PageBlocked}} {
		got, err := db.PageStates(ctx, "p", runs[i])
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after run %d (-want +got):\n%s", runs[i], diff)
		}
	}
	for _, c := range []struct {
		url          string
		since, asOf  int
		there, known bool
	}{{"a", 0, 0, true, true}, {"a", 1, 1, true, true}, {"a", 1, 2, false, true}, {"a", 3, 4, true, true}, {"b", 1, 4, false, false}, {"c", 0, 4, false, false}} {
		there, known, err := db.StillThere(ctx, c.url, runs[c.since], runs[c.asOf])
		if err != nil || there != c.there || known != c.known {
			t.Errorf("%+v: %v, %v, %v", c, there, known, err)
		}
	}
	// The only look since was not good.
	must(t, db.PutPage(ctx, Page{URL: "d", Portal: "p", State: PageOK, SeenRun: runs[0]}))
	if _, known, err := db.StillThere(ctx, "d", runs[3], runs[3]); err != nil || known {
		t.Errorf("known %v, err %v, want unknown", known, err)
	}
}
