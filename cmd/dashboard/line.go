package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A line is the contract of parse --jsonl (design.md §4).
type line struct {
	File       string            `json:"file"`
	Member     string            `json:"member,omitempty"`
	Agency     string            `json:"agency,omitempty"`
	Region     []string          `json:"region,omitempty"`
	Year       int               `json:"year,omitempty"`
	Format     string            `json:"format,omitempty"`
	Status     string            `json:"status"`
	Cells      map[string]any    `json:"cells,omitempty"`
	States     map[string]string `json:"states,omitempty"`
	Violations []string          `json:"violations"`
	Narrative  []narrative       `json:"narrative,omitempty"`
	Findings   []lineFinding     `json:"findings,omitempty"`
	Where      map[string]string `json:"where,omitempty"`
	Follow     []string          `json:"follow,omitempty"`
	Route      string            `json:"route,omitempty"`
	Problems   []string          `json:"problems"`
}

type narrative struct {
	Says      string        `json:"says"`
	Value     report.Amount `json:"value"`
	Sentence  string        `json:"sentence"`
	Paragraph int           `json:"paragraph"`
}

type lineFinding struct {
	Rule        string   `json:"rule"`
	Subject     string   `json:"subject"`
	Severity    string   `json:"severity"`
	Attribution string   `json:"attribution"`
	Cells       []string `json:"cells"`
	Left        string   `json:"left"`
	Right       string   `json:"right"`
	Text        string   `json:"text"`
}

// newLine says what one report came to.
func newLine(file string, r ingest.Result) line {
	reading := r.Reading
	l := line{
		File: file, Member: reading.Member, Agency: reading.Agency, Region: reading.Region, Year: reading.Year,
		Format: string(reading.Format), Status: string(r.Outcome.Status), Violations: r.Outcome.Violations,
		Follow: reading.Follow, Route: reading.Route, Problems: r.Outcome.Problems,
	}
	if l.Violations == nil {
		l.Violations = []string{}
	}
	if l.Problems == nil {
		l.Problems = []string{}
	}
	l.addCells(reading)
	for _, s := range reading.Narrative {
		l.Narrative = append(l.Narrative, narrative{s.Says, s.Value, s.Sentence, s.Paragraph})
	}
	for _, f := range r.Outcome.Findings {
		l.Findings = append(l.Findings, newLineFinding(f))
	}
	return l
}

// addCells puts in what stands in the document: numbers, and null with a state for
// a cell without one. Cells that are absent or unread are in neither.
func (l *line) addCells(r *report.Reading) {
	form := standard.FormOf(r.Format)
	if form == nil || len(r.Values) != len(form.Cells) {
		return
	}
	l.Cells, l.States, l.Where = make(map[string]any), make(map[string]string), make(map[string]string)
	for i, cell := range form.Cells {
		v := r.Values[i]
		code := string(cell.Code)
		switch v.State {
		case report.Absent, report.Unread:
			continue
		case report.Printed:
			l.Cells[code] = number(cell, v.Amount)
		default:
			l.Cells[code], l.States[code] = nil, v.State.String()
		}
		if !v.Place.IsZero() {
			l.Where[code] = v.Place.String()
		}
	}
}

// number is a count as an integer, and money as a decimal string in 万元.
func number(cell standard.Cell, a report.Amount) any {
	if cell.Unit.Money() {
		return a.String()
	}
	return a
}

func newLineFinding(f report.Finding) lineFinding {
	l := lineFinding{Rule: f.Rule, Subject: f.Subject, Severity: string(f.Severity), Attribution: string(f.Attribution),
		Cells: []string{}, Left: f.Left, Right: f.Right, Text: f.Text}
	for _, o := range f.Operands {
		l.Cells = append(l.Cells, string(o.Cell))
	}
	return l
}

// unreadLine is the line of a document from which nothing could be had.
func unreadLine(file string, err error) line {
	return line{File: file, Status: string(report.Unreadable), Violations: []string{}, Problems: []string{err.Error()}}
}

func writeJSONL(w io.Writer, p parsed) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if p.err != nil {
		return e.Encode(unreadLine(p.file.name, p.err))
	}
	for _, r := range p.results {
		if err := e.Encode(newLine(p.file.name, r)); err != nil {
			return err
		}
	}
	return nil
}

// writeText writes a line for people.
func writeText(w io.Writer, p parsed) error {
	if p.err != nil {
		_, err := fmt.Fprintf(w, "%s\t%s\t%v\n", p.file.name, statusName(report.Unreadable), p.err)
		return err
	}
	for _, r := range p.results {
		l := newLine(p.file.name, r)
		what := strings.Join(append(append([]string{}, l.Violations...), l.Problems...), "; ")
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d 格\t%s\n", l.File, statusName(r.Outcome.Status), l.Agency, l.Year, l.Format, len(l.Cells), what); err != nil {
			return err
		}
	}
	return nil
}

func statusName(s report.Status) string {
	switch s {
	case report.Verified:
		return "已核验"
	case report.Inconsistent:
		return "勾稽不符"
	case report.NeedsReview:
		return "待复核"
	}
	return "无法读取"
}
