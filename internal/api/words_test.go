package api_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// passage is a text that both streets of the tests have.
const passage = "政务公开工作人员业务培训力度有待进一步加强解读回应形式较为单一基层公开标准目录更新不够及时公众参与渠道需要拓宽办理答复规范程度尚有差距平台检索功能不够便捷队伍专业能力仍需提高考核结果运用还不充分与群众期盼相比存在不足下一步将完善机制补齐短板推动各项任务落地见效并持续开展自查自纠"

// addWords gives both streets a further version of 2023 with words.
func addWords(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	run, err := db.StartRun(ctx, "refresh", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []report.AgencyID{first, second} {
		r := reading(string(id), 2023, int64(40+i))
		r.Sections = []report.Section{
			{Number: 5, Paragraphs: []report.Paragraph{{Number: 1, Text: passage}}},
			{Number: 6, Paragraphs: []report.Paragraph{{Number: 2, Text: "收取信息处理费400元。政府采购金额3万元。"}}},
		}
		hash := report.SHA256(strings.Repeat(string('a'+rune(i)), 64))
		if err := db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: "http://demo.example/w", FetchedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := db.AddVersion(ctx, run, store.NewVersion{Agency: id, Year: 2023, Reading: r, Status: report.Verified, Original: hash, URL: "http://demo.example/w/" + string(id), FoundAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.FinishRun(ctx, run, store.RunOK, ""); err != nil {
		t.Fatal(err)
	}
}

// TestWords: what reports say in words comes with its sentence, and a passage with
// that of the other report.
func TestWords(t *testing.T) {
	server, db := serve(t)
	addWords(t, db)
	ask := func(path string) []map[string]any {
		t.Helper()
		body, _ := get(t, server.URL+"/api/v1/"+path, 200)
		var answer struct{ Data []map[string]any }
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) == 0 {
			t.Fatalf("%s: %v: %s", path, err, body)
		}
		return answer.Data
	}
	if q := ask("quotations?region=990101")[0]; q["yuan"] != 30000.0 || q["sentence"] != "政府采购金额3万元" {
		t.Errorf("quotation %v", q)
	}
	if f := ask("fees?region=990101&year=2023")[0]; f["yuan"] != 400.0 || f["stated"] != true || f["ended"] != 0.0 {
		t.Errorf("fee %v", f)
	}
	c := ask("copies?region=990101&year=2023")[0]
	own, _ := c["passages"].([]any)
	other, _ := c["other_passages"].([]any)
	if c["agency_id"] != string(first) || c["other_id"] != string(second) || c["share"] != 1.0 || len(own) == 0 || len(other) == 0 || own[0] != passage {
		t.Errorf("copy %v", c)
	}
	found := false
	for _, r := range ask("errors_by_rule?region=990101&year=2023") {
		units, _ := r["units"].([]any)
		found = found || r["rule"] == "copy.other_unit" && r["findings"] == 2.0 && len(units) == 2
	}
	if !found {
		t.Error("errors_by_rule does not count copy.other_unit twice")
	}
}

// addCorrection has a person correct a cell of a report.
func addCorrection(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	r, err := db.Report(ctx, first, 2022, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, base, err := db.Beneath(ctx, r.Current.ID)
	if err != nil {
		t.Fatal(err)
	}
	lay := store.NewVersion{Agency: first, Year: 2022, Reading: r.Current.Reading, Status: report.Verified, Original: r.Current.Original, URL: r.Current.URL, FoundAt: time.Now(), Findings: r.Current.Findings}
	code, was, is := standard.FormOf(r.Current.Format).Cells[0].Code, lay.Reading.Values[0], report.Value{State: report.Printed, Amount: report.Count(3), Text: "3"}
	lay.Reading.Values[0] = is
	_, err = db.AddReview(ctx, store.Review{At: time.Now(), Version: r.Current.ID, Base: base, Lay: &lay, Text: "更正", Over: []store.CorrectedCell{{Cell: code, Read: was}},
		Add:   []store.Correction{{Version: r.Current.ID, Cell: code, Verdict: store.Corrected, Was: was, Value: is, Reason: "对照原件", Account: 1, Name: "某人", At: time.Now()}},
		Entry: store.Entry{At: time.Now(), Name: "某人", Action: "review.corrected", Subject: "示例", Client: "192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
}
