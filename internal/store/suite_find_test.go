package store

import (
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// speaking is a report of an agency whose first section says a text.
func speaking(id string, year int, text string) NewVersion {
	v := newVersion(id, fmt.Sprintf("https://example.test/%s/%d", id, year), 1)
	v.Year, v.Reading.Year = year, year
	v.Reading.Sections = []report.Section{{Number: 1, Heading: "一、总体情况", Paragraphs: []report.Paragraph{{Number: 3, Text: "前句。"}, {Number: 4, Text: text}}}}
	return v
}

// testSearch finds words of two characters and more where they stand, marks them, and
// counts what each facet would leave.
func testSearch(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002", "990102001")
	run := startRun(t, db)
	add(t, db, run, speaking("990101001", 2020, "收到征地补偿的申请 12 件，均已答复。另有征地一件。"), ChangeNew)
	other := speaking("990101002", 2021, "补征的土地，偿还ＡＢ款项。")
	other.Status, other.Findings = report.Verified, nil
	add(t, db, run, other, ChangeNew)
	add(t, db, run, speaking("990102001", 2021, "没有征地方面的申请。"), ChangeNew)
	finish(t, db, run)

	r, err := db.Search(ctx, SearchQuery{Text: "征地", Limit: 10})
	must(t, err)
	if r.Total != 2 || r.Hits[0].Agency.ID != "990102001" || r.Hits[1].More != 1 || r.Hits[1].Paragraph != 4 ||
		r.Hits[1].Sentence != "收到征地补偿的申请 12 件，均已答复。" || r.Hits[1].Marks[0] != [2]int{2, 4} {
		t.Errorf("征地: %+v", r)
	}
	if len(r.Regions) != 2 || len(r.Years) != 2 || r.Years[0] != (Facet{"2021", 1}) || len(r.Rules) == 0 || r.Rules[0].Count != 2 {
		t.Errorf("facets: %+v", r)
	}
	// The pairs of 征地补偿 are all in the second report, and not the words.
	r, err = db.Search(ctx, SearchQuery{Text: "征地补偿", Limit: 10})
	must(t, err)
	if r.Total != 1 || r.Hits[0].Agency.ID != "990101001" {
		t.Errorf("征地补偿: %+v", r)
	}
	r, err = db.Search(ctx, SearchQuery{Text: "ab款项 补征", Limit: 10})
	must(t, err)
	if r.Total != 1 || len(r.Hits[0].Marks) != 2 {
		t.Errorf("two words in half width: %+v", r)
	}
	// A facet keeps its own other values countable.
	r, err = db.Search(ctx, SearchQuery{Text: "征地", Year: 2020, Region: "990101", Rule: "requests.balance", Limit: 10})
	must(t, err)
	if r.Total != 1 || len(r.Years) != 1 || len(r.Regions) != 1 {
		t.Errorf("narrowed: %+v", r)
	}
	r, err = db.Search(ctx, SearchQuery{Status: report.Verified, Limit: 10})
	must(t, err)
	if r.Total != 1 || len(r.Statuses) != 2 || r.Hits[0].Sentence != "" {
		t.Errorf("without words: %+v", r)
	}
	if _, err := db.Search(ctx, SearchQuery{Text: "征", Limit: 10}); err == nil {
		t.Error("one character was looked for")
	}
}

// testSegments fills more than a segment of the index: what stands in postings and what
// waits are found alike, and making the index again changes nothing.
func testSegments(t *testing.T, db *DB) {
	putAgencies(t, db, "990101001")
	run := startRun(t, db)
	for year := 1; year <= segmentSize+20; year++ {
		text := "照例"
		if year == 7 || year == segmentSize+11 {
			text = "水库移民"
		}
		add(t, db, run, speaking("990101001", year, text), ChangeNew)
	}
	finish(t, db, run)
	look := func() string {
		r, err := db.Search(t.Context(), SearchQuery{Text: "移民", Limit: 10})
		must(t, err)
		var years []string
		for _, h := range r.Hits {
			years = append(years, fmt.Sprint(h.Year))
		}
		return strings.Join(years, " ")
	}
	const want = "1035 7"
	if got := look(); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	var segments int
	must(t, db.read.QueryRow(`SELECT COUNT(DISTINCT segment) FROM search_postings`).Scan(&segments))
	if segments != 1 {
		t.Errorf("%d segments were written, want 1", segments)
	}
	must(t, db.Reindex(t.Context()))
	if got := look(); got != want {
		t.Errorf("found %s after making the index again, want %s", got, want)
	}
}

// testNames finds agencies by every name they have and had, and by pinyin.
func testNames(t *testing.T, db *DB) {
	a := agency("990101001")
	a.Name, a.Short, a.Aliases = "重阳街道办事处", "重阳街道", []string{"长乐街道"}
	b := agency("990101002")
	b.Name, b.Short = "旧地名镇人民政府", "旧地名镇"
	must(t, db.PutAgencies(t.Context(), []report.Agency{a, b}))
	b.Name, b.Short, b.Kind = "新地名街道办事处", "新地名街道", standard.Street
	must(t, db.PutAgencies(t.Context(), []report.Agency{a, b}))
	for text, want := range map[string]string{
		"重阳": "990101001 name", "cyjd": "990101001 short", "ZYJD": "990101001 short", "chongyang": "990101001 name", "长乐": "990101001 alias",
		"旧地名": "990101002 former", "jdm": "990101002 former", "新 地名": "990101002 name", "xdmjd": "990101002 short", "％": "", " ": "",
	} {
		hits, err := db.FindAgencies(t.Context(), text, 5)
		must(t, err)
		got := ""
		if len(hits) > 0 {
			got = string(hits[0].Agency.ID) + " " + hits[0].Kind
		}
		if got != want {
			t.Errorf("%q found %q, want %q", text, got, want)
		}
	}
}

// testNotes keeps what the office notes and what readers report.
func testNotes(t *testing.T, db *DB) {
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990102001")
	for _, text := range []string{"已电话联系", "答应周五前发布"} {
		must(t, db.AddNote(ctx, Note{Agency: "990101001", Year: 2024, At: clock(1), Author: "示例", Text: text}, Entry{Action: "note.add"}))
	}
	must(t, db.AddNote(ctx, Note{Agency: "990102001", Year: 2024, Text: "别区"}, Entry{Action: "note.add"}))
	notes, err := db.Notes(ctx, "990101", 2024)
	must(t, err)
	if len(notes) != 1 || notes["990101001"].Text != "答应周五前发布" || !notes["990101001"].At.Equal(clock(1)) {
		t.Errorf("notes: %+v", notes)
	}
	id, err := db.AddErrorReport(ctx, ErrorReport{At: clock(2), Page: "/reports/990101001/2024", Agency: "990101001", Year: 2024, Cell: "requests.new/total", Version: 1, Text: "应为 12", Contact: "a@example.test"})
	must(t, err)
	must(t, db.AnswerErrorReport(ctx, ErrorReport{ID: id, State: "source", Answer: "原文如此", AnsweredAt: clock(3), AnsweredBy: "示例"}, Entry{Action: "error.answer"}))
	open, err := db.ErrorReports(ctx, "open", 10)
	must(t, err)
	all, err := db.ErrorReports(ctx, "", 10)
	must(t, err)
	if len(open) != 0 || len(all) != 1 || all[0].Answer != "原文如此" || all[0].Cell != "requests.new/total" || !all[0].AnsweredAt.Equal(clock(3)) {
		t.Errorf("open %+v, all %+v", open, all)
	}
	for region, want := range map[standard.RegionCode]int{"": 1, "990101": 1, "990102": 0} {
		answers, err := db.Answers(ctx, region, ErrorReport{}, 10)
		must(t, err)
		if len(answers) != want || want == 1 && (answers[0].Answer != "原文如此" || answers[0].Cell != "requests.new/total") {
			t.Errorf("answers in %q: %+v", region, answers)
		}
	}
	ofCell, err := db.Answers(ctx, "", ErrorReport{Agency: "990101001", Year: 2024, Cell: "requests.new/natural"}, 10)
	must(t, err)
	if len(ofCell) != 0 {
		t.Errorf("answers on another cell: %+v", ofCell)
	}
	if err := db.AnswerErrorReport(ctx, ErrorReport{ID: id + 1}, Entry{}); err == nil {
		t.Error("an error report that is not there was answered")
	}
}

// FuzzPostings reads damaged postings and texts: neither may panic, and what was packed
// comes back.
func FuzzPostings(f *testing.F) {
	f.Add([]byte{1, 2, 3}, "征地补偿 ＡＢ")
	f.Add([]byte{0xff, 0xff}, "，")
	f.Fuzz(func(t *testing.T, packed []byte, text string) {
		n := 0
		unpackNumbers(packed, func(uint64) bool { n++; return n < 10_000 })
		grams := gramsOf(text)
		if !holdsAll(packNumbers(grams), grams) {
			t.Errorf("the pairs of %q are not in themselves", text)
		}
		if a, b := len([]rune(text)), len([]rune(Folded(text))); strings.ToValidUTF8(text, "") == text && a != b {
			t.Errorf("folding %q made %d characters of %d", text, b, a)
		}
	})
}
