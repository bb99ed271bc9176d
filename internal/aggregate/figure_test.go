package aggregate

import (
	"fmt"
	"math"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// printed makes a version whose cells of the given rows print numbers and whose
// other cells print 0.
func printed(format standard.Format, numbers map[standard.CellCode]int64) store.VersionValues {
	v := store.VersionValues{ID: 1, Year: 2025, Format: format, Status: report.Verified, Number: 1}
	for _, cell := range standard.FormOf(format).Cells {
		v.Values = append(v.Values, report.Value{State: report.Printed, Amount: report.Count(numbers[cell.Code])})
	}
	return v
}

func set(v *store.VersionValues, code standard.CellCode, value report.Value) {
	cell, _ := standard.FormOf(v.Format).Cell(code)
	v.Values[cell.Index] = value
}

// worked is the city of the worked example (indicators.md §9).
func worked() store.VersionValues {
	numbers := map[standard.CellCode]int64{
		"requests.new/total": 14069, "requests.carried_in/total": 560, "outcome.total/total": 13810,
		"requests.carried_out/total": 819,
		"review.upheld":              376, "review.corrected": 97, "review.other": 196, "review.pending": 121, "review.total": 790,
		"suit_direct.upheld": 16, "suit_direct.corrected": 1, "suit_direct.other": 12, "suit_direct.pending": 27, "suit_direct.total": 56,
		"suit_after_review.upheld": 74, "suit_after_review.corrected": 1, "suit_after_review.other": 30, "suit_after_review.pending": 51, "suit_after_review.total": 156,
	}
	counts := []int64{5548, 2168, 13, 30, 11, 51, 104, 85, 286, 150, 3222, 180, 19, 203, 148, 0, 101, 5, 318, 203, 965}
	for i, row := range standard.Outcomes(standard.F2021) {
		numbers[standard.At(row, standard.Total)] = counts[i]
	}
	return printed(standard.F2021, numbers)
}

func TestFigure(t *testing.T) {
	v := worked()
	cases := []struct {
		id           string
		n, d         int64
		want         string
		low, highest string
	}{
		{id: "open_rate", n: 7716, d: 13810, want: "55.9"},
		{id: "open_rate_held", n: 7716, d: 8446, want: "91.4"},
		{id: "denied_rate", n: 730, d: 13810, want: "5.3"},
		{id: "discretionary_share", n: 475, d: 730, want: "65.1"},
		{id: "not_held_rate", n: 3222, d: 13810, want: "23.3"},
		{id: "abuse_rate", n: 249, d: 13810, want: "1.8"},
		{id: "carry_rate", n: 819, d: 14629, want: "5.6"},
		{id: "review_corrected_rate", n: 97, d: 669, want: "14.5"},
		{id: "review_corrected_filed", n: 97, d: 790, want: "12.3"},
		{id: "suit_corrected_rate", n: 2, d: 134, want: "1.5", low: "0.4", highest: "5.3"},
		{id: "direct_share", n: 56, d: 212, want: "26.4"},
		{id: "unavailable_rate", n: 3421, d: 13810, want: "24.8"},
		{id: "unprocessed_rate", n: 457, d: 13810, want: "3.3"},
		{id: "other_rate", n: 1486, d: 13810, want: "10.8"},
		{id: "fee_walkaway", n: 203, want: "203.0"},
		{id: "backlog_change", n: 259, want: "259.0"},
	}
	for _, c := range cases {
		t.Run(c.id, func(t *testing.T) {
			ind, ok := standard.IndicatorOf(c.id)
			if !ok {
				t.Fatal("no such indicator")
			}
			f := newCells(v).figure(ind, v)
			if !f.Defined || f.Code != "A" {
				t.Fatalf("not defined: %+v", f)
			}
			if f.Numerator != report.Count(c.n) || f.Ratio && f.Denominator != report.Count(c.d) {
				t.Errorf("%v / %v, want %d / %d", f.Numerator, f.Denominator, c.n, c.d)
			}
			if got := fmt.Sprintf("%.1f", f.Value); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if c.low != "" && (fmt.Sprintf("%.1f", f.Low) != c.low || fmt.Sprintf("%.1f", f.High) != c.highest) {
				t.Errorf("interval %.2f to %.2f, want %s to %s", f.Low, f.High, c.low, c.highest)
			}
		})
	}
}

// TestFigureStates walks every state of an operand: only what is printed, or
// proved to be 0, is a figure.
func TestFigureStates(t *testing.T) {
	open := indicator("open_rate")
	for _, state := range []report.State{report.Absent, report.Blank, report.Dash, report.Words, report.Unread} {
		t.Run(state.String(), func(t *testing.T) {
			v := worked()
			set(&v, "outcome.partial/total", report.Value{State: state})
			f := newCells(v).figure(open, v)
			code := map[bool]string{true: "P", false: "M"}[state == report.Unread]
			if f.Known || f.Code != code || f.Reason == "" || f.Numerator != 0 {
				t.Errorf("a %s operand gives %+v", state, f)
			}
		})
	}
}

// TestFigureImplied leaves out a count that the printed total proves to be 0.
func TestFigureImplied(t *testing.T) {
	v := worked()
	set(&v, "outcome.unprocessed.publication/total", report.Value{State: report.Blank})
	f := newCells(v).figure(indicator("unprocessed_rate"), v)
	if !f.Known || !f.Zeros || f.Numerator != report.Count(457) {
		t.Errorf("a blank that the sum proves to be 0 gives %+v", f)
	}
	set(&v, "outcome.unprocessed.repeat/total", report.Value{State: report.Blank})
	f = newCells(v).figure(indicator("unprocessed_rate"), v)
	if f.Known {
		t.Errorf("two blanks that share 148 give %+v", f)
	}
}

// TestFigureSmall pins how small denominators are shown.
func TestFigureSmall(t *testing.T) {
	for d, want := range map[int64]string{1: "fraction", 9: "fraction", 10: "no_rank", 29: "no_rank", 30: ""} {
		v := printed(standard.F2021, map[standard.CellCode]int64{"outcome.total/total": d, "outcome.granted/total": 1})
		if f := newCells(v).figure(indicator("granted_rate"), v); f.Small != want {
			t.Errorf("1 of %d is shown %q, want %q", d, f.Small, want)
		}
	}
	v := printed(standard.F2021, nil)
	f := newCells(v).figure(indicator("granted_rate"), v)
	if f.Defined || !f.Known || f.Code != "D" || f.Reason == "" {
		t.Errorf("0 of 0 gives %+v", f)
	}
}

// TestFigureFormats: procurement exists in one form only, and a doubt or an error
// of the report shows in the code.
func TestFigureFormats(t *testing.T) {
	v := printed(standard.F2021, nil)
	if f := newCells(v).figure(indicator("procurement_total"), v); f.Known || f.Code != "M" {
		t.Errorf("procurement in F2021 gives %+v", f)
	}
	v = printed(standard.F2019, nil)
	set(&v, "disclosure.procurement.amount", report.Value{State: report.Printed, Amount: 5225_190_000})
	if f := newCells(v).figure(indicator("procurement_total"), v); f.Value != 5225.19 {
		t.Errorf("procurement is %v, want 5225.19", f.Value)
	}
	codes := map[report.Status]string{report.Verified: "A", report.Inconsistent: "E", report.NeedsReview: "P"}
	for status, want := range codes {
		v.Status = status
		if f := newCells(v).figure(indicator("requests_new"), v); f.Code != want {
			t.Errorf("%s has code %s, want %s", status, f.Code, want)
		}
	}
	v.Status, v.Number = report.Verified, 2
	if f := newCells(v).figure(indicator("requests_new"), v); f.Code != "R" {
		t.Errorf("a revised report has code %s, want R", f.Code)
	}
}

func TestWilson(t *testing.T) {
	for _, n := range []float64{1, 5, 30, 1000} {
		for k := 0.0; k <= n; k++ {
			low, high := wilson(k, n)
			if low < 0 || high > 1 || low > k/n+1e-12 || high < k/n-1e-12 || math.IsNaN(low+high) {
				t.Fatalf("wilson(%v, %v) = %v, %v", k, n, low, high)
			}
		}
	}
}

// TestRank: the first and the last of a chain of overlapping intervals can be told
// apart, and do not share a rank.
func TestRank(t *testing.T) {
	ind := indicator("granted_rate")
	var r Ranking
	for i, granted := range []int64{90, 80, 70, 60, 50} {
		v := printed(standard.F2021, map[standard.CellCode]int64{"outcome.total/total": 100, "outcome.granted/total": granted})
		r.Entries = append(r.Entries, RankEntry{Agency: report.Agency{ID: report.AgencyID(fmt.Sprint(i))}, Figure: newCells(v).figure(ind, v)})
	}
	few := printed(standard.F2021, map[standard.CellCode]int64{"outcome.total/total": 20, "outcome.granted/total": 20})
	r.Entries = append(r.Entries, RankEntry{Figure: newCells(few).figure(ind, few)})
	r.rank()
	var got []int
	for _, e := range r.Entries {
		got = append(got, e.Rank)
	}
	if fmt.Sprint(got) != "[1 1 3 3 5 0]" {
		t.Errorf("ranks %v, want [1 1 3 3 5 0]", got)
	}
}
