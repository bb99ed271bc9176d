package aggregate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// newCounty is a fixture with so many streets; the first four are its own.
func newCounty(t *testing.T, streets int) *fixture {
	f := newFixture(t)
	var more []report.Agency
	for i := 5; i <= streets; i++ {
		code := standard.RegionCode(fmt.Sprintf("9901010%02d", i))
		more = append(more, report.Agency{ID: report.AgencyID(code), Name: fmt.Sprintf("示例%d街道办事处", i), Short: fmt.Sprintf("示例%d街道", i),
			Kind: standard.Street, Region: code, From: 2021, Demo: true})
	}
	f.must(f.db.PutAgencies(context.Background(), more))
	return f
}

const (
	one   = report.AgencyID("990101001")
	two   = report.AgencyID("990101002")
	three = report.AgencyID("990101003")
	four  = report.AgencyID("990101004")
	five  = report.AgencyID("990101005")
	six   = report.AgencyID("990101006")
	gov   = report.AgencyID("990101-gov")
)

// requests are figures that half were granted of, in the columns that sum.
func requests(n int64) map[standard.CellCode]int64 {
	return map[standard.CellCode]int64{
		"requests.new/natural": n, "requests.new/total": n, "outcome.granted/natural": n / 2, "outcome.granted/total": n / 2,
		"outcome.unavailable.not_held/natural": n - n/2, "outcome.unavailable.not_held/total": n - n/2,
		"outcome.total/natural": n, "outcome.total/total": n,
	}
}

func with(numbers map[standard.CellCode]int64, code standard.CellCode, n int64) map[standard.CellCode]int64 {
	numbers[code] = n
	return numbers
}

const (
	carriedIn  = standard.CellCode("requests.carried_in/total")
	carriedOut = standard.CellCode("requests.carried_out/total")
	newTotal   = standard.CellCode("requests.new/total")
)

func counties() []county {
	return []county{publishedCounty(), goneCounty(), peerCounty(), wholeCounty(), partCounty(), earlyCounty(), silentCounty(),
		revisedCounty(), copiesCounty(), copiedCounty(), filesCounty(), placedCounty()}
}

// publishedCounty: looks on 5 January and 10 February around the deadline of 31
// January.
func publishedCounty() county {
	return county{"published", 4, func(f *fixture) {
		f.watch(one, two, three, four, gov)
		f.tell(told{agency: one, year: 2021, found: at(2022, time.June, 1), printed: report.Date{Year: 2022, Month: 1, Day: 9}})
		f.look(at(2023, time.January, 5), true)
		f.tell(told{agency: one, year: 2022, found: at(2023, time.January, 22), printed: report.Date{Year: 2022, Month: 12, Day: 20}})
		f.tell(told{agency: four, year: 2022, found: at(2023, time.February, 5)})
		f.look(at(2023, time.February, 10), true)
		f.tell(told{agency: two, year: 2022, found: at(2023, time.February, 12), printed: report.Date{Year: 2023, Month: 2, Day: 11}})
	}, []answer{
		{one, 2021, "publish.late", "", report.Open}, {one, 2021, "publish.maybe_late", "", report.Open},
		{one, 2021, "publish.backdated", "", report.Open},
		{one, 2022, "publish.missing", "", report.Pass}, {one, 2022, "publish.late", "", report.Pass},
		{one, 2022, "publish.maybe_late", "", report.Pass}, {one, 2022, "publish.premature", "", report.Fail},
		{one, 2022, "publish.backdated", "", report.Fail},
		{two, 2022, "publish.late", "", report.Fail}, {two, 2022, "publish.maybe_late", "", report.Pass},
		{two, 2022, "publish.backdated", "", report.Pass}, {two, 2022, "publish.premature", "", report.Pass},
		{three, 2022, "publish.missing", "", report.Fail},
		{four, 2022, "publish.maybe_late", "", report.Fail}, {four, 2022, "publish.late", "", report.Open},
		{four, 2022, "publish.backdated", "", report.NotApplicable},
		{gov, 2022, "publish.missing", "", report.Open}, // its deadline is 31 March
	}}
}

// goneCounty: one report is gone on two looks, one since the last look only.
func goneCounty() county {
	return county{"gone", 6, func(f *fixture) {
		f.watch(one, two, three, four, five, six)
		for _, id := range []report.AgencyID{one, two, three, four, five, six} {
			f.tell(told{agency: id, year: 2022, numbers: requests(10)})
		}
		for _, kind := range []store.Change{store.ChangeRemoved, store.ChangeReturned} {
			f.must(f.db.AddChange(context.Background(), store.ChangeRow{Run: f.run, At: at(2024, time.January, 9), Kind: kind, Agency: four, Year: 2022}))
		}
		for id, day := range map[report.AgencyID]int{one: 1, two: 18} {
			f.must(f.db.AddChange(context.Background(), store.ChangeRow{Run: f.run, At: at(2024, time.February, day), Kind: store.ChangeRemoved, Agency: id, Year: 2022}))
		}
		missed := func(kind store.Change, day int, ids ...report.AgencyID) {
			for _, id := range ids {
				f.must(f.db.AddChange(context.Background(), store.ChangeRow{Run: f.run, At: at(2024, time.February, day), Kind: kind, Agency: id, Year: 2022}))
			}
		}
		missed(store.ChangeSuspected, 2, five, six)
		missed(store.ChangeRemoved, 9, six)
		for id, temporary := range map[report.AgencyID]bool{one: true, two: false} {
			f.must(f.db.AddFailure(context.Background(), f.run, store.Failure{Portal: "p", URL: "http://demo.example/" + string(id) + ".docx", Agency: id, Year: 2022,
				At: at(2024, time.February, 1), Temporary: temporary, Reason: "404"}))
		}
		f.look(at(2024, time.February, 20), true)
	}, []answer{
		{one, 2022, "publish.removed", "", report.Fail}, {two, 2022, "publish.removed", "", report.Open}, {three, 2022, "publish.removed", "", report.Pass},
		{four, 2022, "publish.removed", "", report.Pass}, // it came back
		{five, 2022, "publish.removed", "", report.Open}, // suspected: a list without it proves nothing of its page
		{six, 2022, "publish.removed", "", report.Fail},
		{one, 2022, "publish.attachment", "", report.Open}, {two, 2022, "publish.attachment", "", report.Fail}, {three, 2022, "publish.attachment", "", report.Pass},
	}}
}

// peerCounty: nine streets with few requests and one with many; two have the same
// figures.
func peerCounty() county {
	return county{"peers", 10, func(f *fixture) {
		for i, n := range []int64{3, 4, 4, 5, 5, 6, 6, 7, 8, 412} {
			numbers := with(requests(n), "disclosure.penalty.decisions", int64(i))
			if i == 2 {
				numbers = with(requests(4), "disclosure.penalty.decisions", 1)
			}
			f.tell(told{agency: report.AgencyID(fmt.Sprintf("9901010%02d", i+1)), year: 2022, numbers: numbers})
		}
		f.tell(told{agency: one, year: 2023, numbers: requests(3)})
	}, []answer{
		{"990101010", 2022, "peer.outlier", string(newTotal), report.Fail}, {one, 2022, "peer.outlier", "", report.Pass},
		{one, 2023, "peer.outlier", "", report.NotApplicable},
		{two, 2022, "peer.same_numbers", string(three), report.Fail}, {three, 2022, "peer.same_numbers", string(two), report.Fail},
		{four, 2022, "peer.same_numbers", "", report.Pass},
	}}
}

const scopeSentence = "本报告数据由各街道、各部门汇总。"

// wholeCounty: the county says that it sums its streets, all of them are there, and
// some cells do not make it up.
func wholeCounty() county {
	return county{"whole", 4, func(f *fixture) {
		f.watch(one, two, three, four, gov)
		f.tell(told{agency: gov, year: 2021, numbers: with(requests(40), carriedOut, 5), sections: map[int]string{1: scopeSentence}})
		for i, id := range []report.AgencyID{one, two, three, four} {
			numbers := with(requests(10), carriedIn, 1)
			numbers = with(numbers, "disclosure.penalty.decisions", int64(10*i))
			f.tell(told{agency: id, year: 2022, numbers: numbers})
		}
		numbers := with(requests(40), "disclosure.penalty.decisions", 20)
		numbers = with(numbers, carriedOut, 0)
		f.tell(told{agency: gov, year: 2022, numbers: numbers, sections: map[int]string{1: scopeSentence}})
	}, []answer{
		{gov, 2022, "rollup.coverage", "", report.Pass}, {gov, 2022, "rollup.scope", "", report.Pass},
		{gov, 2022, "rollup.sum", string(newTotal), report.Pass},
		{gov, 2022, "rollup.sum", "disclosure.penalty.decisions", report.Fail}, // 60 against 20
		{gov, 2022, "rollup.part_exceeds_whole", "disclosure.penalty.decisions", report.Fail},
		{gov, 2022, "rollup.part_exceeds_whole", string(newTotal), report.Pass},
		{gov, 2022, "rollup.carry", "", report.Fail}, // 4 against 5, all there
	}}
}

// partCounty: two streets are missing, so that only an excess could be a failure.
func partCounty() county {
	return county{"part", 4, func(f *fixture) {
		f.watch(one, two, three, four, gov)
		f.tell(told{agency: gov, year: 2021, numbers: with(requests(40), carriedOut, 2), sections: map[int]string{1: scopeSentence}})
		f.tell(told{agency: gov, year: 2022, numbers: with(requests(40), carriedOut, 2), sections: map[int]string{1: scopeSentence}})
		f.tell(told{agency: gov, year: 2023, numbers: requests(40), sections: map[int]string{1: scopeSentence}})
		for _, id := range []report.AgencyID{one, two} {
			f.tell(told{agency: id, year: 2022, numbers: with(requests(10), carriedIn, 1)})
		}
		for _, id := range []report.AgencyID{one, two, three, four} {
			f.tell(told{agency: id, year: 2021, numbers: requests(10)})
		}
		for i, id := range []report.AgencyID{one, two, three, four} {
			f.tell(told{agency: id, year: 2023, numbers: with(requests(10), carriedIn, int64(i/2))})
		}
		f.look(at(2023, time.January, 5), true)
	}, []answer{
		{gov, 2022, "rollup.coverage", "", report.Open}, // two could not be looked at
		{gov, 2022, "rollup.sum", string(newTotal), report.Open},
		{gov, 2022, "rollup.part_exceeds_whole", string(newTotal), report.Open},
		{gov, 2022, "rollup.carry", "", report.Open},
		{gov, 2021, "rollup.carry", "", report.NotApplicable},
		{gov, 2023, "rollup.carry", "", report.Pass},
	}}
}

// earlyCounty: the whole is published before two streets owe theirs, whose figures are
// as unknown as if they were missing.
func earlyCounty() county {
	return county{"early", 4, func(f *fixture) {
		f.watch(one, two, three, four, gov)
		f.tell(told{agency: gov, year: 2024, numbers: requests(40), sections: map[int]string{1: scopeSentence}, found: at(2024, time.May, 1)})
		for _, id := range []report.AgencyID{one, two} {
			f.tell(told{agency: id, year: 2024, numbers: requests(10), found: at(2024, time.May, 1)})
		}
	}, []answer{
		{gov, 2024, "rollup.sum", string(newTotal), report.Open},
	}}
}

// silentCounty: the county does not say whose figures it prints.
func silentCounty() county {
	return county{"silent", 4, func(f *fixture) {
		f.watch(one, two, three, four, gov)
		f.tell(told{agency: one, year: 2022, numbers: requests(10)})
		f.tell(told{agency: gov, year: 2022, numbers: requests(4), sections: map[int]string{1: "全年工作有序开展。"}})
		f.look(at(2023, time.April, 5), true)
	}, []answer{
		{gov, 2022, "rollup.scope", "", report.Fail}, {gov, 2022, "rollup.coverage", "", report.Fail},
		{gov, 2022, "rollup.sum", "", report.NotApplicable}, {gov, 2022, "rollup.carry", "", report.NotApplicable},
	}}
}

// revisedCounty: reports that changed after they were published.
func revisedCounty() county {
	balance := []report.Finding{{Rule: "requests.balance", Subject: "total", Severity: report.Error, Attribution: report.ByAgency, Text: "示例。"}}
	return county{"revised", 4, func(f *fixture) {
		f.tell(told{agency: one, year: 2021, numbers: with(requests(10), carriedOut, 3), sections: map[int]string{1: "全年收到申请。"}, findings: balance, status: report.Inconsistent})
		f.tell(told{agency: one, year: 2021, numbers: with(requests(10), carriedOut, 2), sections: map[int]string{1: "全年收到申请。"}})
		f.tell(told{agency: one, year: 2022, numbers: with(requests(10), carriedIn, 2)})
		f.tell(told{agency: two, year: 2021, numbers: with(requests(10), carriedOut, 3), sections: map[int]string{1: "全年收到申请。"}})
		f.tell(told{agency: two, year: 2021, numbers: with(requests(10), carriedOut, 4), sections: map[int]string{1: "现对结转数予以更正。"}, findings: balance, status: report.Inconsistent})
		f.tell(told{agency: two, year: 2022, numbers: with(requests(10), carriedIn, 3)})
		f.tell(told{agency: three, year: 2021, numbers: with(requests(10), carriedOut, 3), status: report.NeedsReview})
		f.tell(told{agency: three, year: 2021, numbers: with(requests(10), carriedOut, 4)})
		f.tell(told{agency: three, year: 2022, numbers: requests(10), blank: []standard.CellCode{carriedIn}})
		f.tell(told{agency: four, year: 2022, numbers: requests(10)})
	}, []answer{
		{one, 2021, "publish.changed", "v2", report.Fail}, {four, 2022, "publish.changed", "", report.Pass},
		{one, 2021, "revise.silent", "v2", report.Fail}, {two, 2021, "revise.silent", "v2", report.Pass}, {three, 2021, "revise.silent", "v2", report.Open},
		{one, 2021, "revise.fixes", "v2", report.Fail}, {one, 2021, "revise.breaks", "v2", report.Pass},
		{two, 2021, "revise.fixes", "v2", report.Pass}, {two, 2021, "revise.breaks", "v2", report.Fail},
		{three, 2021, "revise.fixes", "v2", report.Open}, {three, 2021, "revise.breaks", "v2", report.Open},
		{one, 2022, "revise.restated", "", report.Fail}, {two, 2022, "revise.restated", "", report.Pass}, {three, 2022, "revise.restated", "", report.Open},
	}}
}

// copiesCounty: one report stands at two addresses at once, of another nobody knows.
func copiesCounty() county {
	return county{"copies", 4, func(f *fixture) {
		for _, id := range []report.AgencyID{one, two} {
			f.tell(told{agency: id, year: 2022, url: "http://demo.example/old/" + string(id), numbers: requests(10)})
			f.tell(told{agency: id, year: 2022, url: "http://demo.example/new/" + string(id), numbers: requests(12)})
		}
		f.tell(told{agency: three, year: 2022, numbers: requests(10)})
		f.must(f.db.PutPage(context.Background(), store.Page{URL: "http://demo.example/old/" + string(one), Portal: "p", Agency: one, Year: 2022, State: store.PageOK, SeenRun: f.run}))
	}, []answer{
		{one, 2022, "publish.copies_differ", "v2", report.Fail}, {two, 2022, "publish.copies_differ", "v2", report.Open},
		{three, 2022, "publish.copies_differ", "", report.Pass},
	}}
}

// essay is a text of its own for each seed, long enough to be compared.
func essay(seed int) string {
	words := []rune("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔")
	var b strings.Builder
	x := uint64(seed)*2654435761 + 12345
	for range 240 {
		x = x*6364136223846793005 + 1442695040888963407
		b.WriteRune(words[x>>33%uint64(len(words))])
	}
	return b.String() + "。"
}

// copiedCounty: what was copied from the year before and from another street.
func copiedCounty() county {
	return county{"copied", 4, func(f *fixture) {
		f.tell(told{agency: one, year: 2022, numbers: requests(1), sections: map[int]string{1: essay(1), 5: "2022年云杉街道" + essay(2)}})
		f.tell(told{agency: one, year: 2023, numbers: requests(2), sections: map[int]string{1: essay(3), 5: "2023年云杉街道" + essay(2)}})
		f.tell(told{agency: two, year: 2023, numbers: requests(3), sections: map[int]string{5: "2023年雪松街道" + essay(2)}})
		f.tell(told{agency: three, year: 2023, numbers: requests(4)}) // no words
		f.tell(told{agency: three, year: 2022, numbers: requests(4)})
		f.tell(told{agency: four, year: 2022, numbers: requests(5), sections: map[int]string{5: essay(4)}})
		f.tell(told{agency: four, year: 2023, numbers: requests(6), sections: map[int]string{5: essay(5), 6: "无。"}})
	}, []answer{
		{one, 2023, "copy.own_previous", "section 5", report.Fail}, {one, 2023, "copy.own_previous", "section 1", report.Pass},
		{three, 2023, "copy.own_previous", "", report.Open}, {one, 2023, "copy.problems", "", report.Fail},
		{four, 2023, "copy.problems", "", report.Pass}, {three, 2023, "copy.problems", "", report.Open},
		{one, 2023, "copy.other_unit", "section 5/990101002", report.Fail}, {two, 2023, "copy.other_unit", "section 5/990101001", report.Fail},
		{four, 2023, "copy.other_unit", "section 5", report.Pass}, {four, 2023, "copy.other_unit", "section 6", report.NotApplicable},
		{three, 2023, "copy.other_unit", "section 5", report.Open},
	}}
}

// filesCounty: one file under two years, and one page that holds two reports.
func filesCounty() county {
	return county{"files", 4, func(f *fixture) {
		for year := 2022; year <= 2023; year++ {
			f.tell(told{agency: one, year: year, numbers: requests(9), original: "same", sections: map[int]string{1: essay(1)}})
			f.tell(told{agency: two, year: year, numbers: requests(int64(year)), original: "page", sections: map[int]string{1: essay(year)}})
			f.tell(told{agency: three, year: year, numbers: requests(int64(year)), original: "scan"})
		}
	}, []answer{
		{one, 2023, "copy.same_file", "990101001/2022", report.Fail}, {two, 2023, "copy.same_file", "", report.Pass},
		{three, 2023, "copy.same_file", "", report.Open},
	}}
}

// placedCounty: reports in the column of annual reports, among notices only, in both,
// and where nothing says which column it is.
func placedCounty() county {
	return county{"placed", 4, func(f *fixture) {
		var lists []store.Listing
		for id, columns := range map[report.AgencyID][]string{
			one: {"政府信息公开年报"}, two: {"通知公告", "工作动态"}, three: {"通知公告", "云杉区政府信息公开年度报告"}, four: {"通知公告", "专题"},
		} {
			f.tell(told{agency: id, year: 2022, numbers: requests(10)})
			for _, name := range columns {
				lists = append(lists, store.Listing{Agency: id, Year: 2022, URL: "http://demo.example/" + string(id), Entry: "http://demo.example/", List: "http://demo.example/" + name, Column: name})
			}
		}
		f.tell(told{agency: one, year: 2023, numbers: requests(10)})
		f.must(f.db.PutListings(context.Background(), f.run, "p", lists, true))
	}, []answer{
		{one, 2022, "publish.place", "", report.Pass}, {two, 2022, "publish.place", "", report.Fail},
		{three, 2022, "publish.place", "", report.Pass}, {four, 2022, "publish.place", "", report.Open},
		{one, 2023, "publish.place", "", report.Open}, // no list is known
	}}
}
