package aggregate

import (
	"context"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// write adds a report with prose by section and some figures.
func (f *fixture) write(agency report.AgencyID, year int, numbers map[standard.CellCode]int64, sections map[int]string) {
	f.t.Helper()
	ctx := context.Background()
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	format, _ := standard.FormatForYear(year)
	hash := report.SHA256(string(agency) + time.Now().String())
	f.must(f.db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: "http://demo.example/" + string(hash)}))
	r := report.Reading{Agency: string(agency), Year: year, Format: format, Values: printed(format, numbers).Values}
	number := 0
	for section := 1; section <= 6; section++ {
		number++
		if text := sections[section]; text != "" {
			r.Sections = append(r.Sections, report.Section{Number: section, Paragraphs: []report.Paragraph{{Number: number, Text: text}}})
		}
	}
	_, _, err = f.db.AddVersion(ctx, run, store.NewVersion{Agency: agency, Year: year, Status: report.Verified, Original: hash,
		URL: "http://demo.example/" + string(agency), FoundAt: at(year+1, time.January, 20), Reading: r})
	f.must(err)
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
}

// TestProcurement: what the prose of other years states is quoted, the years that
// have the cell are not, and the series gets no point of it.
func TestProcurement(t *testing.T) {
	f := newFixture(t)
	f.write("990101001", 2022, nil, map[int]string{1: "全年完成政府集中采购项目3个，采购总金额1,234.5万元。其他工作2元。"})
	f.write("990101002", 2020, nil, map[int]string{1: "政府集中采购金额99万元。"})
	f.write("990101003", 2022, nil, map[int]string{1: "规范政府采购行为。收费12元。"})
	s := New(f.db, today)
	got, err := s.Procurement(context.Background(), "990101", 0)
	f.must(err)
	if len(got) != 1 || got[0].Agency != "990101001" || got[0].Yuan != report.Count(12_345_000) || got[0].Text != "全年完成政府集中采购项目3个，采购总金额1,234.5万元" {
		t.Errorf("quotations %+v", got)
	}
	if point := figureOf(t, s, "990101001", "procurement_total", 2022); point.Known || point.Reason == "" {
		t.Errorf("the series has a point in 2022: %+v", point)
	}
}

// TestFees: requests ended for unpaid fees stand beside what section 6 says was
// collected, and alone where it says nothing.
func TestFees(t *testing.T) {
	f := newFixture(t)
	ended := map[standard.CellCode]int64{"outcome.other.fee_unpaid/total": 203}
	f.write("990101001", 2022, ended, map[int]string{6: "本年度依申请公开收取信息处理费400元。"})
	f.write("990101002", 2022, ended, map[int]string{6: "本年度未收取信息处理费。"})
	f.write("990101003", 2022, ended, map[int]string{6: "无其他需要报告的事项。", 1: "收取信息处理费9元。"})
	got, err := New(f.db, today).Fees(context.Background(), "990101", 2022, 0)
	f.must(err)
	want := []struct {
		stated bool
		yuan   int64
	}{{true, 400}, {true, 0}, {false, 0}}
	if len(got) != len(want) {
		t.Fatalf("%d reports, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i].Stated != w.stated || got[i].Yuan != report.Count(w.yuan) || got[i].Ended.Amount != report.Count(203) {
			t.Errorf("%s: %+v, want %+v", got[i].Name, got[i], w)
		}
		if got[i].Stated != (got[i].Says.Text != "") {
			t.Errorf("%s: stated %v without its sentence", got[i].Name, got[i].Stated)
		}
	}
}

// TestYuan never guesses a unit.
func TestYuan(t *testing.T) {
	for text, want := range map[string]string{"5225.19万元": "52251900", "1.2 亿元": "120000000", "251,000元": "251000", "共25件": "", "金额33": "", "99999999999亿元": ""} {
		got, ok := yuan(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%s is %v, %v, want %s", text, got, ok, want)
		}
	}
}
