package aggregate

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// listings are the lists that link each report.
func (j *judge) listings(q store.Query) (map[owedKey][]store.Listing, error) {
	all, err := j.s.db.Listings(j.ctx, q)
	if err != nil {
		return nil, err
	}
	of := make(map[owedKey][]store.Listing)
	for _, l := range all {
		key := owedKey{l.Agency, l.Year}
		of[key] = append(of[key], l)
	}
	return of, nil
}

// place judges in which columns of the portals a report is found. One list of annual
// reports is enough; a column whose name says neither leaves the question open.
func (j *judge) place(o Owed, lists []store.Listing) {
	const rule = "publish.place"
	var others []string
	unknown := len(lists) == 0
	for _, l := range lists {
		switch {
		case standard.ReportColumn(l.Column):
			j.say(o, rule, "", report.Pass, "")
			return
		case !standard.OtherColumn(l.Column):
			unknown = true
		case !slices.Contains(others, l.Column):
			others = append(others, l.Column)
		}
	}
	if unknown {
		j.say(o, rule, "", report.Open, "所在栏目的名称不能说明是否为年报栏目")
		return
	}
	names := strings.Join(others, "、")
	j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: names, Right: "政府信息公开年报",
		Text:   fmt.Sprintf("只在栏目“%s”中见到，未见于政府信息公开年报栏目：%s。", names, lists[0].List),
		TextEN: fmt.Sprintf("Found in the column “%s” only, and not in the column of annual reports: %s.", names, lists[0].List)})
}
