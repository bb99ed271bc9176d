package papers

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/draw"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/templates"
)

func printed(n int64, row int) report.Value {
	return report.Value{State: report.Printed, Amount: report.Count(n), Place: report.Place{Table: 1, Row: row, Column: 2}}
}

// board has a unit of each fate.
func board() aggregate.Board {
	due := standard.Deadline{Day: time.Date(2022, 1, 31, 0, 0, 0, 0, standard.China())}
	look := time.Date(2022, 2, 7, 3, 0, 0, 0, standard.China())
	row := func(id, name string, p report.Publication, s report.Status) aggregate.BoardRow {
		return aggregate.BoardRow{Owed: aggregate.Owed{Agency: report.Agency{ID: report.AgencyID(id), Name: name}, Year: 2021, Publication: p, Status: s,
			Deadline: due, LastLook: look, Format: standard.F2021}}
	}
	off := row("2", "雪松街道办事处", report.Published, report.Inconsistent)
	off.Errors = 1
	off.Findings = []report.Finding{{Rule: "requests.balance", Subject: "total", Severity: report.Error, Left: "40", Right: "43", Difference: "-3",
		Formula: "新收 + 上年结转 = 总计 + 结转下年度", Text: "总计：本年新收 39 + 上年结转 1 = 40，办理结果总计 39 + 结转下年度 4 = 43，相差 3。",
		Operands: []report.Operand{{Cell: "requests.new/total", Value: printed(39, 2)}, {Cell: "requests.carried_in/total", Value: printed(0, 3)}}}}
	late := row("3", "银杏街道办事处", report.Published, report.Verified)
	late.Late, late.After, late.PublishedOn = true, look, report.Date{Year: 2022, Month: 2, Day: 9}
	unknown := row("5", "鸢尾镇人民政府", report.Unknown, "")
	unknown.Reason = "列表页设有访问验证"
	return aggregate.Board{Region: standard.Region{Code: "990101", Name: "示例区"}, Demo: true, Year: 2021, AsOf: 7, Rows: []aggregate.BoardRow{
		row("1", "云杉街道办事处", report.Published, report.Verified), off, late, row("4", "谷雨街道办事处", report.Missing, ""), unknown,
		row("6", "立夏镇人民政府", report.NotWatched, "")}}
}

func text(p Paper) string {
	var b strings.Builder
	for _, block := range p.Blocks {
		b.WriteString(block.Text + block.Hint + "\n")
		for _, row := range block.Rows {
			b.WriteString(strings.Join(row, "|") + "\n")
		}
	}
	return b.String()
}

// TestCircular holds what the circular says of each fate, that what could not be
// looked at is not called missing, and that it keeps to figures.
func TestCircular(t *testing.T) {
	says := text(Circular(board(), aggregate.RollUp{Format: standard.F2021}, nil, time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)))
	for _, want := range []string{"应报单位5个，已发布3个，其中逾期1个；未发布1个；未能查看1个", "未纳入查看的单位1个，不在上述数内，不表示未发布",
		"谷雨街道办事处（期限2022年1月31日，2022年2月7日查看未见）", "鸢尾镇人民政府（列表页设有访问验证）。未能查看不表示未发布",
		"银杏街道办事处（期限2022年1月31日，印发日期2022年2月9日，2022年2月7日查看未见）", "雪松街道办事处：总计：本年新收 39", "规则requests.balance/total，40≠43",
		"〔", "主送机关", "发文机关署名", "示例区（示例）", "requests.new/total", "没有可对照的本级人民政府报告"} {
		if !strings.Contains(says, want) {
			t.Errorf("the circular does not say %q:\n%s", want, says)
		}
	}
	for _, word := range []string{"错误", "虚报", "落后", "大幅", "由于", "有误"} {
		if strings.Contains(says, word) {
			t.Errorf("the circular says %q", word)
		}
	}
}

// TestDecided holds that a finding is circulated and put to its unit with what a person
// made of it: one that was dismissed is not put down to the unit, an answer stands with
// its finding, and a decision on other figures is none.
func TestDecided(t *testing.T) {
	b := board()
	row, f := b.Rows[1], b.Rows[1].Findings[0]
	say := func(d store.Decision) (circular, sheet string, asked bool) {
		d.Key = f.Key(row.Agency.ID, row.Year)
		said := Decisions{row.Agency.ID: {d.Key: d}}
		at := time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)
		return text(Circular(b, aggregate.RollUp{Format: standard.F2021}, said, at)),
			text(CheckSheet(Sheet{Row: row, Decided: said[row.Agency.ID], At: at})), NeedsSheet(row, said[row.Agency.ID])
	}
	circular, sheet, asked := say(store.Decision{Verdict: store.FindingDismissed, Reason: "附注写明口径不同", Digest: f.Digest()})
	if asked || strings.Contains(circular, "（一）勾稽不符") || !strings.Contains(circular, "（一）经人工复核不采纳") || !strings.Contains(circular, "40≠43），复核不采纳：附注写明口径不同") ||
		!strings.Contains(circular, "勾稽不符|0\n不采纳 1") || !strings.Contains(sheet, "不必核对：") || strings.Contains(sheet, "核对结果：") {
		t.Errorf("dismissed, asked %t:\n%s\n%s", asked, circular, sheet)
	}
	circular, sheet, asked = say(store.Decision{Verdict: store.FindingAnswered, Answer: "漏计4件，将更正。", Digest: f.Digest()})
	if !asked || !strings.Contains(circular, "（一）勾稽不符") || !strings.Contains(circular, "40≠43），单位答复：漏计4件，将更正。") || !strings.Contains(sheet, "单位答复：漏计4件，将更正。") {
		t.Errorf("answered, asked %t:\n%s\n%s", asked, circular, sheet)
	}
	circular, sheet, asked = say(store.Decision{Verdict: store.FindingDismissed, Reason: "附注写明口径不同", Digest: "of other figures"})
	if !asked || !strings.Contains(circular, "（一）勾稽不符") || strings.Contains(circular+sheet, "附注写明口径不同") {
		t.Errorf("decided on other figures, asked %t:\n%s\n%s", asked, circular, sheet)
	}
}

// TestNeedsSheet holds who is asked.
func TestNeedsSheet(t *testing.T) {
	var asked []string
	for _, r := range board().Rows {
		if NeedsSheet(r, nil) {
			asked = append(asked, r.Agency.Name)
		}
	}
	if got := strings.Join(asked, " "); got != "雪松街道办事处 银杏街道办事处 谷雨街道办事处" {
		t.Errorf("asked: %s", got)
	}
}

func tokens(t *testing.T) draw.Tokens {
	t.Helper()
	all, err := draw.ReadTokens(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func document() []*extract.Document {
	place := func(row, column int) report.Place { return report.Place{Table: 1, Row: row, Column: column} }
	g := &extract.Grid{Number: 1, Rows: 30, Columns: 2}
	for r := range g.Rows {
		g.Cells = append(g.Cells, extract.Cell{Row: r, Column: 0, RowSpan: 1, ColSpan: 1, Text: "一、本年新收政府信息公开申请数量", Place: place(r+1, 1)},
			extract.Cell{Row: r, Column: 1, RowSpan: 1, ColSpan: 1, Text: "39", Place: place(r+1, 2)})
	}
	return []*extract.Document{{Blocks: []extract.Block{{Grid: g}}}}
}

// TestCheckSheet holds that a point has its rule, its figures with their cells and
// places, its picture and room for the answer.
func TestCheckSheet(t *testing.T) {
	row := board().Rows[1]
	pictures, err := Pictures(t.Context(), tokens(t), row.Findings, report.Reading{}, func(context.Context) (Source, error) { return Source{Docs: document()}, nil })
	if err != nil {
		t.Fatal(err)
	}
	image, ok := pictures["requests.balance/total"]
	if !ok || image.Width == 0 || image.Height > 900 {
		t.Fatalf("picture %v of %dx%d; the rows far from the places are left out", ok, image.Width, image.Height)
	}
	sheet := CheckSheet(Sheet{Row: row, Picture: pictures, At: time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC), Run: 7})
	says := text(sheet)
	for _, want := range []string{"新收 + 上年结转 = 总计 + 结转下年度", "requests.new/total|39|第1个表格第2行第2列", "另有1项印作 0", "规则 requests.balance/total|40≠43|相差 -3", "核对结果", "核对人"} {
		if !strings.Contains(says, want) {
			t.Errorf("the sheet does not say %q:\n%s", want, says)
		}
	}
	if !bytes.Contains([]byte(says), []byte("第7次采集")) {
		t.Error("the sheet does not name its data")
	}
}

// TestDOCX holds that each part is well-formed, that pictures and fields are in, that
// every relation leads to a part, and that the same paper is the same file.
func TestDOCX(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	p := Circular(board(), aggregate.RollUp{Format: standard.F2021}, nil, time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC))
	p.Blocks = append(p.Blocks, Block{Kind: Picture, Image: Image{PNG: b.Bytes(), Width: 40, Height: 20, Alt: `甲<"&乙`}}, say(Body, "a<b>&\x01"))
	var one, two bytes.Buffer
	if err := errors.Join(p.DOCX(&one), p.DOCX(&two)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same paper is two files")
	}
	z, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(body)
		if strings.HasSuffix(f.Name, ".png") {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	for _, part := range strings.Split(parts["word/_rels/document.xml.rels"], `Target="`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if _, ok := parts["word/"+name]; !ok {
			t.Errorf("a relation leads to %s, which is not in the file", name)
		}
	}
	document := parts["word/document.xml"]
	for _, want := range []string{`w:w="11906" w:h="16838"`, `w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"`, "<w:sdt>", "rImage1", "<w:tblHeader/>", `w:val="DocTitle"`} {
		if !strings.Contains(document, want) {
			t.Errorf("no %s in the document", want)
		}
	}
	if !strings.Contains(parts["word/styles.xml"], `w:line="560" w:lineRule="exact"`) || !strings.Contains(parts["word/footer1.xml"], "PAGE") {
		t.Error("lines of 28 points or page numbers are missing")
	}
}
