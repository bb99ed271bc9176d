package aggregate

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestRandomHistory lets a county live through random runs, keeps every answer as it
// is given after each, and asks again at the end as of each run: nothing that came
// later may change an answer about what was.
func TestRandomHistory(t *testing.T) {
	few(t, "4")
	rapid.Check(t, func(r *rapid.T) {
		f := newCounty(t, 6)
		f.watch(one, two, three, gov)
		s := New(f.db, today)
		then := make(map[store.RunID]map[string]string)
		for range 9 {
			rapid.SampledFrom(events()).Draw(r, "event").happen(f, r)
			run, err := f.db.DataVersion(t.Context())
			f.must(err)
			then[run] = everything(t, s, run)
		}
		for run, was := range then {
			for question, answer := range everything(t, New(f.db, today), run) {
				if diff := cmp.Diff(was[question], answer); diff != "" {
					r.Errorf("%s as of run %d (-then +now):\n%.2000s", question, run, diff)
				}
			}
		}
	})
}

// few keeps rapid to some checks: each is a database with its history.
func few(t *testing.T, n string) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	usual := checks.Value.String()
	if err := checks.Value.Set(n); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := checks.Value.Set(usual); err != nil {
			t.Error(err)
		}
	})
}

// everything asks every question about the county as of a run. A refusal is an
// answer as well.
func everything(t *testing.T, s *Service, asOf store.RunID) map[string]string {
	t.Helper()
	all := make(map[string]string)
	ctx := t.Context()
	const region = standard.RegionCode("990101")
	keep := func(question string) func(v any, err error) {
		return func(v any, err error) {
			t.Helper()
			if err != nil && !errors.Is(err, report.ErrNotFound) {
				var wrong *report.ParameterError
				if !errors.As(err, &wrong) {
					t.Fatalf("%s: %v", question, err)
				}
			}
			text, fault := json.MarshalIndent(v, "", " ")
			if fault != nil {
				t.Fatalf("%s: %v", question, fault)
			}
			all[question] = fmt.Sprintf("%s %v", text, err)
		}
	}
	for _, year := range []int{2021, 2022} {
		keep(fmt.Sprint("overview ", year))(s.Overview(ctx, region, year, asOf))
		keep(fmt.Sprint("board ", year))(s.Board(ctx, region, year, asOf))
		keep(fmt.Sprint("findings ", year))(s.Findings(ctx, region, year, asOf))
		keep(fmt.Sprint("leads ", year))(s.Leads(ctx, region, year, asOf))
		keep(fmt.Sprint("copies ", year))(s.Copies(ctx, region, year, asOf))
		keep(fmt.Sprint("roll-up ", year))(s.RollUpSheet(ctx, region, year, asOf))
		keep(fmt.Sprint("fees ", year))(s.Fees(ctx, region, year, asOf))
		keep(fmt.Sprint("errors ", year))(s.ErrorsByRule(ctx, region, year, asOf))
		keep(fmt.Sprint("asking ", year))(s.Asking(ctx, string(one), year, asOf))
		keep(fmt.Sprint("ranking ", year))(s.Ranking(ctx, region, "requests_new", year, asOf))
		keep(fmt.Sprint("report ", year))(s.db.Report(ctx, one, year, asOf))
		keep(fmt.Sprint("pooled ", year))(s.PooledRanking(ctx, region, "open_rate", year, asOf))
	}
	keep("judged")(s.Judge(ctx, store.Query{Region: region, AsOf: asOf}))
	keep("owed")(s.Owed(ctx, store.Query{Region: region, AsOf: asOf}))
	keep("quotations")(s.Procurement(ctx, region, asOf))
	for _, by := range []PeerBy{PeersByKind, PeersAll, PeersByLoad} {
		keep("agency among " + string(by))(s.AgencyAmong(ctx, two, by, asOf))
	}
	for _, id := range []string{"requests_new", "open_rate", "unit_share", "concentration", "coverage", "publication_day", "on_time_rate",
		"clean_rate", "reuse", "revisions", "availability", "fix_time", "carry_consistency"} {
		q := CompareQuery{Units: []string{string(region), string(one), string(two)}, Indicator: id, AsOf: asOf}
		keep("series " + id)(s.Compare(ctx, q))
		if id == "requests_new" || id == "open_rate" {
			keep("change " + id)(s.Differences(ctx, q))
			q.Pool, q.BlankAsZero = true, true
			keep("pooled " + id)(s.Compare(ctx, q))
		}
	}
	return all
}

// An event is what a run may bring.
type event struct {
	name   string
	happen func(f *fixture, r *rapid.T)
}

func (e event) String() string { return e.name }

// events are all that changes what is known.
func events() []event {
	return []event{
		{"report", (*fixture).anyReport}, {"report", (*fixture).anyReport}, {"report", (*fixture).anyReport},
		{"look", func(f *fixture, r *rapid.T) {
			f.look(at(2023, time.Month(rapid.IntRange(1, 12).Draw(r, "month")), 9), rapid.Bool().Draw(r, "good"))
		}},
		{"page", (*fixture).anyPage}, {"lists", (*fixture).anyLists}, {"failure", (*fixture).anyFailure},
		{"gone", (*fixture).anyChange}, {"register", (*fixture).anyRegister}, {"reread", (*fixture).anyReading},
		{"watch", func(f *fixture, r *rapid.T) {
			f.watch(rapid.SliceOfDistinct(rapid.SampledFrom([]report.AgencyID{one, two, three, four, gov}), rapid.ID).Draw(r, "watched")...)
		}},
	}
}

func anyAgency(r *rapid.T) report.AgencyID {
	return rapid.SampledFrom([]report.AgencyID{one, two, three, four, gov, "990101005"}).Draw(r, "agency")
}

func anyYear(r *rapid.T) int { return rapid.SampledFrom([]int{2021, 2022}).Draw(r, "year") }

func addressOf(id report.AgencyID, year int, place string) string {
	return fmt.Sprintf("http://demo.example/%s/%s/%d", place, id, year)
}

// anyTold is a version with random figures and words, some of them those of others.
func anyTold(r *rapid.T) told {
	id, year := anyAgency(r), anyYear(r)
	v := told{agency: id, year: year, url: addressOf(id, year, rapid.SampledFrom([]string{"old", "new"}).Draw(r, "place")),
		numbers: with(requests(rapid.Int64Range(0, 60).Draw(r, "new")), carriedIn, rapid.Int64Range(0, 2).Draw(r, "in")),
		status:  rapid.SampledFrom([]report.Status{report.Verified, report.Inconsistent, report.NeedsReview}).Draw(r, "status"),
		sections: map[int]string{1: scopeSentence + "全年完成政府集中采购项目3个，采购总金额234.5万元。",
			5: essay(rapid.IntRange(1, 2).Draw(r, "words")), 6: "全年收取信息处理费400元。"}}
	if v.status == report.Inconsistent {
		v.findings = []report.Finding{{Rule: "requests.balance", Subject: "total", Severity: report.Error, Attribution: report.ByAgency, Text: "示例。"}}
	}
	if rapid.Bool().Draw(r, "blank") {
		v.blank = []standard.CellCode{carriedOut}
	}
	return v
}

func (f *fixture) anyReport(r *rapid.T) { f.tell(anyTold(r)) }

// running does something in a run of its own.
func (f *fixture) running(do func(run store.RunID)) {
	run, err := f.db.StartRun(context.Background(), "refresh", 0, false)
	f.must(err)
	f.run = run
	do(run)
	f.must(f.db.AddLook(context.Background(), store.Look{Run: run, Portal: "p", At: at(2023, time.June, 1), Good: true}))
	f.must(f.db.FinishRun(context.Background(), run, store.RunOK, ""))
}

func (f *fixture) anyPage(r *rapid.T) {
	id, year := anyAgency(r), anyYear(r)
	f.running(func(run store.RunID) {
		f.must(f.db.PutPage(context.Background(), store.Page{URL: addressOf(id, year, rapid.SampledFrom([]string{"old", "new"}).Draw(r, "place")), Portal: "p",
			Agency: id, Year: year, SeenRun: run, State: rapid.SampledFrom([]store.PageState{store.PageOK, store.PageGone, store.PageBlocked}).Draw(r, "state")}))
	})
}

func (f *fixture) anyLists(r *rapid.T) {
	f.running(func(run store.RunID) {
		var lists []store.Listing
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"政府信息公开年报", "通知公告", "专题"}), rapid.ID).Draw(r, "columns") {
			lists = append(lists, store.Listing{Agency: anyAgency(r), Year: anyYear(r), URL: "http://demo.example/1", Column: name})
		}
		f.must(f.db.PutListings(context.Background(), run, "p", lists, rapid.Bool().Draw(r, "whole")))
	})
}

func (f *fixture) anyFailure(r *rapid.T) {
	url := rapid.SampledFrom([]string{"http://demo.example/1.docx", "http://demo.example/2.docx"}).Draw(r, "file")
	f.running(func(run store.RunID) {
		if rapid.Bool().Draw(r, "mended") {
			f.must(f.db.MendFailures(context.Background(), run, url))
			return
		}
		f.must(f.db.AddFailure(context.Background(), run, store.Failure{Portal: "p", URL: url, Agency: anyAgency(r), Year: anyYear(r),
			At: at(2023, time.February, 1), Temporary: rapid.Bool().Draw(r, "temporary"), Reason: "404"}))
	})
}

func (f *fixture) anyChange(r *rapid.T) {
	f.running(func(run store.RunID) {
		f.must(f.db.AddChange(context.Background(), store.ChangeRow{Run: run, At: at(2023, time.March, 1), Agency: anyAgency(r), Year: anyYear(r),
			Kind: rapid.SampledFrom([]store.Change{store.ChangeRemoved, store.ChangeReturned}).Draw(r, "kind")}))
	})
}

// anyRegister changes what the register says of an agency.
func (f *fixture) anyRegister(r *rapid.T) {
	all, err := f.db.Agencies(context.Background(), "990101")
	f.must(err)
	i := slices.IndexFunc(all, func(a report.Agency) bool { return a.ID == anyAgency(r) })
	if i < 0 {
		return
	}
	a := &all[i]
	switch rapid.IntRange(0, 2).Draw(r, "what") {
	case 0:
		a.Name += "（新）"
	case 1:
		a.From = 2022
	default:
		a.Until, a.Became, a.Heir = 2021, report.Merged, four
	}
	f.must(f.db.PutAgencies(context.Background(), all))
}

// anyReading reads the last version of a report again, and differently.
func (f *fixture) anyReading(r *rapid.T) {
	v := anyTold(r)
	f.running(func(run store.RunID) {
		refs, err := f.db.CurrentVersions(context.Background(), v.agency, v.year, v.year)
		f.must(err)
		if len(refs) == 0 {
			return
		}
		old, err := f.db.Version(context.Background(), refs[0].ID)
		f.must(err)
		format, _ := standard.FormatForYear(v.year)
		_, err = f.db.AddReading(context.Background(), run, old.ID, store.NewVersion{Agency: v.agency, Year: v.year, Status: v.status, Original: old.Original, URL: old.URL,
			FoundAt: old.FoundAt, Reader: "next", Findings: v.findings,
			Reading: report.Reading{Agency: string(v.agency), Year: v.year, Format: format, Values: printed(format, v.numbers).Values}})
		f.must(err)
	})
}
