package aggregate

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// answers are all that a region's pages are made of, as bytes.
func answers(t *testing.T, s *Service, asOf store.RunID) string {
	t.Helper()
	ctx := context.Background()
	var all []any
	keep := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	keep(s.Findings(ctx, "990101", 2023, asOf))
	keep(s.Leads(ctx, "990101", 2023, asOf))
	keep(s.RollUpSheet(ctx, "990101", 2023, asOf))
	keep(s.ErrorsByRule(ctx, "990101", 2023, asOf))
	for _, ind := range standard.Indicators() {
		keep(s.Compare(ctx, CompareQuery{Units: []string{"990101", string(one)}, Indicator: ind.ID, AsOf: asOf}))
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSameBytes: after a refresh that changes one report, asking as things stood
// before it gives the bytes that were given then, and asking twice gives the same.
func TestSameBytes(t *testing.T) {
	f := leadCounty(t)
	s := New(f.db, today)
	before, err := f.db.DataVersion(context.Background())
	f.must(err)
	then := answers(t, s, before)
	if diff := cmp.Diff(then, answers(t, s, before)); diff != "" {
		t.Errorf("the second time (-first +second):\n%s", diff)
	}
	f.tell(told{agency: two, year: 2023, numbers: requests(77), sections: map[int]string{5: essay(9)}, found: at(2024, time.February, 1)})
	if now := answers(t, s, 0); now == then {
		t.Error("a changed report changes no answer")
	}
	if diff := cmp.Diff(then, answers(t, s, before)); diff != "" {
		t.Errorf("as of the run before (-then +now):\n%s", diff)
	}
}

// TestStates walks every state of a cell through what is computed: only what is
// printed is a figure, in the indicator, the sum, the roll-up and the changes.
func TestStates(t *testing.T) {
	for state := report.Absent; state <= report.Unread; state++ {
		t.Run(state.String(), func(t *testing.T) {
			f := newCounty(t, 4)
			f.tell(told{agency: one, year: 2022, numbers: requests(40)})
			f.tell(told{agency: two, year: 2023, numbers: requests(20)})
			f.state(one, 2023, newTotal, state)
			s := New(f.db, today)
			known := state == report.Printed
			code := map[bool]string{true: "P", false: "M"}[state == report.Unread] // what was not read is ours to settle
			if got := figureOf(t, s, string(one), "requests_new", 2023); got.Known != known || !known && (got.Code != code || got.Reason == "") {
				t.Errorf("indicator: %+v", got)
			}
			want := report.Count(20)
			if known {
				want += report.Count(7)
			}
			if got := figureOf(t, s, "990101", "requests_new", 2023); got.Numerator != want || got.Basis.Usable != 1+truth(known) {
				t.Errorf("sum: %v over %d, want %v", got.Numerator, got.Basis.Usable, want)
			}
			sheet, err := s.RollUpSheet(context.Background(), "990101", 2023, 0)
			f.must(err)
			cell, _ := standard.FormOf(standard.F2021).Cell(newTotal)
			if c := sheet.Cells[cell.Index]; c.Counted != 1+truth(known) || sheet.Members[0].Values[cell.Index].State != state || (c.Absent > 0) != (state == report.Absent) {
				t.Errorf("roll-up: %+v, member %v", c, sheet.Members[0].Values[cell.Index].State)
			}
			d, err := s.Differences(context.Background(), CompareQuery{Units: []string{string(one)}, Indicator: "requests_new", From: 2022, To: 2023})
			f.must(err)
			if d[0].Known != known || !known && d[0].Reason.ZH == "" {
				t.Errorf("change: %+v", d[0])
			}
		})
	}
}

// state publishes a report of which one cell has a state; a printed one is 7.
func (f *fixture) state(agency report.AgencyID, year int, code standard.CellCode, state report.State) {
	f.t.Helper()
	ctx := context.Background()
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	v := printed(standard.F2021, nil)
	value := report.Value{State: state}
	if state == report.Printed {
		value.Amount = report.Count(7)
	}
	set(&v, code, value)
	set(&v, "requests.new/natural", report.Value{State: report.Words}) // no sum proves the total
	hash := report.SHA256(fmt.Sprint(agency, year, state))
	f.must(f.db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: "http://demo.example/s"}))
	_, _, err = f.db.AddVersion(ctx, run, store.NewVersion{Agency: agency, Year: year, Status: report.Verified, Original: hash,
		URL: "http://demo.example/s", FoundAt: at(year+1, time.January, 20), Reading: report.Reading{Year: year, Format: standard.F2021, Values: v.Values}})
	f.must(err)
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}
