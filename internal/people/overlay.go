package people

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A laid reading is what a version shows with what people said of it, and how the
// rules judge that.
type laid struct {
	base      store.Version // as the readers had it
	reading   int64
	version   store.NewVersion
	over      []store.CorrectedCell
	open      []standard.CellCode // doubtful cells that nobody has settled
	whole     bool                // the document as a whole is still in doubt
	illegible bool
	waits     bool // something waits for a second pair of eyes
}

// lay puts corrections over what was read of a version. The reading beneath stays as
// it is.
func (s *Service) lay(ctx context.Context, base store.Version, reading int64, all []store.Correction) (*laid, error) {
	l := &laid{base: base, reading: reading}
	r := base.Reading
	r.Values = slices.Clone(r.Values)
	l.version = store.NewVersion{Agency: base.Agency, Year: base.Year, Original: base.Original, Page: base.Page, URL: base.URL,
		Reader: base.Reader, FoundAt: base.FoundAt}
	l.version.Reading = r
	settled := make(map[standard.CellCode]bool)
	sound := false
	for _, c := range all {
		settled[c.Cell] = true
		if c.Waits() {
			l.waits = true
			continue
		}
		switch c.Verdict {
		case store.WrongDocument:
			return l.wrong(c), nil
		case store.Sound:
			sound = true
			l.settleWhole()
		default:
			l.put(c)
		}
	}
	out, err := s.judge().Outcome(ctx, &l.version.Reading, base.Agency, base.Year)
	if err != nil {
		return nil, err
	}
	l.version.Status, l.version.Findings, l.version.Problems = out.Status, out.Findings, out.Problems
	l.openCells(settled)
	l.decide(out, sound, settled[""])
	return l, nil
}

// wrong is what a version shows whose document is not that report: no figure.
func (l *laid) wrong(c store.Correction) *laid {
	r := &l.version.Reading
	r.Format, r.Values, r.Narrative, r.Doubts, r.Notes = "", nil, nil, nil, nil
	l.version.Status = report.Unreadable
	l.version.Problems = []string{"人工复核认定：原件不是这个单位这一年度的报告（" + c.Reason + "）"}
	return l
}

// put lays a correction over its cell and takes the doubts about it away.
func (l *laid) put(c store.Correction) {
	r := &l.version.Reading
	r.Doubts = slices.DeleteFunc(slices.Clone(r.Doubts), func(d report.Doubt) bool { return d.Cell == c.Cell })
	form := standard.FormOf(r.Format)
	if form == nil {
		return
	}
	cell, ok := form.Cell(c.Cell)
	if !ok || cell.Index >= len(r.Values) {
		return // the report has another form since it was read again
	}
	was := r.Values[cell.Index]
	value := c.Value
	value.Place = was.Place
	if c.Verdict == store.Illegible {
		value.State, value.Amount, value.Text = report.Unread, 0, was.Text
		l.illegible = true
	}
	r.Values[cell.Index] = value
	l.over = append(l.over, store.CorrectedCell{Cell: c.Cell, Read: was})
}

// settleWhole takes the doubts about the document away, and the notes that would make
// one.
func (l *laid) settleWhole() {
	r := &l.version.Reading
	r.Doubts = slices.DeleteFunc(slices.Clone(r.Doubts), func(d report.Doubt) bool { return d.Cell == "" })
	r.Notes = slices.DeleteFunc(slices.Clone(r.Notes), func(n report.Note) bool {
		rule, ok := standard.RuleOf(n.Rule)
		return ok && rule.Decides
	})
	r.Year = l.base.Year
}

// openCells are the cells that are in doubt, in the order of the form.
func (l *laid) openCells(settled map[standard.CellCode]bool) {
	form := standard.FormOf(l.version.Reading.Format)
	if form == nil {
		return
	}
	doubted := make(map[standard.CellCode]bool)
	for _, d := range l.version.Reading.Doubts {
		doubted[d.Cell] = true
	}
	for _, cell := range form.Cells {
		unread := cell.Index < len(l.version.Reading.Values) && l.version.Reading.Values[cell.Index].State == report.Unread
		if (unread || doubted[cell.Code]) && !settled[cell.Code] {
			l.open = append(l.open, cell.Code)
		}
	}
}

// decide sets what is left of the status once every cell is settled. What a person
// called sound is judged by its figures alone.
func (l *laid) decide(out check.Outcome, sound, asked bool) {
	if l.version.Status != report.NeedsReview || len(l.open) > 0 {
		return
	}
	if sound && !l.illegible {
		if l.version.Status, l.version.Problems = report.Verified, nil; len(out.Violations) > 0 {
			l.version.Status = report.Inconsistent
		}
		return
	}
	if asked || l.waits {
		return
	}
	l.whole = !l.illegible || slices.ContainsFunc(l.version.Reading.Doubts, func(d report.Doubt) bool { return d.Cell == "" })
}

// proposals are the distinct values that the readers propose for a cell.
func proposals(v store.Version, code standard.CellCode) []report.Value {
	var list []report.Value
	for _, d := range v.Reading.Doubts {
		if d.Cell != code {
			continue
		}
		for _, p := range d.Proposals {
			same := func(o report.Value) bool {
				return o.State == p.State && o.Amount == p.Amount && (p.State != report.Words || strings.TrimSpace(o.Text) == strings.TrimSpace(p.Text))
			}
			if p.State != report.Unread && !slices.ContainsFunc(list, same) {
				list = append(list, p)
			}
		}
	}
	return list
}
