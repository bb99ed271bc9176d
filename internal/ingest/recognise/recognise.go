// Package recognise reads the statutory cells of a document.
//
// In: an extract.Document, and what its finder knows of it. Out: a report.Reading for
// each report in it, with one Value for every cell of its format. Two readers that
// share no code read each table, one by where the texts stand (geometry.go) and one
// by their order (sequence.go); digits taken from the bytes by other code are a third
// witness (witness.go). What is not read alike keeps both readings and is left to a
// person: it is Unread, and a Doubt says where and why. The package opens no file,
// and it knows neither portals nor the database.
package recognise

import (
	"slices"
	"strings"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Hint is what a crawler or a list of files knows of a document before it is read.
// It is weak evidence: it fills what the document does not say, and where it
// contradicts the document the contradiction is a doubt.
type Hint struct {
	Agency string   // formal name
	Region []string // regions above it, widest first
	Year   int      // year reported on
	URL    string
}

// A tableReading is what one reader made of the tables of one report.
type tableReading struct {
	format standard.Format
	values []report.Value // in the order of the form's cells, nil without a format
	order  []int          // positions of the values found, in the order of the document
	// firstGrid and lastGrid are the blocks of the first and the last table; the
	// second reader leaves both 0.
	firstGrid, lastGrid int
	doubts              []report.Doubt
	notes               []report.Note
}

// Read reads a document: one Reading for each report in it, in their order. A
// document without any statutory table gives one Reading without a format, whose
// doubts say why and whose Follow lists the documents that it links instead.
func Read(doc *extract.Document, hint Hint) []*report.Reading {
	parts := splitReports(doc.Blocks)
	w := newWitness(doc)
	out := make([]*report.Reading, 0, len(parts))
	at := 0
	for i := range parts {
		p := reportPart{doc: doc, hint: hint, at: at, blocks: parts[i].blocks, single: len(parts) == 1}
		at += len(p.blocks)
		out = append(out, p.read(parts[i].tables, w))
	}
	return withoutCopies(out)
}

// withoutCopies drops a report that stands in the document a second time with the
// same figures. With other figures, both are in doubt.
func withoutCopies(readings []*report.Reading) []*report.Reading {
	out := readings[:0:0]
next:
	for _, r := range readings {
		for _, have := range out {
			if r.Format == "" || r.Agency != have.Agency || r.Year != have.Year {
				continue
			}
			if sameFigures(r, have) {
				continue next
			}
			d := report.Doubt{Rule: "form.duplicate_table", Text: "同一页面有同一机关同一年度的两份报告，数字不同"}
			r.Doubts, have.Doubts = append(r.Doubts, d), append(have.Doubts, d)
		}
		out = append(out, r)
	}
	return out
}

// sameFigures reports whether two readings have the same in every cell.
func sameFigures(a, b *report.Reading) bool {
	return a.Format == b.Format && slices.EqualFunc(a.Values, b.Values, func(v, w report.Value) bool {
		return v.State == w.State && v.Amount == w.Amount
	})
}

// A reportPart is one report of a document while it is read.
type reportPart struct {
	doc    *extract.Document
	hint   Hint
	at     int // of its first block in the document
	blocks []extract.Block
	single bool // the document holds no other report
	prose  []extract.Paragraph
	r      *report.Reading
}

// read brings together what the readers made of the tables and what the text says.
func (p *reportPart) read(first tableReading, w *witness) *report.Reading {
	p.prose = proseOf(p.blocks)
	p.r = &report.Reading{
		File: p.doc.Name, Member: p.doc.Member,
		Route: strings.Trim(string(p.doc.Type)+" "+p.doc.Route+" · geometry + sequence", " "),
	}
	p.readTables(first, w)
	p.readHead()
	p.r.Narrative, p.r.Sections = readNarrative(p.prose, p.r.Format, p.r.Year)
	for _, warning := range p.doc.Warnings {
		p.doubt(warning.Rule, warning.Text)
		if warning.Rule == "read.confidence" {
			p.propose()
		}
	}
	if p.r.Format == "" {
		p.explain()
	} else {
		p.noteAbsent()
	}
	return p.r
}

// propose turns figures that were recognised in a picture into proposals: what a
// recogniser took a mark for is kept as text, and no cell has a number before a person
// has seen it.
func (p *reportPart) propose() {
	for i := range p.r.Values {
		if v := &p.r.Values[i]; v.State != report.Absent {
			v.State, v.Amount = report.Unread, 0
		}
	}
}

// readTables lets the second reader read, and compares.
func (p *reportPart) readTables(first tableReading, w *witness) {
	format := first.format
	if format == "" {
		if format = sequenceFormat(p.blocks); format == "" {
			return
		}
		first = tableReading{format: format, values: make([]report.Value, len(standard.FormOf(format).Cells))}
	}
	second := readSequence(p.blocks, format)
	p.r.Format = format
	p.compare(first, second)
	if w.runs == nil {
		if slices.ContainsFunc(p.r.Values, func(v report.Value) bool { return v.State == report.Printed }) {
			p.doubt("read.confidence", "这种文件没有第三种途径可以取出数字来核对")
		}
		return
	}
	if i := w.missing(p.r.Values, first.order); i >= 0 {
		cell := standard.FormOf(format).Cells[i]
		v := p.r.Values[i]
		p.r.Doubts = append(p.r.Doubts, report.Doubt{
			Rule: "read.disagreement", Cell: cell.Code, Place: v.Place, Proposals: []report.Value{v},
			Text: "从原文件直接取出的数字中找不到这一数字，或次序不符：" + describe(cell, v),
		})
	} else if first.firstGrid >= 0 && !w.gapless(p.at+first.firstGrid, p.at+first.lastGrid) {
		p.doubt("read.grid", "原文件的表格之间有未能取到的数字，可能有隐藏或遗漏的行")
	}
	if first.firstGrid >= 0 {
		for _, g := range p.doc.Astray(p.blocks[first.firstGrid : first.lastGrid+1]) {
			p.addDoubt(report.Doubt{Rule: "read.grid", Place: report.Place{Table: g.Number}, Text: "从原文件直接取出的单元格与取得的表格不一致"})
		}
	}
}

func (p *reportPart) doubt(rule, text string) {
	p.r.Doubts = append(p.r.Doubts, report.Doubt{Rule: rule, Text: text})
}

func (p *reportPart) note(rule, subject, text string) {
	p.r.Notes = append(p.r.Notes, report.Note{Rule: rule, Subject: subject, Text: text})
}

// explain says why a document without a statutory table is one, and what it links.
func (p *reportPart) explain() {
	p.r.Follow = followed(p.doc.Links)
	switch {
	case len(p.r.Follow) > 0:
		p.doubt("form.missing_table", "页面没有统计表，报告在所附文件中："+strings.Join(p.r.Follow, "，"))
	case p.doc.Pictures > 0:
		p.doubt("form.image_table", "没有可读的统计表；页面含有图片，表格可能是图片")
	default:
		p.doubt("form.missing_table", "没有找到法定统计表")
	}
}

// followed returns the links that hold the report: files, and of these those that are
// named as reports where any is.
func followed(links []extract.Link) []string {
	var named, files []string
	for _, l := range links {
		if !isFile(l.Href) && !isFile(l.Text) {
			continue
		}
		text := simplified(squeezed(l.Text))
		switch {
		case strings.Contains(text, "通知"), strings.Contains(text, "指南"), strings.Contains(text, "申请表"):
		case strings.Contains(text, "报告"), strings.Contains(text, "年报"):
			named = append(named, l.Href)
		default:
			files = append(files, l.Href)
		}
	}
	if named != nil {
		return named
	}
	return files
}

// isFile reports whether a link leads to a document that is not a page.
func isFile(href string) bool {
	if i := strings.IndexAny(href, "?#"); i >= 0 {
		href = href[:i]
	}
	dot := strings.LastIndexByte(href, '.')
	if dot < 0 {
		return false
	}
	switch strings.ToLower(href[dot+1:]) {
	case "doc", "docx", "wps", "pdf", "xls", "xlsx", "et", "csv", "rtf", "txt", "ofd", "zip", "rar", "mht", "mhtml":
		return true
	}
	return false
}
