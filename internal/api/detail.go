package api

import (
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// detail is the answer of one report.
type detail struct {
	AgencyID    string         `json:"agency_id"`
	Agency      string         `json:"agency"`
	Region      string         `json:"region"`
	Year        int            `json:"year"`
	Format      string         `json:"format"`
	Status      string         `json:"status"`
	Version     int            `json:"version"`
	Title       string         `json:"title"`
	PublishedOn any            `json:"published_on" schema:"date"`
	SignedOn    any            `json:"signed_on" schema:"date"`
	Original    string         `json:"original"`
	URL         string         `json:"url"`
	Route       string         `json:"route"`
	HandedIn    bool           `json:"handed_in"`
	Demo        bool           `json:"demo"`
	Cells       []detailCell   `json:"cells"`
	Findings    []finding      `json:"findings"`
	Narrative   []statement    `json:"narrative"`
	Problems    []string       `json:"problems"`
	Versions    []versionEntry `json:"versions"`
}

type detailCell struct {
	Cell   string `json:"cell"`
	Row    string `json:"row_label"`
	Column string `json:"column_label"`
	Unit   string `json:"unit"`
	Value  any    `json:"value" schema:"number"`
	State  string `json:"state"`
	Text   string `json:"text"`
	Place  string `json:"place"`
	ReadAs any    `json:"read_as" schema:"string"` // where a person of ours corrected the cell: what the readers had
}

type finding struct {
	Rule        string   `json:"rule"`
	Subject     string   `json:"subject"`
	Severity    string   `json:"severity"`
	Attribution string   `json:"attribution"`
	Cells       []string `json:"cells"`
	Left        string   `json:"left"`
	Right       string   `json:"right"`
	Difference  string   `json:"difference"`
	Formula     string   `json:"formula"`
	Text        string   `json:"text"`
}

type statement struct {
	Says      string        `json:"says"`
	Value     report.Amount `json:"value"`
	Sentence  string        `json:"sentence"`
	Paragraph int           `json:"paragraph"`
}

type versionEntry struct {
	Version  int    `json:"version"`
	Status   string `json:"status"`
	Original string `json:"original"`
	FoundAt  any    `json:"found_at" schema:"date-time"`
	FromRun  int64  `json:"from_run"`
	UntilRun int64  `json:"until_run"`
}

func newDetail(r store.Report) detail {
	v := r.Current
	d := detail{
		AgencyID: string(r.Agency.ID), Agency: r.Agency.Name, Region: string(r.Agency.Region), Year: r.Year,
		Format: string(v.Format), Status: string(v.Status), Version: v.Number, Title: v.Title,
		PublishedOn: export.Date(v.PublishedOn), SignedOn: export.Date(v.SignedOn), Original: string(v.Original), URL: v.URL,
		Route: v.Reading.Route, HandedIn: v.Source.HandedIn != "", Demo: r.Agency.Demo, Problems: v.Problems,
		Cells: []detailCell{}, Findings: []finding{}, Narrative: []statement{}, Versions: []versionEntry{},
	}
	if d.Problems == nil {
		d.Problems = []string{}
	}
	if form := standard.FormOf(v.Format); form != nil && len(v.Reading.Values) == len(form.Cells) {
		for i, cell := range form.Cells {
			d.Cells = append(d.Cells, newDetailCell(cell, v.Reading.Values[i]))
		}
	}
	d.correct(v.Corrections)
	for _, f := range v.Findings {
		d.Findings = append(d.Findings, newFinding(f))
	}
	for _, st := range v.Reading.Narrative {
		d.Narrative = append(d.Narrative, statement{Says: st.Says, Value: st.Value, Sentence: st.Sentence, Paragraph: st.Paragraph})
	}
	for _, h := range r.Versions {
		d.Versions = append(d.Versions, versionEntry{Version: h.Number, Status: string(h.Status), Original: string(h.Original),
			FoundAt: export.Moment(h.FoundAt), FromRun: int64(h.FromRun), UntilRun: int64(h.UntilRun)})
	}
	return d
}

// correct marks the cells that show what a person found with what the readers had.
func (d *detail) correct(corrections []store.Correction) {
	for _, c := range corrections {
		for i := range d.Cells {
			if d.Cells[i].Cell == string(c.Cell) && (c.Verdict == store.Corrected || c.Verdict == store.Confirmed) {
				d.Cells[i].ReadAs = c.Was.State.String()
				if amount, printed := c.Was.Known(); printed {
					d.Cells[i].ReadAs = amount.String()
				}
			}
		}
	}
}

func newDetailCell(cell standard.Cell, v report.Value) detailCell {
	d := detailCell{Cell: string(cell.Code), Row: cell.RowLabel.ZH, Column: cell.ColumnLabel.ZH, Unit: string(cell.Unit),
		Value: number(v), State: v.State.String(), Text: v.Text}
	if !v.Place.IsZero() {
		d.Place = v.Place.String()
	}
	return d
}

func newFinding(f report.Finding) finding {
	out := finding{Rule: f.Rule, Subject: f.Subject, Severity: string(f.Severity), Attribution: string(f.Attribution),
		Cells: []string{}, Left: f.Left, Right: f.Right, Difference: f.Difference, Formula: f.Formula, Text: f.Text}
	for _, o := range f.Operands {
		out.Cells = append(out.Cells, string(o.Cell))
	}
	return out
}
