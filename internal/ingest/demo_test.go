package ingest_test

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"gongkai/internal/archive"
	"gongkai/internal/demo"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/tests/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(pgtest.Exit)) }

// A bench is a demonstration portal with a database and an archive of its own.
type bench struct {
	*ingest.Refresher
	portal *demo.Server
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// newBench starts a portal and opens an empty database that knows its agencies.
func newBench(tb testing.TB, opts demo.Options) *bench {
	tb.Helper()
	return newBenchOn(tb, opts, filepath.Join(tb.TempDir(), "gongkai.db"))
}

// newBenchOn is newBench with the database at an address or in a file.
func newBenchOn(tb testing.TB, opts demo.Options, database string) *bench {
	tb.Helper()
	portal, err := demo.Start(tb.Context(), "", opts)
	must(tb, err)
	tb.Cleanup(func() { must(tb, portal.Close()) })
	db, err := store.Open(tb.Context(), database)
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	originals, err := archive.Open(tb.Context(), tb.TempDir())
	must(tb, err)
	must(tb, db.PutAgencies(tb.Context(), demo.Agencies()))
	for _, r := range demo.Regions() {
		must(tb, db.SetRegionName(tb.Context(), r.Code, r.Name))
	}
	b := &bench{portal: portal, Refresher: &ingest.Refresher{Store: db, Archive: originals,
		Crawl: crawl.Options{Backoff: 10 * time.Millisecond}, Log: slog.New(slog.DiscardHandler)}}
	for _, f := range portal.Portals() {
		p, err := crawl.ReadPortal(f.Name, bytes.NewReader(f.Data))
		must(tb, err)
		b.Portals = append(b.Portals, p)
	}
	return b
}

func (b *bench) refresh(tb testing.TB, opts ingest.Options) ingest.Summary {
	tb.Helper()
	s, err := b.Refresh(tb.Context(), opts)
	must(tb, err)
	return s
}

func TestDemo(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testDemo(t, newBench(t, demo.Options{Seed: 1})) })
	t.Run("postgres", func(t *testing.T) { testDemo(t, newBenchOn(t, demo.Options{Seed: 1}, pgtest.Database(t))) })
}

func testDemo(t *testing.T, b *bench) {
	first := b.refresh(t, ingest.Options{})
	t.Logf("first refresh in %v", first.Took)
	had := 0
	for _, want := range b.portal.Truth() {
		had += b.checkReport(t, want, want.Cells)
	}
	if total := first.Total(); total.New != had || total.Revised != 0 || total.Blocked != 1 || total.Failed != 0 {
		t.Errorf("first refresh %+v; want %d new, one blocked, none failed", total, had)
	}
	b.checkSight(t)
	second := b.refresh(t, ingest.Options{})
	t.Logf("second refresh in %v", second.Took)
	if total := second.Total(); total.New != 0 || total.Revised != 1 || total.Fetched > 2 {
		t.Errorf("second refresh %+v; want one revised and nothing else fetched", total)
	}
	for _, want := range b.portal.Truth() {
		if want.Revised != nil {
			b.checkReport(t, want, want.Revised)
		}
	}
	if total := b.refresh(t, ingest.Options{}).Total(); total.New+total.Revised != 0 || total.Fetched != 0 {
		t.Errorf("third refresh %+v; want nothing new", total)
	}
}

// checkReport holds what is stored of a report against what it truly says, and
// returns how many there are of it: one, or none.
func (b *bench) checkReport(t *testing.T, want demo.Truth, cells demo.Figures) int {
	t.Helper()
	got, err := b.Store.Report(t.Context(), want.Agency, want.Year, 0)
	if want.Case == demo.Missing || want.Case == demo.Blocked {
		if !errors.Is(err, report.ErrNotFound) {
			t.Errorf("%s %d (%s): %v; want not found", want.Agency, want.Year, want.Case, err)
		}
		return 0
	}
	if err != nil {
		t.Errorf("%s %d (%s): %v", want.Agency, want.Year, want.Case, err)
		return 0
	}
	status := report.Verified
	if want.Case == demo.Inconsistent {
		status = report.Inconsistent
	}
	v := got.Current
	if v.Status != status || v.Format != want.Format || v.URL != want.URL || v.PublishedOn != want.Published && want.Case != demo.Revised {
		t.Errorf("%s %d (%s): status %s, format %s, url %s, published %v; want %s, %s, %s, %v; problems %v",
			want.Agency, want.Year, want.Case, v.Status, v.Format, v.URL, v.PublishedOn, status, want.Format, want.URL, want.Published, v.Problems)
	}
	figures := demo.Figures{}
	for i, c := range standard.FormOf(v.Format).Cells {
		if amount, known := v.Reading.Values[i].Known(); known {
			figures[c.Code] = amount
		}
	}
	if diff := cmp.Diff(cells, figures); diff != "" {
		t.Errorf("%s %d (%s): figures (-want +got):\n%s", want.Agency, want.Year, want.Case, diff)
	}
	if (want.Case == demo.Attachment || want.Case == demo.PDFFile) != (v.Page != "") {
		t.Errorf("%s %d (%s): original %s, page %q", want.Agency, want.Year, want.Case, v.Original, v.Page)
	}
	if _, _, err := b.Archive.Get(t.Context(), v.Original); err != nil {
		t.Errorf("%s %d: %v", want.Agency, want.Year, err)
	}
	return 1
}

// checkSight holds that the blocked unit was not seen, that the others were, and that
// real offices nobody watches have no portal.
func (b *bench) checkSight(t *testing.T) {
	t.Helper()
	all, err := b.Store.Coverage(t.Context(), "", 0)
	must(t, err)
	for _, row := range all {
		good, portals := 1, 1
		switch {
		case row.Agency.ID == "990101104": // the blocked unit
			good = 0
		case !row.Agency.Demo && row.Agency.ID != "120110008":
			good, portals = 0, 0
		}
		if len(row.Good) != good || len(row.Portals) != portals || portals > 0 && (good == 1) != (row.Reason == "") {
			t.Errorf("%s: looks %v by %v, reason %q; want %d good by %d", row.Agency.Name, row.Good, row.Portals, row.Reason, good, portals)
		}
	}
	r, err := b.Store.Run(t.Context(), 4)
	must(t, err)
	if len(r.Failures) != 1 || len(r.Portals) != 2 {
		t.Errorf("run %+v; want two portals and the failure of the blocked list", r)
	}
	requests, err := b.Store.Requests(t.Context(), r.ID)
	must(t, err)
	var broken []string
	for _, q := range requests {
		if q.Error != "" {
			broken = append(broken, q.Error)
		}
	}
	if len(broken) != 3 {
		t.Errorf("requests that failed: %v; want the overload, the reset and the challenge", broken)
	}
}
