package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

const (
	street = report.AgencyID("990101001")
	first  = standard.CellCode("requests.new/business")
	second = standard.CellCode("requests.new/legal")
)

// doubtful keeps a report of zeros whose two cells the readers did not read alike, and
// returns its version.
func (b *bench) doubtful(id report.AgencyID, year int) store.VersionID {
	b.t.Helper()
	ctx := b.t.Context()
	a := report.Agency{ID: id, Name: "示例" + string(id) + "办事处", Short: "示例", Kind: standard.Street, Region: standard.RegionCode(id), Watched: true}
	b.must(b.db.PutAgencies(ctx, []report.Agency{a}))
	form := standard.FormOf(standard.F2021)
	r := report.Reading{Agency: a.Name, Year: year, Format: standard.F2021, Values: make([]report.Value, len(form.Cells)), Route: "test"}
	for i := range r.Values {
		r.Values[i] = report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: 1, Row: i + 1, Column: 2}}
	}
	for _, code := range []standard.CellCode{first, second} {
		cell, _ := form.Cell(code)
		r.Values[cell.Index] = report.Value{State: report.Unread, Text: "O", Place: report.Place{Table: 2, Row: 4, Column: 3}}
		r.Doubts = append(r.Doubts, report.Doubt{Rule: "read.disagreement", Cell: code, Text: "两种读法不一致",
			Proposals: []report.Value{{State: report.Printed, Text: "0"}, {State: report.Printed, Amount: report.Count(8), Text: "8"}}})
	}
	out := check.Report(&r, check.Context{Agency: &a, Kind: a.Kind})
	if out.Status != report.NeedsReview {
		b.t.Fatalf("the report is %s", out.Status)
	}
	run, err := b.db.StartRun(ctx, "refresh", 0, false)
	b.must(err)
	hash := report.SHA256(fmt.Sprintf("%s-%d", id, year))
	b.must(b.db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: "https://example.test/" + string(hash)}))
	version, _, err := b.db.AddVersion(ctx, run, store.NewVersion{Agency: id, Year: year, Reading: r, Status: out.Status, Findings: out.Findings,
		Problems: out.Problems, Original: hash, URL: "https://example.test/" + string(hash), Reader: "1", FoundAt: b.now})
	b.must(err)
	b.must(b.db.FinishRun(ctx, run, store.RunOK, ""))
	return version
}

func (b *bench) status(id store.VersionID) report.Status {
	b.t.Helper()
	v, err := b.db.Version(b.t.Context(), id)
	b.must(err)
	return v.Status
}

func (b *bench) take(by Actor, id store.VersionID, cell standard.CellCode, text string) {
	b.t.Helper()
	b.must(b.Settle(b.t.Context(), by, Said{Version: id, Cell: cell, Verdict: store.Confirmed, Text: text}))
}

// TestReview walks a version from its first doubtful cell to its status: the last one
// settled decides, what was read stays beneath, and undoing restores it.
func TestReview(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	id := b.doubtful(street, 2024)
	item, err := b.Next(ctx, li, 0, "")
	b.must(err)
	if item.Version.ID != id || item.Cell != first || item.Left != 2 || len(item.Proposals) != 2 {
		t.Fatalf("first item %s, %d left, proposals %v", item.Cell, item.Left, item.Proposals)
	}
	b.take(li, id, first, "0")
	if s := b.status(id); s != report.NeedsReview {
		t.Errorf("with one doubt left the report is %s", s)
	}
	item, err = b.Next(ctx, li, id, first)
	b.must(err)
	if item.Cell != second {
		t.Fatalf("second item %s", item.Cell)
	}
	b.take(li, id, second, "0")
	if s := b.status(id); s != report.Verified {
		t.Errorf("with every doubt settled the report is %s", s)
	}
	if _, err := b.Next(ctx, li, id, second); !errors.Is(err, ErrDone) {
		t.Errorf("after the last: %v", err)
	}
	figures, err := b.db.Versions(ctx, store.Query{})
	b.must(err)
	if was, ok := figures[0].Read(first); !ok || was.State != report.Unread {
		t.Errorf("beneath the corrected cell: %+v, %v", was, ok)
	}
	days, err := b.db.ReviewDays(ctx, 10)
	b.must(err)
	if len(days) != 1 || days[0].Name != "li" || days[0].Count != 2 || !days[0].Last.Equal(b.now) {
		t.Errorf("days of review: %+v", days)
	}
	runs, err := b.db.RunsBut(ctx, store.RunReview, 10)
	b.must(err)
	if len(runs) == 0 || slices.ContainsFunc(runs, func(r store.Run) bool { return r.Kind == store.RunReview }) {
		t.Errorf("runs but those of review: %+v", runs)
	}
	was, err := b.Undo(ctx, li)
	b.must(err)
	if was.Cell != second || b.status(id) != report.NeedsReview {
		t.Errorf("undone %s, and the report is %s", was.Cell, b.status(id))
	}
	b.must(b.Settle(ctx, li, Said{Version: id, Cell: second, Verdict: store.Corrected, Text: "3", Reason: "对照原件"}))
	if s := b.status(id); s != report.Inconsistent {
		t.Errorf("with 3 of a legal firm and none in total the report is %s; want inconsistent, since a person read it so", s)
	}
	v, err := b.db.Version(ctx, id)
	b.must(err)
	if got := v.Reading.Value(second); got.Amount != report.Count(3) || got.Place.Row != 4 {
		t.Errorf("corrected cell %+v", got)
	}
	for range 2 {
		_, err := b.Undo(ctx, li)
		b.must(err)
	}
	beneath, _, err := b.db.Beneath(ctx, id)
	b.must(err)
	if v, _ = b.db.Version(ctx, id); b.status(id) != report.NeedsReview || v.Reading.Value(first).State != report.Unread || len(beneath.Reading.Doubts) != 2 {
		t.Errorf("after undoing all: %s, %+v", b.status(id), v.Reading.Value(first))
	}
	if _, err := b.Undo(ctx, li); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("nothing to undo: %v", err)
	}
}

// TestSecondEyes holds that nothing is in force before a second person says the same,
// and that nobody is the second to himself.
func TestSecondEyes(t *testing.T) {
	b := newBench(t, true)
	ctx := t.Context()
	li, wang := b.person("li", store.Reviewer), b.person("wang", store.Reviewer)
	id := b.doubtful(street, 2024)
	b.take(li, id, first, "0")
	b.take(li, id, second, "0")
	if s := b.status(id); s != report.NeedsReview {
		t.Errorf("before the second pair of eyes the report is %s", s)
	}
	if _, err := b.Next(ctx, li, 0, ""); !errors.Is(err, ErrDone) {
		t.Errorf("the first is asked again: %v", err)
	}
	item, err := b.Next(ctx, wang, 0, "")
	b.must(err)
	if item.Waiting == nil || item.Waiting.Account != li.ID || item.Cell != first {
		t.Fatalf("the second is asked %+v", item)
	}
	b.take(wang, id, first, "8") // says otherwise: now that waits
	b.take(wang, id, second, "0")
	if s := b.status(id); s != report.NeedsReview {
		t.Errorf("with two opinions the report is %s", s)
	}
	b.take(li, id, first, "8")
	if s := b.status(id); s == report.NeedsReview {
		t.Errorf("with both agreed the report is %s", s)
	}
	all, err := b.db.CorrectionsAt(ctx, id, 0)
	b.must(err)
	if len(all) != 2 || all[0].SecondName == "" || all[1].SecondName == "" {
		t.Errorf("in force: %+v", all)
	}
}

// TestIllegible holds that what no person can read keeps the report out of sums.
func TestIllegible(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	id := b.doubtful(street, 2024)
	b.must(b.Settle(ctx, li, Said{Version: id, Cell: first, Verdict: store.Illegible}))
	b.take(li, id, second, "0")
	if s := b.status(id); s != report.NeedsReview {
		t.Errorf("with an illegible cell the report is %s", s)
	}
	if _, err := b.Next(ctx, li, 0, ""); !errors.Is(err, ErrDone) {
		t.Errorf("it is asked again: %v", err)
	}
}

// TestWrongDocument holds that the figures of another document are nobody's.
func TestWrongDocument(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	id := b.doubtful(street, 2024)
	if err := b.Settle(ctx, li, Said{Version: id, Verdict: store.WrongDocument}); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("without a reason: %v", err)
	}
	b.must(b.Settle(ctx, li, Said{Version: id, Verdict: store.WrongDocument, Reason: "是指南"}))
	v, err := b.db.Version(ctx, id)
	b.must(err)
	if v.Status != report.Unreadable || v.Format != "" || len(v.Reading.Values) != 0 {
		t.Errorf("%s with %d values", v.Status, len(v.Reading.Values))
	}
	_, err = b.Undo(ctx, li)
	b.must(err)
	if s := b.status(id); s != report.NeedsReview {
		t.Errorf("undone: %s", s)
	}
}

// TestRegions holds that an account limited to a region has no hand elsewhere.
func TestRegions(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	here, there := b.person("here", store.Reviewer, "990101"), b.person("there", store.Reviewer, "990102")
	id := b.doubtful(street, 2024)
	if _, err := b.Next(ctx, there, 0, ""); !errors.Is(err, ErrDone) {
		t.Errorf("the queue of another region: %v", err)
	}
	if _, err := b.Item(ctx, there, id, first); !errors.Is(err, ErrForbidden) {
		t.Errorf("an item: %v", err)
	}
	if err := b.Settle(ctx, there, Said{Version: id, Cell: first, Verdict: store.Confirmed, Text: "0"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a correction: %v", err)
	}
	b.take(here, id, first, "0")
	all, err := b.db.OpenCorrections(ctx, id)
	b.must(err)
	if err := b.Revoke(ctx, there, all[0].ID, ""); !errors.Is(err, ErrForbidden) {
		t.Errorf("revoking another's: %v", err)
	}
	if err := b.Decide(ctx, there, street, 2024, store.Decision{Key: "x"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a decision: %v", err)
	}
}

// TestTyped pins what may be typed for a cell.
func TestTyped(t *testing.T) {
	form := standard.FormOf(standard.F2021)
	count, _ := form.Cell(first)
	money, _ := form.Cell("disclosure.fee.amount")
	for _, tc := range []struct {
		text string
		cell standard.Cell
		want string // state and amount, "" for an error
	}{
		{"12", count, "printed 12"}, {" 12 ", count, "printed 12"}, {"", count, "blank 0"}, {"/", count, "dash 0"}, {"无", count, "dash 0"},
		{"不涉及", count, "text 0"}, {"1.5", count, ""}, {"-1", count, ""}, {"1O", count, ""}, {"1.5", money, "printed 1.5"},
	} {
		v, err := typed(tc.text, tc.cell)
		got := ""
		if err == nil {
			got = v.State.String() + " " + v.Amount.String()
		}
		if got != tc.want {
			t.Errorf("%q in %s: %q, %v; want %q", tc.text, tc.cell.Code, got, err, tc.want)
		}
	}
}

// TestRestore holds that a correction outlives newer readers: the original has not
// changed, and neither has what a person read in it.
func TestRestore(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	id := b.doubtful(street, 2024)
	b.take(li, id, first, "0")
	b.take(li, id, second, "0")
	base, _, err := b.db.Beneath(ctx, id)
	b.must(err)
	run, err := b.db.StartRun(ctx, "reread", 0, false)
	b.must(err)
	again := store.NewVersion{Agency: street, Year: 2024, Reading: base.Reading, Status: base.Status, Original: base.Original,
		URL: base.URL, Reader: "2", FoundAt: b.now}
	cell, _ := standard.FormOf(standard.F2021).Cell("disclosure.penalty.decisions")
	again.Reading.Values[cell.Index].Amount = report.Count(5)
	change, err := b.db.AddReading(ctx, run, id, again)
	b.must(err)
	b.must(b.db.FinishRun(ctx, run, store.RunOK, ""))
	if change != store.ChangeReread || b.status(id) != report.NeedsReview {
		t.Fatalf("read again: %q, %s", change, b.status(id))
	}
	b.must(b.Restore(ctx))
	v, err := b.db.Version(ctx, id)
	b.must(err)
	if v.Status != report.Verified || v.Reading.Value(first).State != report.Printed || v.Reading.Value("disclosure.penalty.decisions").Amount != report.Count(5) {
		t.Errorf("restored: %s, %+v", v.Status, v.Reading.Value(first))
	}
}

// TestDecide holds that a decision stays with its finding until a figure changes, and is
// then open again.
func TestDecide(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	id := b.doubtful(street, 2024)
	b.take(li, id, first, "0")
	b.must(b.Settle(ctx, li, Said{Version: id, Cell: second, Verdict: store.Corrected, Text: "3", Reason: "对照原件"}))
	_, findings, err := b.Findings(ctx, li, street, 2024)
	b.must(err)
	at := -1
	for i, f := range findings {
		if f.Violation() == "requests.column_sum/requests.new" {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("no such finding in %d", len(findings))
	}
	d := store.Decision{Key: findings[at].Key, Verdict: store.FindingDismissed}
	if err := b.Decide(ctx, li, street, 2024, d); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("dismissed without a reason: %v", err)
	}
	d.Verdict = store.FindingAnswered
	if err := b.Decide(ctx, li, street, 2024, d); !errors.Is(err, report.ErrBadRequest) {
		t.Errorf("answered without an answer: %v", err)
	}
	d.Answer = "系录入差错，已更正。"
	b.must(b.Decide(ctx, li, street, 2024, d))
	_, findings, err = b.Findings(ctx, li, street, 2024)
	b.must(err)
	if f := findings[at]; f.Decision == nil || f.Reopened || f.Decision.Answer != d.Answer {
		t.Errorf("decided: %+v", f.Decision)
	}
	b.must(b.Settle(ctx, li, Said{Version: id, Cell: second, Verdict: store.Corrected, Text: "4", Reason: "再看是 4"}))
	_, findings, err = b.Findings(ctx, li, street, 2024)
	b.must(err)
	reopened := false
	for _, f := range findings {
		reopened = reopened || f.Key == d.Key && f.Reopened
	}
	if !reopened {
		t.Error("a figure changed, and the decision holds on")
	}
	if err := b.Decide(ctx, li, street, 2024, store.Decision{Key: "nothing", Verdict: store.FindingConfirmed}); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a finding that is not there: %v", err)
	}
}

// TestDecideAcross holds that a finding across reports is decided on like one of the
// report's own, also of a report that is not there, that it stands with the report once
// somebody has, and that it is open again when what it rests on changes.
func TestDecideAcross(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	li := b.person("li", store.Reviewer)
	b.doubtful(street, 2024)
	peers, asked := "40", 0
	b.Across = func(_ context.Context, a report.Agency, year int, _ store.RunID) ([]report.Finding, error) {
		asked++
		return []report.Finding{{Rule: "peer.same_numbers", Severity: report.Warning, Left: peers, Right: "8"}}, nil
	}
	own := func() []report.Finding {
		r, err := b.db.Report(ctx, street, 2024, 0)
		b.must(err)
		return r.Current.Findings
	}
	a, err := b.db.Agency(ctx, street)
	b.must(err)
	if decided, err := b.DecidedAcross(ctx, a, 2024, own(), 0); err != nil || len(decided) > 0 || asked > 0 {
		t.Errorf("before anybody decided: %v, %v, computed %d times", decided, err, asked)
	}
	for _, year := range []int{2024, 2025} { // of the latter there is no report
		_, findings, err := b.Findings(ctx, li, street, year)
		b.must(err)
		last := findings[len(findings)-1]
		if last.Rule != "peer.same_numbers" || last.Decision != nil {
			t.Fatalf("%d: last finding %+v", year, last)
		}
		b.must(b.Decide(ctx, li, street, year, store.Decision{Key: last.Key, Verdict: store.FindingDismissed, Reason: "同一科室"}))
		if _, findings, err = b.Findings(ctx, li, street, year); err != nil || findings[len(findings)-1].Decision == nil {
			t.Errorf("%d: not decided, %v", year, err)
		}
	}
	decided, err := b.DecidedAcross(ctx, a, 2024, own(), 0)
	b.must(err)
	if len(decided) != 1 || decided[0].Reopened {
		t.Errorf("decided: %+v", decided)
	}
	peers = "41"
	if decided, err = b.DecidedAcross(ctx, a, 2024, own(), 0); err != nil || len(decided) != 1 || !decided[0].Reopened {
		t.Errorf("what it rests on changed: %+v, %v", decided, err)
	}
}
