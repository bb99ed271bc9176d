package export

import (
	"context"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// places returns the codes of the regions that a region lies in, itself included, nil
// where it is too wide to lie in one.
func places(r standard.RegionCode) [4]any {
	var all [4]any
	for i, n := range [4]int{2, 4, 6, 9} {
		if len(r) >= n {
			all[i] = string(r[:n])
		}
	}
	return all
}

// Date is a printed date as 2021-01-13, or nil.
func Date(d report.Date) any {
	if d.IsZero() {
		return nil
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Moment is a time in UTC, as 2021-01-13T06:30:00Z, or nil: the one form that readers of
// every kind take.
func Moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// index returns the agencies of a query by their ids, as they stood.
func index(ctx context.Context, db *store.DB, q Query) (map[report.AgencyID]report.Agency, error) {
	rows, err := db.Coverage(ctx, q.Region, q.AsOf)
	if err != nil {
		return nil, err
	}
	agencies := make(map[report.AgencyID]report.Agency, len(rows))
	for _, r := range rows {
		agencies[r.Agency.ID] = r.Agency
	}
	return agencies, nil
}

// Regions is the table of every region that an agency lies in, from the widest down.
func Regions(db *store.DB, q Query) Table {
	return NewTable("regions", func(ctx context.Context, yield func(Row) error) error {
		agencies, err := db.Coverage(ctx, q.Region, q.AsOf)
		if err != nil {
			return err
		}
		return eachRegion(ctx, db, agencies, yield)
	})
}

// eachRegion yields each region of the agencies once, what it lies in before it.
func eachRegion(ctx context.Context, db *store.DB, agencies []store.CoverageRow, yield func(Row) error) error {
	seen := make(map[standard.RegionCode]bool)
	for _, a := range agencies {
		if seen[a.Agency.Region] {
			continue
		}
		path, err := db.RegionPath(ctx, a.Agency.Region)
		if err != nil {
			return err
		}
		for _, r := range path {
			if seen[r.Code] {
				continue
			}
			seen[r.Code] = true
			var parent any
			if p := r.Code.Parent(); p != "" {
				parent = string(p)
			}
			if err := yield(Row{string(r.Code), r.Name, string(r.Code.Level()), parent}); err != nil {
				return err
			}
		}
		seen[a.Agency.Region] = true
	}
	return nil
}

// Agencies is the table of the register.
func Agencies(db *store.DB, q Query) Table {
	return NewTable("agencies", func(ctx context.Context, yield func(Row) error) error {
		return ByCounty(ctx, db, q.Query, func(part store.Query) error {
			list, err := db.Coverage(ctx, part.Region, q.AsOf)
			if err != nil {
				return err
			}
			for _, one := range list {
				if err := yield(agencyRow(one)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func agencyRow(r store.CoverageRow) Row {
	a := r.Agency
	row := Row{string(a.ID), a.Name, string(a.Region)}
	for _, p := range places(a.Region) {
		row = append(row, p)
	}
	return append(row, a.Short, string(a.Kind), year(a.From), year(a.Until), len(r.Portals) > 0, Moment(r.Last), a.Demo)
}

// year is a report year, nil where there is none.
func year(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func reportRow(a report.Agency, v *store.VersionValues) Row {
	row := Row{string(v.Agency), a.Name, string(a.Region)}
	for _, p := range places(a.Region) {
		row = append(row, p)
	}
	return append(row, v.Year, string(v.Format), string(v.Status), Date(v.PublishedOn), v.Number, Moment(v.FirstFound),
		string(v.Original), v.URL, a.Demo)
}

// Reports is the table of the current version of every report.
func Reports(db *store.DB, q Query) Table {
	return NewTable("reports", func(ctx context.Context, yield func(Row) error) error {
		return eachVersion(ctx, db, q, func(a report.Agency, v *store.VersionValues) error { return yield(reportRow(a, v)) })
	})
}

// eachVersion walks through the versions of a query with their agencies.
func eachVersion(ctx context.Context, db *store.DB, q Query, f func(a report.Agency, v *store.VersionValues) error) error {
	return ByCounty(ctx, db, q.Query, func(part store.Query) error {
		of := q
		of.Query = part
		return eachOfCounty(ctx, db, of, f)
	})
}

// ByCounty calls f with a query for each county of the one given, in their order: all rows
// of a wide region would be sorted before the first is had.
func ByCounty(ctx context.Context, db *store.DB, q store.Query, f func(part store.Query) error) error {
	const county = 6
	if _, own := q.Region.Whose(); own || len(q.Region) >= county || len(q.Agencies) > 0 {
		return f(q)
	}
	counties, err := db.CountiesIn(ctx, q.Region)
	if err != nil {
		return err
	}
	for _, code := range counties {
		part := q
		if part.Region = code; len(code) < county {
			part.Region = code.Own()
		}
		if err := f(part); err != nil {
			return err
		}
	}
	return nil
}

// eachOfCounty is eachVersion of a query that is small enough to be sorted.
func eachOfCounty(ctx context.Context, db *store.DB, q Query, f func(a report.Agency, v *store.VersionValues) error) error {
	agencies, err := index(ctx, db, q)
	if err != nil {
		return err
	}
	return db.EachVersion(ctx, q.Query, func(v *store.VersionValues) error {
		if q.Status != "" && v.Status != q.Status {
			return nil
		}
		return f(agencies[v.Agency], v)
	})
}

// Findings is the table of the rules that failed on current versions.
func Findings(db *store.DB, q Query) Table {
	return NewTable("findings", func(ctx context.Context, yield func(Row) error) error {
		return ByCounty(ctx, db, q.Query, func(part store.Query) error {
			return db.EachFinding(ctx, part, func(f *store.FindingRow) error {
				if q.Status != "" && f.Status != q.Status {
					return nil
				}
				return yield(FindingRow(f))
			})
		})
	})
}

// FindingRow is a finding as a row of the table of findings.
func FindingRow(f *store.FindingRow) Row {
	cells := make([]string, len(f.Operands))
	for i, o := range f.Operands {
		cells[i] = string(o.Cell)
	}
	return Row{f.Key, string(f.Agency), f.AgencyName, f.Year, f.Rule, f.RuleVersion, f.Subject, string(f.Severity), string(f.Attribution),
		cells, f.Left, f.Right, f.Difference, f.Formula, f.Text, f.TextEN, string(f.Status), f.Digest()}
}

// Sources is the table of the originals that the reports were read from.
func Sources(db *store.DB, q Query) Table {
	return NewTable("sources", func(ctx context.Context, yield func(Row) error) error {
		return db.EachSource(ctx, q.Query, func(s *store.Source) error {
			if q.Status != "" && s.Status != q.Status {
				return nil
			}
			return yield(Row{string(s.Agency), s.Year, s.Version, string(s.Hash), s.URL, s.ContentType, s.Size, Moment(s.FetchedAt), s.HandedIn})
		})
	})
}

// Changes is the table of what runs brought, newest first.
func Changes(db *store.DB, q Query) Table {
	return NewTable("changes", func(ctx context.Context, yield func(Row) error) error {
		return db.EachChange(ctx, q.Region, q.AsOf, func(c *store.ChangeRow) error {
			if c.Run <= q.Since || !inYears(q.Query, c.Year) {
				return nil
			}
			return yield(Row{c.ID, int64(c.Run), Moment(c.At), string(c.Kind), string(c.Agency), c.AgencyName, string(c.Region), year(c.Year), c.Text, c.Demo})
		})
	})
}

// inYears reports whether a year is asked for; what concerns no year always is.
func inYears(q store.Query, n int) bool {
	return n == 0 || (q.FromYear == 0 || n >= q.FromYear) && (q.ToYear == 0 || n <= q.ToYear)
}

// Indicators is the table of the definitions, one row for each indicator and format.
func Indicators() Table {
	return NewTable("indicators", func(_ context.Context, yield func(Row) error) error {
		for _, i := range standard.Indicators() {
			for _, format := range standard.Formats() {
				f, ok := i.Formulas[format]
				if !ok {
					continue
				}
				if err := yield(Row{i.ID, i.Version, i.Group, i.Name.ZH, i.Name.EN, i.Unit, string(format), f.String(), i.Note.ZH, i.Note.EN}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Dictionary is the table of every cell of every form, from the standard itself.
func Dictionary() Table {
	return NewTable("dictionary", func(_ context.Context, yield func(Row) error) error {
		for _, format := range standard.Formats() {
			form := standard.FormOf(format)
			for _, c := range form.Cells {
				row := Row{string(format), string(c.Code), string(c.Table), c.RowLabel.ZH, c.ColumnLabel.ZH, c.RowLabel.EN, c.ColumnLabel.EN,
					string(c.Unit), c.Row, c.Column, form.From, year(form.To)}
				if err := yield(row); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
