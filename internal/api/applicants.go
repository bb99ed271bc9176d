package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/standard"
)

// applicants lists who asked units in a year against what they got. A unit without the
// table has one row, with the reason and no number.
func (s *Server) applicants() resource {
	units := param{name: "units", kind: "string", required: true, zh: "机关编号或区划代码，逗号分隔", en: "agency ids or region codes, separated by commas", example: "990101"}
	year := byYear
	year.required = true
	return newResource("applicants", []param{units, year}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		list, err := s.agg.Askings(ctx, splitComma(q.values.Get("units")), q.number("year"), q.asOf)
		var rows []row
		for _, a := range list {
			rows = append(rows, applicantRows(a)...)
		}
		return yieldAll(rows, err, func(r row) row { return r })
	})
}

// applicantRows are the outcomes of each applicant, and what was decided as printed.
func applicantRows(a aggregate.Asking) (list []row) {
	unit := string(a.Agency.ID)
	if unit == "" {
		unit = string(a.Region)
	}
	add := func(applicant standard.Applicant, outcome string, value any) {
		list = append(list, row{unit, a.Name, a.Year, string(applicant), outcome, value, a.Basis.Usable, a.Basis.Due, a.Reason.ZH, a.Reason.EN})
	}
	if !a.Known {
		add("", "", nil)
		return list
	}
	for i, column := range a.Columns {
		for _, r := range a.Rows {
			add(column, r.Group, r.Values[i])
		}
		add(column, "total", a.Totals[i])
	}
	return list
}
