package export

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"iter"
	"strings"
	"sync"

	"gongkai/internal/standard"
)

// columnsCSV describes every table of the exports and of the API, and every column: a row
// without a column is the table itself, with the columns of its key for a type, and one
// whose column begins with + takes the columns of a group.
//
//go:embed columns.csv
var columnsCSV string

// described are the tables of columns.csv by their names, without their rows. The file is
// part of the program, so that a fault in it is a fault of the build.
var described = sync.OnceValue(func() map[string]Table {
	all, err := readColumns(columnsCSV)
	if err != nil {
		panic(fmt.Sprintf("export: columns.csv: %v", err))
	}
	return all
})

// Described returns what a table is and what its columns are. A name that columns.csv
// lacks has no columns, which no reader of rows takes.
func Described(name string) Table {
	t := described()[name]
	t.Columns = append([]Column(nil), t.Columns...)
	return t
}

// NewTable returns a table that columns.csv describes, whose rows a walk yields.
func NewTable(name string, each func(ctx context.Context, yield func(Row) error) error) Table {
	return Described(name).of(each)
}

// of is a table with the rows that a walk yields.
func (t Table) of(each func(ctx context.Context, yield func(Row) error) error) Table {
	t.Rows = func(ctx context.Context) iter.Seq2[Row, error] {
		return Walk(func(yield func(Row) error) error { return each(ctx, yield) })
	}
	return t
}

// readColumns reads descriptions; a group stands before what takes it.
func readColumns(text string) (map[string]Table, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	all := make(map[string]Table)
	for i, row := range rows[1:] {
		name, about := row[0], standard.Label{ZH: row[3], EN: row[4]}
		t, known := all[name]
		group, grouped := strings.CutPrefix(row[1], "+")
		switch {
		case known != (row[1] != ""):
			return nil, fmt.Errorf("line %d: %s needs one row without a column before its columns", i+2, name)
		case !known:
			t = Table{Name: name, About: about, Key: strings.Fields(row[2])}
		case grouped && all[group].Name == "":
			return nil, fmt.Errorf("line %d: no group %s stands above", i+2, group)
		case grouped:
			t.Columns = append(t.Columns, all[group].Columns...)
		default:
			c := Column{Name: row[1], Kind: Kind(row[2]), About: about}
			if c.Kind == "date" || c.Kind == "date-time" {
				c.Kind, c.Format = String, row[2]
			}
			if !c.Kind.known() || about.ZH == "" || about.EN == "" {
				return nil, fmt.Errorf("line %d: %s needs a type that there is, and texts in both languages", i+2, row[1])
			}
			t.Columns = append(t.Columns, c)
		}
		all[name] = t
	}
	return all, nil
}

func (k Kind) known() bool {
	switch k {
	case String, Integer, Number, Boolean, List:
		return true
	}
	return false
}
