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
	ReadingRef
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
	return db.EachProseBut(ctx, q, nil, f)
}

// EachProseBut is EachProse without the readings that are known of agencies as the register
// has had them since a run: their words are not unpacked.
func (db *DB) EachProseBut(ctx context.Context, q Query, known map[int64]RunID, f func(p *Prose) error) error {
	if err := db.eachProse(ctx, q, known, f); err != nil {
		return fmt.Errorf("prose: %w", err)
	}
	return nil
}

func (db *DB) eachProse(ctx context.Context, q Query, known map[int64]RunID, f func(p *Prose) error) error {
	cond, args := q.where()
	query := `
		SELECT v.id, v.agency, a.name, a.short, a.region, v.year, r.format, r.status, v.original, v.title, r.cells, d.document,
			r.id, a.from_run, a.county` + joined + `
		JOIN reading_details AS d ON d.reading = r.id
		WHERE ` + cond + `
		ORDER BY a.county, a.position, a.id, v.year`
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanProse(rows, known)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if err := f(p); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// scanProse reads a row of eachProse, nil where it is known.
func scanProse(row scanner, known map[int64]RunID) (*Prose, error) {
	var p Prose
	var cells, packed sql.RawBytes
	err := row.Scan(&p.Version, &p.Agency, &p.AgencyName, &p.Short, &p.Region, &p.Year, &p.Format, &p.Status,
		&p.Original, &p.Title, &cells, &packed, &p.Reading, &p.Listed, &p.County)
	if err != nil {
		return nil, err
	}
	if listed, ok := known[p.Reading]; ok && listed == p.Listed {
		return nil, nil
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
