package store

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A Prose is what a current version says in words.
type Prose struct {
	Version    VersionID
	Agency     report.AgencyID
	AgencyName string
	Short      string
	Region     standard.RegionCode
	Year       int
	Format     standard.Format
	Status     report.Status
	Original   report.SHA256
	Title      string
	Sections   []report.Section
	Narrative  []report.Statement
	Values     []report.Value // State and Amount only
}

// EachProse calls f with the words of the current versions one after another, by
// county, roster order and year. They are f's only until it returns.
func (db *DB) EachProse(ctx context.Context, q Query, f func(p *Prose) error) error {
	if err := db.eachProse(ctx, q, f); err != nil {
		return fmt.Errorf("prose: %w", err)
	}
	return nil
}

func (db *DB) eachProse(ctx context.Context, q Query, f func(p *Prose) error) error {
	cond, args := q.where()
	query := `
		SELECT v.id, v.agency, a.name, a.short, a.region, v.year, r.format, r.status, v.original, v.title, r.cells, d.document` + joined + `
		JOIN reading_details AS d ON d.reading = r.id
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanProse(rows)
		if err != nil {
			return err
		}
		if err := f(p); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// scanProse reads a row of eachProse.
func scanProse(row scanner) (*Prose, error) {
	var p Prose
	var cells, packed sql.RawBytes
	err := row.Scan(&p.Version, &p.Agency, &p.AgencyName, &p.Short, &p.Region, &p.Year, &p.Format, &p.Status,
		&p.Original, &p.Title, &cells, &packed)
	if err != nil {
		return nil, err
	}
	if p.Values, err = unpackValues(cells, nil); err != nil {
		return nil, err
	}
	raw, err := inflated(packed)
	if err != nil {
		return nil, err
	}
	var v Version
	if err := unpackDocument(raw, &v); err != nil {
		return nil, err
	}
	p.Sections, p.Narrative = v.Reading.Sections, v.Reading.Narrative
	return &p, nil
}

// Value returns what stands in a cell; Absent where the format has no such cell.
func (p *Prose) Value(code standard.CellCode) report.Value {
	v := VersionValues{Format: p.Format, Values: p.Values}
	return v.Value(code)
}
