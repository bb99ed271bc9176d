package web

import (
	"context"
	"net/url"
	"strconv"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A broughtView is a revised report of one run: the cells that its new version says
// otherwise than the one before.
type broughtView struct {
	Agency link
	Year   int
	Words  string
	Sides  string // both versions beside each other
	Rows   []sideRow
}

// differencesShown is how many revised reports a run's page compares; the others are
// linked side by side.
const differencesShown = 40

// readRun reads which run's changes are asked for, 0 for the latest of all.
func readRun(text string) (store.RunID, error) {
	if text == "" {
		return 0, nil
	}
	run, err := strconv.ParseInt(text, 10, 64)
	if err != nil || run <= 0 {
		return 0, &report.ParameterError{Name: "run", Got: text, Want: "一次采集的编号，正整数，见“变化”一页"}
	}
	return store.RunID(run), nil
}

// brought compares each revised report of a run with its version before.
func (s *Server) brought(ctx context.Context, p page, changes []store.ChangeRow) (list []broughtView, err error) {
	for _, row := range changes {
		if row.Kind != store.ChangeRevised || row.Version == 0 || len(list) == differencesShown {
			continue
		}
		now, err := s.Store.VersionAt(ctx, row.Version, row.Run)
		if err != nil {
			return nil, err
		}
		r, err := s.Store.Report(ctx, row.Agency, row.Year, row.Run)
		if err != nil {
			return nil, err
		}
		for _, head := range r.Versions {
			if head.Number != now.Number-1 {
				continue
			}
			was, err := s.Store.VersionAt(ctx, head.ID, row.Run)
			if err != nil {
				return nil, err
			}
			list = append(list, p.broughtBy(row, was, now))
		}
	}
	return list, nil
}

// broughtBy is one revised report.
func (p page) broughtBy(row store.ChangeRow, was, now store.Version) broughtView {
	spot := string(row.Agency) + "/" + strconv.Itoa(row.Year) + "/"
	v := broughtView{Agency: link{Text: p.name(row.AgencyName), Href: p.Href("/agencies/" + string(row.Agency)), Demo: row.Demo}, Year: row.Year}
	v.Sides = p.Href("/compare/reports?" + url.Values{"a": {spot + strconv.Itoa(was.Number)}, "b": {spot + strconv.Itoa(now.Number)}}.Encode())
	form, other := standard.FormOf(now.Format), standard.FormOf(was.Format)
	if form == nil || other == nil {
		v.Words = p.t("有一份没有法定表格，不能逐格比对。")
		return v
	}
	for _, cell := range form.Cells {
		before, after := was.Reading.Value(cell.Code), now.Reading.Value(cell.Code)
		if before.State == after.State && before.Amount == after.Amount {
			continue
		}
		at := p.cellHref(row.Agency, row.Year, cell.Code)
		one := sideRow{Label: p.cellName(cell), Left: p.shown(before), Right: p.shown(after), RightHref: at + sep(at) + "version=" + strconv.Itoa(now.Number),
			LeftHref: at + sep(at) + "version=" + strconv.Itoa(was.Number)}
		if _, ok := other.Cell(cell.Code); !ok {
			one.LeftHref = ""
		}
		a, known := before.Known()
		b, also := after.Known()
		if known && also {
			one.Change = signed(b - a)
		}
		v.Rows = append(v.Rows, one)
	}
	v.Words = p.t("第 %d 版与第 %d 版有 %d 格不同。", was.Number, now.Number, len(v.Rows))
	if len(v.Rows) == 0 {
		v.Words = p.t("第 %d 版与第 %d 版各格相同，不同在正文。", was.Number, now.Number)
	}
	return v
}
