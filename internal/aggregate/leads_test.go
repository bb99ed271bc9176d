package aggregate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// leadCounty has something of every kind of lead in 2023, but procurement.
func leadCounty(t *testing.T) *fixture {
	f := newCounty(t, 10)
	for i := 1; i <= 10; i++ {
		id := report.AgencyID(fmt.Sprintf("9901010%02d", i))
		for year := 2021; year <= 2023; year++ {
			numbers := requests(int64(10 * i))
			numbers["disclosure.penalty.decisions"] = 25
			numbers["outcome.denied.process/total"], numbers["outcome.denied.internal_affairs/total"] = 4, 16
			sections := map[int]string{5: essay(100*i + year), 6: "本年度未收取信息处理费。"}
			switch {
			case i == 1 && year == 2023:
				numbers = with(requests(90), "disclosure.penalty.decisions", 0)
				numbers["outcome.denied.process/total"] = 30
				numbers["outcome.other.fee_unpaid/total"] = 203
				sections[6] = "收取信息处理费400元。"
			case i == 2 && year == 2023:
				numbers["review.upheld"], numbers["review.corrected"], numbers["review.total"] = 2, 3, 5
				sections[5] = essay(100*2 + 2022)
			case i == 3:
				numbers = map[standard.CellCode]int64{"disclosure.penalty.decisions": 25}
			}
			f.tell(told{agency: id, year: year, numbers: numbers, sections: sections})
		}
	}
	f.tell(told{agency: four, year: 2023, numbers: requests(41), sections: map[int]string{5: essay(1), 6: "无。"}})
	return f
}

// TestLeads: each is a sentence of the figures it stands on.
func TestLeads(t *testing.T) {
	f := leadCounty(t)
	got, err := New(f.db, today).Leads(context.Background(), "990101", 2023, 0)
	f.must(err)
	want := map[LeadKind]struct {
		agency report.AgencyID
		says   []string
	}{
		LeadMover:     {one, []string{"2022 年 10 件", "2023 年 90 件", "相差 80 件"}},
		LeadZero:      {one, []string{"行政处罚", "2023 年为 0", "2022 年 25", "2021 年 25"}},
		LeadGround:    {one, []string{"不予公开 30 件", "30 件（100.0%）", "同类其余 9 个单位"}},
		LeadCorrected: {two, []string{"行政复议审结 5 件，结果纠正 3 件"}},
		LeadFee:       {one, []string{"203 件", "400 元", "收取信息处理费400元"}},
		LeadCopied:    {two, []string{"第 5 部分", "100%", "2022 年"}},
		LeadSilent:    {four, []string{"第 2 版改动"}},
		LeadNever:     {three, []string{"2021 年至 2023 年 3 份报告", "均为 0"}},
	}
	first := make(map[LeadKind]Lead)
	for _, l := range got.Leads {
		if l.Rank == 1 {
			first[l.Kind] = l
		}
	}
	for kind, w := range want {
		l, ok := first[kind]
		if !ok || l.Agency != w.agency {
			t.Errorf("the first lead of kind %s is of %q, want %s", kind, l.Agency, w.agency)
			continue
		}
		for _, part := range w.says {
			if !strings.Contains(l.Text.ZH, part) {
				t.Errorf("%s: %q does not say %q", kind, l.Text.ZH, part)
			}
		}
	}
	soundLeads(t, got)
}

// soundLeads holds that leads state figures, where they come from and what they are
// ranked by, and neither judge nor explain.
func soundLeads(t *testing.T, got Leads) {
	t.Helper()
	keys := make(map[string]bool)
	for i, l := range got.Leads {
		if l.Text.ZH == "" || l.Text.EN == "" || len(l.Caveats) == 0 || l.Reason.ZH == "" || l.Reason.EN == "" || l.Weight <= 0 || strings.Contains(l.Text.ZH+l.Text.EN, "%!") {
			t.Errorf("%s is not whole: %+v", l.Key(), l)
		}
		if l.Kind != LeadCopied && len(l.Cells) == 0 {
			t.Errorf("%s has no cells", l.Key())
		}
		for _, word := range []string{"大幅", "异常", "严重", "骤", "因为", "由于", "导致", "明显", "可疑", "仅仅", "竟"} {
			if strings.Contains(l.Text.ZH, word) {
				t.Errorf("%s says %s: %s", l.Key(), word, l.Text.ZH)
			}
		}
		for _, word := range []string{"because", "due to", "sharp", "suspicious", "only", "surge", "dramatic"} {
			if strings.Contains(l.Text.EN, word) {
				t.Errorf("%s says %s: %s", l.Key(), word, l.Text.EN)
			}
		}
		if i > 0 && got.Leads[i-1].Rank > l.Rank {
			t.Errorf("rank %d stands before rank %d", got.Leads[i-1].Rank, l.Rank)
		}
		keys[l.Key()] = true
	}
	if len(keys) == 0 {
		t.Error("no leads")
	}
}

// TestLeadsProcurement: the amount of one street stands far from its peers'.
func TestLeadsProcurement(t *testing.T) {
	f := newCounty(t, 10)
	for i := 1; i <= 10; i++ {
		numbers := requests(int64(i))
		numbers["disclosure.procurement.projects"], numbers["disclosure.procurement.amount"] = 3, int64(100+10*i)
		if i == 7 {
			numbers["disclosure.procurement.amount"] = 1_200_000
		}
		f.tell(told{agency: report.AgencyID(fmt.Sprintf("9901010%02d", i)), year: 2020, numbers: numbers})
	}
	got, err := New(f.db, today).Leads(context.Background(), "990101", 0, 0)
	f.must(err)
	at := slices.IndexFunc(got.Leads, func(l Lead) bool { return l.Kind == LeadProcurement })
	if at < 0 || got.Leads[at].Agency != "990101007" || !strings.Contains(got.Leads[at].Text.ZH, "1200000 万元") {
		t.Errorf("leads %+v", got.Leads)
	}
	soundLeads(t, got)
}

// TestLeadsOverlap: a ground whose interval overlaps with the peers' is no lead, and
// neither is a change across a break.
func TestLeadsOverlap(t *testing.T) {
	f := newCounty(t, 4)
	for i, id := range []report.AgencyID{one, two, three} {
		numbers := requests(40)
		numbers["outcome.denied.process/total"], numbers["outcome.denied.internal_affairs/total"] = int64(10+i), 10
		f.tell(told{agency: id, year: 2019, numbers: numbers})
	}
	f.tell(told{agency: one, year: 2018, numbers: map[standard.CellCode]int64{"requests.received": 4000}})
	got, err := New(f.db, today).Leads(context.Background(), "990101", 2019, 0)
	f.must(err)
	for _, l := range got.Leads {
		if l.Kind == LeadGround || l.Kind == LeadMover {
			t.Errorf("%s: %s", l.Kind, l.Text.ZH)
		}
	}
}
