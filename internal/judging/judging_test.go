package judging

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

const (
	gone  = report.AgencyID("990101001")
	stays = report.AgencyID("990101002")
)

// TestCounties: a merger that is entered after the reports were read has the rules judge
// them again by it, once, and tells of it as a change of ours.
func TestCounties(t *testing.T) {
	j := newJudge(t)
	j.register(t, "")
	j.keep2021(t)
	id := j.keep(t, 2022, nil)
	if !j.finds(t, id, "year.requests_carry") {
		t.Fatal("the carry between the years is not found broken")
	}
	county := []standard.RegionCode{"990101"}
	if n := j.again(t, county); n != 0 {
		t.Errorf("%d reports are judged otherwise though nothing has changed", n)
	}
	if runs := j.runs(t); slices.Contains(runs, "recheck") {
		t.Errorf("a run that did nothing: %v", runs)
	}
	j.register(t, report.Merged)
	if n := j.again(t, []standard.RegionCode{"990102", "990101"}); n != 1 {
		t.Errorf("%d reports are judged otherwise by the merger; want that of 2022", n)
	}
	if j.finds(t, id, "year.requests_carry") {
		t.Error("the carry across the merger is still found broken")
	}
	told, err := j.DB.Changes(t.Context(), "", 0, store.ChangeReread)
	must(t, err)
	if len(told) != 1 || told[0].Agency != stays || told[0].Year != 2022 || told[0].Version != id {
		t.Errorf("told: %+v", told)
	}
	if n := j.again(t, county); n != 0 {
		t.Errorf("once more %d reports are judged otherwise", n)
	}
	if runs := j.runs(t); !slices.Contains(runs, "recheck") {
		t.Errorf("runs %v", runs)
	}
}

// TestAfter: the years after a report are judged beside what it shows now.
func TestAfter(t *testing.T) {
	j := newJudge(t)
	j.register(t, "")
	id := j.keep(t, 2022, nil)
	j.keep2021(t) // comes late
	if j.finds(t, id, "year.requests_carry") {
		t.Fatal("judged beside a report that was not there")
	}
	run, err := j.DB.StartRun(t.Context(), "refresh", 0, false)
	must(t, err)
	must(t, j.After(t.Context(), run, stays, 2021))
	if !j.finds(t, id, "year.requests_carry") {
		t.Error("the carry between the years is not found broken")
	}
}

// TestThresholds: what is judged again is judged by the thresholds of the settings.
func TestThresholds(t *testing.T) {
	j := newJudge(t)
	j.register(t, "")
	j.keep(t, 2021, nil)
	r := reading(2022, map[standard.CellCode]int64{"disclosure.penalty.decisions": 40})
	for set, want := range map[string]bool{"": true, "year.jump.floor=1000": false} {
		var err error
		j.Thresholds, err = standard.ParseThresholds(set)
		must(t, err)
		out, err := j.Outcome(t.Context(), r, stays, 2022)
		must(t, err)
		found := slices.ContainsFunc(out.Findings, func(f report.Finding) bool { return f.Rule == "year.jump" })
		if found != want {
			t.Errorf("thresholds %q: a jump is found %v, want %v", set, found, want)
		}
	}
}

// TestEverything: other thresholds have all that is kept judged again, in as many steps as
// it takes, and told as a change of ours; what judged it is kept.
func TestEverything(t *testing.T) {
	j := newJudge(t)
	j.register(t, "")
	j.keep2021(t)
	id := j.keep(t, 2022, map[standard.CellCode]int64{"disclosure.penalty.decisions": 40})
	judged := func(want string, changed int, found bool) {
		t.Helper()
		n, err := j.Everything(t.Context())
		must(t, err)
		was, err := j.DB.JudgedBy(t.Context())
		must(t, err)
		if n != changed || was != want || j.finds(t, id, "year.jump") != found {
			t.Errorf("%d reports judged otherwise, want %d; by %q, want %q; a jump is found %t, want %t", n, changed, was, want, j.finds(t, id, "year.jump"), found)
		}
	}
	judged("", 0, true)
	j.Thresholds = standard.Thresholds{"year.jump.floor": 1000}
	judged("year.jump.floor=1000", 1, false)
	judged("year.jump.floor=1000", 0, false)
	told, err := j.DB.Changes(t.Context(), "", 0, store.ChangeReread)
	must(t, err)
	if len(told) != 1 || told[0].Text != "核验阈值有改动，2022 年度报告按现在的阈值重新核验，核验结果有变" {
		t.Errorf("told: %+v", told)
	}
	j.Thresholds = nil
	judged("", 1, true)
}

// A bench is a Judge of a database with a street that may have come into another.
type bench struct{ Judge }

func newJudge(t *testing.T) *bench {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "g.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return &bench{Judge{DB: db}}
}

// register enters both streets; the first became the second after 2021, where it did.
func (b *bench) register(t *testing.T, became report.Succession) {
	t.Helper()
	first := report.Agency{ID: gone, Name: "旧街道办事处", Kind: standard.Street, Region: standard.RegionCode(gone), Watched: true}
	if became != "" {
		first.Until, first.Became, first.Heir = 2021, became, stays
	}
	second := report.Agency{ID: stays, Name: "新街道办事处", Kind: standard.Street, Region: standard.RegionCode(stays), Watched: true}
	must(t, b.DB.PutAgencies(t.Context(), []report.Agency{first, second}))
}

func reading(year int, cells map[standard.CellCode]int64) *report.Reading {
	form := standard.FormOf(standard.F2021)
	r := &report.Reading{Agency: "新街道办事处", Year: year, Format: standard.F2021, Values: make([]report.Value, len(form.Cells)), Route: "test"}
	for i, cell := range form.Cells {
		r.Values[i] = report.Value{State: report.Printed, Amount: report.Count(cells[cell.Code]), Text: "0"}
	}
	return r
}

func (b *bench) keep2021(t *testing.T) {
	t.Helper()
	b.keep(t, 2021, map[standard.CellCode]int64{"requests.carried_out/total": 3})
}

// keep keeps a report of the second street as a refresh does.
func (b *bench) keep(t *testing.T, year int, cells map[standard.CellCode]int64) store.VersionID {
	t.Helper()
	ctx := t.Context()
	r := reading(year, cells)
	out, err := b.Outcome(ctx, r, stays, year)
	must(t, err)
	if out.Status == report.NeedsReview || out.Status == report.Unreadable {
		t.Fatalf("the report of %d is %s", year, out.Status)
	}
	run, err := b.DB.StartRun(ctx, "refresh", 0, false)
	must(t, err)
	url := "https://example.test/" + time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")
	hash := report.SHA256(url)
	must(t, b.DB.PutOriginal(ctx, run, report.Original{Hash: hash, URL: url}))
	id, _, err := b.DB.AddVersion(ctx, run, store.NewVersion{Agency: stays, Year: year, Reading: *r, Status: out.Status, Findings: out.Findings,
		Problems: out.Problems, Original: hash, URL: url, Reader: "1", FoundAt: time.Now()})
	must(t, err)
	must(t, b.DB.FinishRun(ctx, run, store.RunOK, ""))
	return id
}

func (b *bench) again(t *testing.T, counties []standard.RegionCode) int {
	t.Helper()
	n, err := b.Counties(t.Context(), counties, NewRegister)
	must(t, err)
	return n
}

// finds reports whether a rule has a finding in what is kept of a version.
func (b *bench) finds(t *testing.T, id store.VersionID, rule string) bool {
	t.Helper()
	v, err := b.DB.Version(t.Context(), id)
	must(t, err)
	return slices.ContainsFunc(v.Findings, func(f report.Finding) bool { return f.Rule == rule })
}

// runs are the kinds of the runs.
func (b *bench) runs(t *testing.T) (kinds []string) {
	t.Helper()
	all, err := b.DB.Runs(t.Context(), 100)
	must(t, err)
	for _, r := range all {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
