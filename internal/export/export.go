// Package export writes what is known in the forms that other programs read.
//
// In: a question to the store. Out: the same tables with the same column names as CSV,
// JSON, workbooks, a Frictionless Data Package, an SQLite snapshot and Parquet, each
// with its description, and the originals behind them. Figures are the printed ones:
// what is not a printed number has a state and no value in every form. Rows are streamed,
// so that memory does not grow with what is asked for. The package judges nothing, and
// what it writes under a name is whole or not there.
package export

import (
	"context"
	"fmt"
	"iter"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A Kind is the type of a column's values, by its name in JSON Schema.
type Kind string

// The kinds. A value of any kind may be missing.
const (
	String  Kind = "string"
	Integer Kind = "integer"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	List    Kind = "array" // of strings
)

// A Column is one value of a row, the same in every form of a table.
type Column struct {
	Name   string
	Kind   Kind
	Format string // of a string: date, date-time or ""
	About  standard.Label
	Unit   standard.Unit     // of what it counts; "" where it counts nothing
	Cell   standard.CellCode // of a column of a wide table: its words for what is no number are states
}

// A Row has one value for each column: string, int, int64, float64, bool, report.Amount,
// []string or nil. It is the taker's only until the next one is asked for.
type Row []any

// A Table is rows under described columns. Key names the columns that tell its rows apart,
// nil where nothing does.
type Table struct {
	Name    string
	About   standard.Label
	Columns []Column
	Key     []string
	Rows    func(ctx context.Context) iter.Seq2[Row, error]
}

// Names returns the names of the columns.
func (t Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// A Query says what is exported.
type Query struct {
	store.Query
	Status  report.Status              // "" for all
	Cells   map[standard.CellCode]bool // nil for all
	English bool                       // labels in English; statutory labels are Chinese otherwise
}

// An errStop ends a walk through the store when the taker has enough.
type errStop struct{}

func (errStop) Error() string { return "stopped" }

// Walk makes rows of a walk through the store. each calls its argument with every row
// and stops when it returns an error.
func Walk(each func(yield func(Row) error) error) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		stopped := false
		err := each(func(r Row) error {
			if stopped = !yield(r, nil); stopped {
				return errStop{}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// Tables returns the tables of an export, in the order in which they refer to each other.
func Tables(db *store.DB, q Query) []Table {
	tables := []Table{Regions(db, q), Agencies(db, q), Reports(db, q), Cells(db, q), Findings(db, q), Sources(db, q), Versions(db, q), EarlierCells(db, q), Corrections(db, q), Changes(db, q), Indicators(), Rules(), Dictionary()}
	for _, f := range standard.Formats() {
		tables = append(tables, Wide(db, q, f))
	}
	return tables
}

// Find returns the table of that name.
func Find(tables []Table, name string) (Table, error) {
	for _, t := range tables {
		if t.Name == name {
			return t, nil
		}
	}
	return Table{}, fmt.Errorf("table %q: %w", name, report.ErrNotFound)
}
