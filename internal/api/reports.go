package api

import (
	"context"
	"iter"
	"strings"

	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// exported is a resource that is also a table of the exports; the columns and the rows
// are those of export. now says that it has no past.
func (s *Server) exported(name string, now bool, params []param, table func(export.Query) export.Table) resource {
	t := table(export.Query{})
	return resource{
		name: name, about: t.About, params: params, columns: t.Columns, now: now,
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			eq, err := q.export()
			if err != nil {
				return failed(err)
			}
			return table(eq).Rows(ctx)
		},
	}
}

// reports lists the current version of every report.
func (s *Server) reports() resource {
	return s.exported("reports", false, []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus},
		func(q export.Query) export.Table { return export.Reports(s.db, q) })
}

// cells lists every cell of every current version: one row a cell.
func (s *Server) cells() resource {
	return s.exported("cells", false, []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus, byCell, inLanguage},
		func(q export.Query) export.Table { return export.Cells(s.db, q) })
}

// wide lists the reports of one format, a report a row.
func (s *Server) wide(format standard.Format) resource {
	name := "wide_" + strings.ToLower(string(format))
	return s.exported(name, false, []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus},
		func(q export.Query) export.Table { return export.Wide(s.db, q, format) })
}

// versions lists every version of every report.
func (s *Server) versions() resource {
	return s.exported("versions", false, []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus},
		func(q export.Query) export.Table { return export.Versions(s.db, q) })
}

// earlierCells lists the cells of versions that are in force no more.
func (s *Server) earlierCells() resource {
	return s.exported("earlier_cells", false, []param{byRegion, byAgency, byYear, fromYear, toYear, byStatus, byCell, inLanguage},
		func(q export.Query) export.Table { return export.EarlierCells(s.db, q) })
}

// sources lists the original of every report.
func (s *Server) sources() resource {
	return s.exported("sources", false, []param{byRegion, byAgency, byYear, fromYear, toYear},
		func(q export.Query) export.Table { return export.Sources(s.db, q) })
}

// cellSet reads the cell codes asked for; nil means all.
func cellSet(list string) (map[standard.CellCode]bool, error) {
	if list == "" {
		return nil, nil
	}
	want := make(map[standard.CellCode]bool)
	for _, code := range splitComma(list) {
		known := false
		for _, format := range standard.Formats() {
			_, ok := standard.FormOf(format).Cell(standard.CellCode(code))
			known = known || ok
		}
		if !known {
			return nil, &report.ParameterError{Name: "cell", Got: code, Want: "a code of the dictionary, such as requests.new/total"}
		}
		want[standard.CellCode(code)] = true
	}
	return want, nil
}

func number(v report.Value) any {
	if a, ok := v.Known(); ok {
		return a
	}
	return nil
}
