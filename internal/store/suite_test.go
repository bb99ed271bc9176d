package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/tests/pgtest"
)

// openTest opens a database in a new file, whose name tries the URI it is put into.
func openTest(tb testing.TB) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), filepath.Join(tb.TempDir(), "示例 100%?#.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// TestSuite is what every database behind DB must do: each test gets an empty one.
func TestSuite(t *testing.T) {
	suite := map[string]func(*testing.T, *DB){
		"agencies":       testAgencies,
		"enrol":          testEnrol,
		"contacts":       testContacts,
		"search":         testSearch,
		"segments":       testSegments,
		"names":          testNames,
		"notes":          testNotes,
		"portal":         testPortalOriginals,
		"paces":          testPaces,
		"regions":        testRegions,
		"runs":           testRuns,
		"data mark":      testDataMark,
		"failures":       testFailures,
		"report":         testReport,
		"revision":       testRevision,
		"two addresses":  testTwoAddresses,
		"chrome":         testChrome,
		"reread":         testReread,
		"recheck":        testRecheck,
		"versions":       testVersions,
		"findings":       testFindings,
		"changes":        testChanges,
		"coverage":       testCoverage,
		"pages":          testPages,
		"page states":    testPageStates,
		"listings":       testListings,
		"originals":      testOriginals,
		"requests":       testRequests,
		"recordings":     testRecordings,
		"add new":        testAddNew,
		"health":         testHealth,
		"jobs":           testJobs,
		"lost lease":     testLostLease,
		"clock set back": testClockSetBack,
		"accounts":       testAccounts,
		"sessions":       testSessions,
		"audit":          testAudit,
		"corrections":    testCorrections,
		"decisions":      testDecisions,
		"nothing halves": testNothingHalves,
		"rounds":         testRounds,
		"prune":          testPrune,
		"company":        testCompany,
	}
	t.Run("sqlite", func(t *testing.T) {
		for name, test := range suite {
			t.Run(name, func(t *testing.T) { test(t, openTest(t)) })
		}
	})
	t.Run("postgres", func(t *testing.T) {
		empty := pgtest.Database(t)
		db, err := Open(t.Context(), empty)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for name, test := range suite {
			t.Run(name, func(t *testing.T) { test(t, openAt(t, pgtest.Copy(t, empty))) })
		}
	})
}

// openPostgresTest opens a new, empty database of a real server.
func openPostgresTest(tb testing.TB) *DB {
	tb.Helper()
	return openAt(tb, pgtest.Database(tb))
}

func openAt(tb testing.TB, address string) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// must fails the test at once where a step that only prepares it fails.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// clock is the time at which the tests find things.
func clock(day int) time.Time { return time.Date(2026, 2, day, 8, 0, 0, 0, time.UTC) }

func agency(id string) report.Agency {
	return report.Agency{ID: report.AgencyID(id), Name: "示例" + id + "办事处", Short: "示例" + id,
		Kind: standard.Street, Region: standard.RegionCode(id), Watched: true, Demo: true}
}

// putAgencies registers streets of these codes.
func putAgencies(tb testing.TB, db *DB, ids ...string) {
	tb.Helper()
	var all []report.Agency
	for _, id := range ids {
		all = append(all, agency(id))
	}
	must(tb, db.PutAgencies(tb.Context(), all))
}

// startRun starts a refresh that has an original h.
func startRun(tb testing.TB, db *DB) RunID {
	tb.Helper()
	run, err := db.StartRun(tb.Context(), "refresh", 0, false)
	must(tb, err)
	must(tb, db.PutOriginal(tb.Context(), run, report.Original{Hash: "h", URL: "https://example.test/h"}))
	return run
}

func finish(tb testing.TB, db *DB, run RunID) {
	tb.Helper()
	must(tb, db.FinishRun(tb.Context(), run, RunOK, ""))
}

// newVersion is a report of 2020 whose first cell prints n.
func newVersion(id, url string, n int64) NewVersion {
	values := make([]report.Value, len(standard.FormOf(standard.F2019).Cells))
	for i := range values {
		values[i] = report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: 1, Row: i + 1, Column: 2}}
	}
	values[0].Amount, values[0].Text = report.Count(n), report.Count(n).String()
	values[1] = report.Value{State: report.Words, Text: "无 此项", Place: report.Place{Sheet: "表一", Address: "C7"}}
	values[2] = report.Value{State: report.Blank}
	return NewVersion{
		Agency: report.AgencyID(id), Year: 2020, Original: "h", URL: url, Status: report.Inconsistent, Reader: "1",
		FoundAt: clock(1), Problems: []string{"示例问题"},
		Reading: report.Reading{
			File: "p.html", Title: "2020 年度报告", Agency: "示例办事处", Region: []string{"示例市", "示例区"}, Year: 2020,
			Format: standard.F2019, Values: values, Route: "html utf-8", Published: report.Date{Year: 2021, Month: 1, Day: 20},
			Narrative: []report.Statement{{Says: "requests.new/total", Value: report.Count(81), Sentence: "示例句。", Paragraph: 6, Section: 3}},
			Sections:  []report.Section{{Number: 1, Heading: "一、总体情况", Paragraphs: []report.Paragraph{{Number: 3, Text: "示例。"}}}},
			Doubts:    []report.Doubt{{Rule: "read.disagreement", Cell: "requests.new/natural", Proposals: []report.Value{{State: report.Printed, Amount: report.Count(7)}}, Text: "两种读法不同"}},
			Notes:     []report.Note{{Rule: "form.row_set", Subject: "appeals", Text: "多一行"}},
		},
		Findings: []report.Finding{
			{Rule: "requests.balance", RuleVersion: 1, Subject: "natural", Severity: report.Error, Attribution: report.ByAgency,
				Operands: []report.Operand{{Cell: "requests.new/natural", Value: report.Value{State: report.Printed, Amount: report.Count(3)}}},
				Left:     "3", Right: "4", Difference: "-1", Formula: "新收 + 结转 = 总计 + 结转下年", Text: "两边相差 1。"},
			{Rule: "text.requests_received", Severity: report.Warning, Attribution: report.ByAgency, Text: "正文与表不同。"},
			{Rule: "requests.balance", Subject: "legal", Severity: report.Error, Attribution: report.ByAgency},
		},
	}
}

// add adds a version and fails unless it comes to the change wanted.
func add(tb testing.TB, db *DB, run RunID, v NewVersion, want Change) VersionID {
	tb.Helper()
	id, change, err := db.AddVersion(tb.Context(), run, v)
	must(tb, err)
	if change != want || id == 0 {
		tb.Fatalf("AddVersion(%s): change %q, id %d; want %q", v.URL, change, id, want)
	}
	return id
}

func testReport(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	must(t, db.PutOriginal(ctx, run, report.Original{Hash: "page", URL: "https://example.test/page"}))
	v := newVersion("990101001", "https://example.test/r", 12)
	v.Page = "page"
	id := add(t, db, run, v, ChangeNew)
	finish(t, db, run)

	got, err := db.Report(ctx, v.Agency, 2020, 0)
	must(t, err)
	head := VersionHead{ID: id, Agency: v.Agency, Year: 2020, Number: 1, Format: standard.F2019, Status: report.Inconsistent,
		Title: v.Reading.Title, PublishedOn: v.Reading.Published, Original: "h", Page: "page", URL: v.URL,
		FoundAt: v.FoundAt, FromRun: run}
	want := Report{Agency: agency("990101001"), Year: 2020, Versions: []VersionHead{head},
		Current: Version{VersionHead: head, Reader: "1", Reading: v.Reading, Findings: v.Findings, Problems: v.Problems,
			Source:   report.Original{Hash: "h", URL: "https://example.test/h"},
			SourceOf: report.Original{Hash: "page", URL: "https://example.test/page"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	one, err := db.Version(ctx, id)
	must(t, err)
	if diff := cmp.Diff(want.Current, one); diff != "" {
		t.Errorf("version (-want +got):\n%s", diff)
	}
	for name, err := range map[string]error{
		"another year":   second(db.Report(ctx, v.Agency, 2021, 0)),
		"before the run": second(db.Report(ctx, v.Agency, 2020, run-1)),
		"no version":     second(db.Version(ctx, id+1)),
	} {
		if !errors.Is(err, report.ErrNotFound) {
			t.Errorf("%s: %v; want not found", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func testRevision(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001")
	var runs [3]RunID
	for i, n := range []int64{5, 6, 5} { // 5, 6, and back to 5: three versions
		runs[i] = startRun(t, db)
		v := newVersion("990101001", "u", n)
		v.FoundAt = clock(1 + i)
		add(t, db, runs[i], v, []Change{ChangeNew, ChangeRevised, ChangeRevised}[i])
		finish(t, db, runs[i])
	}
	for i, n := range []int64{5, 6, 5} {
		r, err := db.Report(ctx, "990101001", 2020, runs[i])
		must(t, err)
		if got := r.Current.Reading.Values[0].Amount; got != report.Count(n) || len(r.Versions) != i+1 || r.Current.Number != i+1 {
			t.Errorf("as of run %d: %v of %d versions; want %d of %d", runs[i], got, len(r.Versions), n, i+1)
		}
		if r.Versions[i].UntilRun != 0 {
			t.Errorf("as of run %d the current version has ended", runs[i])
		}
		all, err := db.Versions(ctx, Query{AsOf: runs[i]})
		must(t, err)
		if len(all) != 1 || all[0].Number != i+1 || !all[0].FirstFound.Equal(clock(1)) {
			t.Errorf("versions as of run %d: %+v; want number %d, first found at %v", runs[i], all, i+1, clock(1))
		}
	}
}

// testTwoAddresses holds that two addresses with two versions of one report do not
// replace each other at each refresh.
func testTwoAddresses(t *testing.T, db *DB) {
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	a, b := newVersion("990101001", "a", 5), newVersion("990101001", "b", 6)
	first := add(t, db, run, a, ChangeNew)
	add(t, db, run, b, ChangeRevised)
	if id := add(t, db, run, a, NoChange); id != first {
		t.Errorf("the first address again: version %d; want %d", id, first)
	}
	add(t, db, run, b, NoChange)
	c := newVersion("990101001", "c", 5) // a copy of an old version is nothing new
	add(t, db, run, c, NoChange)
	c = newVersion("990101001", "c", 7)
	add(t, db, run, c, ChangeRevised)
}

// testChrome holds that only what a report says makes a version.
func testChrome(t *testing.T, db *DB) {
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	add(t, db, run, newVersion("990101001", "u", 5), ChangeNew)
	same := map[string]func(*NewVersion){
		"title":     func(v *NewVersion) { v.Reading.Title = "另一标题" },
		"sentence":  func(v *NewVersion) { v.Reading.Narrative[0].Sentence = "改了说法" },
		"place":     func(v *NewVersion) { v.Reading.Values[0].Place = report.Place{Table: 9} },
		"number":    func(v *NewVersion) { v.Reading.Values[0].Text = "５" },
		"space":     func(v *NewVersion) { v.Reading.Values[1].Text = "无  此项" },
		"published": func(v *NewVersion) { v.Reading.Published = report.Date{Year: 2022, Month: 2, Day: 2} },
	}
	for name, change := range same {
		v := newVersion("990101001", "u", 5)
		change(&v)
		t.Run(name, func(t *testing.T) { add(t, db, run, v, NoChange) })
	}
	other := []func(*NewVersion){
		func(v *NewVersion) { v.Reading.Values[0].State = report.Blank },
		func(v *NewVersion) { v.Reading.Values[1].Text = "没有" },
		func(v *NewVersion) { v.Reading.Narrative[0].Value = report.Count(73) },
		func(v *NewVersion) { v.Reading.Format = standard.F2021 },
	}
	for i, change := range other {
		v := newVersion("990101001", "u", 5)
		change(&v)
		if _, got, err := db.AddVersion(t.Context(), run, v); err != nil || got != ChangeRevised {
			t.Errorf("other %d: change %q, err %v; want revised", i, got, err)
		}
	}
}

func testVersions(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101002", "990101001", "990203001")
	run := startRun(t, db)
	for _, id := range []string{"990203001", "990101001", "990101002"} {
		for _, year := range []int{2021, 2020} {
			v := newVersion(id, id, int64(year))
			v.Year = year
			add(t, db, run, v, ChangeNew)
		}
	}
	keys := func(q Query) (got []string) {
		all, err := db.Versions(ctx, q)
		must(t, err)
		for _, v := range all {
			got = append(got, string(v.Agency)+"/"+v.Value(standard.FormOf(v.Format).Cells[0].Code).Amount.String())
		}
		return got
	}
	for name, c := range map[string]struct {
		q    Query
		want []string
	}{
		"all":      {Query{}, []string{"990101002/2020", "990101002/2021", "990101001/2020", "990101001/2021", "990203001/2020", "990203001/2021"}},
		"region":   {Query{Region: "9902"}, []string{"990203001/2020", "990203001/2021"}},
		"years":    {Query{FromYear: 2021, ToYear: 2021, Region: "990101"}, []string{"990101002/2021", "990101001/2021"}},
		"agencies": {Query{Agencies: []report.AgencyID{"990101001", "990203001"}, ToYear: 2020}, []string{"990101001/2020", "990203001/2020"}},
		"early":    {Query{AsOf: run - 1}, nil},
	} {
		if diff := cmp.Diff(c.want, keys(c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	all, err := db.Versions(ctx, Query{Region: "990203001", ToYear: 2020})
	must(t, err)
	want := newVersion("990203001", "990203001", 2020)
	for i := range want.Reading.Values {
		want.Reading.Values[i].Text, want.Reading.Values[i].Place = "", report.Place{}
	}
	if diff := cmp.Diff([]VersionValues{{ID: all[0].ID, Agency: want.Agency, Year: 2020, Format: standard.F2019,
		Status: report.Inconsistent, Number: 1, PublishedOn: want.Reading.Published, FirstFound: clock(1), FoundAt: clock(1), Original: "h",
		URL: "990203001", FromRun: run, Values: want.Reading.Values,
		FindingRules: map[string]int{"requests.balance": 2, "text.requests_received": 1}}}, all); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	revised := newVersion("990203001", "990203001", 2099)
	later := startRun(t, db)
	add(t, db, later, revised, ChangeRevised)
	for name, c := range map[string]struct {
		q    Query
		want []string
	}{
		"current":        {Query{Region: "9902", ToYear: 2020}, []string{"990203001/2099"}},
		"replaced":       {Query{Which: Replaced}, []string{"990203001/2020"}},
		"every":          {Query{Region: "9902", Which: Every}, []string{"990203001/2020", "990203001/2099", "990203001/2021"}},
		"since":          {Query{Which: Every, Since: run}, []string{"990203001/2020", "990203001/2099"}},
		"not yet":        {Query{Which: Replaced, AsOf: run}, nil},
		"every by then":  {Query{Region: "9902", Which: Every, AsOf: run}, []string{"990203001/2020", "990203001/2021"}},
		"replaced since": {Query{Which: Replaced, Since: later}, nil},
	} {
		if diff := cmp.Diff(c.want, keys(c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func testFindings(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002")
	run := startRun(t, db)
	v := newVersion("990101002", "u", 5)
	id := add(t, db, run, v, ChangeNew)
	got, err := db.Findings(ctx, Query{Region: "990101"}, 0)
	must(t, err)
	var want []FindingRow
	for _, f := range v.Findings {
		want = append(want, FindingRow{Finding: f, Key: f.Violation() + "@990101002/2020", Agency: v.Agency,
			AgencyName: "示例990101002办事处", Year: 2020, Version: id, Status: report.Inconsistent})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got, err = db.Findings(ctx, Query{}, 2); err != nil || len(got) != 2 {
		t.Errorf("%d findings, err %v; want 2", len(got), err)
	}
	v.Reading.Values[0].Amount, v.Findings = report.Count(6), nil
	add(t, db, startRun(t, db), v, ChangeRevised)
	if got, err = db.Findings(ctx, Query{}, 0); err != nil || len(got) != 0 {
		t.Errorf("%d findings after the revision, err %v; want none", len(got), err)
	}
	if got, err = db.Findings(ctx, Query{AsOf: run}, 0); err != nil || len(got) != 3 {
		t.Errorf("%d findings as of run %d, err %v; want 3", len(got), run, err)
	}
}

func testChanges(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990203001")
	run := startRun(t, db)
	add(t, db, run, newVersion("990101001", "u", 5), ChangeNew)
	add(t, db, run, newVersion("990203001", "u2", 5), ChangeNew)
	last := add(t, db, run, newVersion("990101001", "u", 6), ChangeRevised)
	must(t, db.AddChange(ctx, ChangeRow{Run: run, At: clock(9), Kind: ChangeRemoved, Agency: "990101001", Year: 2020, Text: "不见了"}))
	got, err := db.Changes(ctx, "990101", 2)
	must(t, err)
	want := []ChangeRow{
		{ID: 4, Run: run, At: clock(9), Kind: ChangeRemoved, Agency: "990101001", AgencyName: "示例990101001办事处",
			Region: "990101001", Year: 2020, Text: "不见了", Demo: true},
		{ID: 3, Run: run, At: clock(1), Kind: ChangeRevised, Agency: "990101001", AgencyName: "示例990101001办事处",
			Region: "990101001", Year: 2020, Version: last, Text: "2020 年度报告内容有变，记为第 2 版", Demo: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if got, err = db.ChangesOf(ctx, "990101", run); err != nil || len(got) != 3 {
		t.Errorf("%d changes of the run, err %v; want 3", len(got), err)
	}
	if got, err = db.ChangesOf(ctx, "", run+1); err != nil || len(got) != 0 {
		t.Errorf("%d changes of a run that is none, err %v", len(got), err)
	}
	if got, err = db.Changes(ctx, "", 0); err != nil || len(got) != 4 {
		t.Errorf("%d changes, err %v; want 4", len(got), err)
	}
}
