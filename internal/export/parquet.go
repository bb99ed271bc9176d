package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/parquet-go/parquet-go"

	"gongkai/internal/report"
)

// batch is how many rows Parquet takes at a time.
const batch = 256

// groupRows is how many rows stand in a row group: what a writer keeps in memory.
const groupRows = 128 << 10

// WriteParquet writes a table as Parquet with typed columns in their order: integers,
// doubles, booleans, dates, times, and texts through a dictionary. Every column may be
// null. A list is its words with spaces between them, as in CSV.
func WriteParquet(ctx context.Context, to io.Writer, t Table) error {
	schema := parquetSchema(t)
	w := parquet.NewWriter(to, schema, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(groupRows))
	rows := make([]parquet.Row, 0, batch)
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		values := make(parquet.Row, len(row))
		for i, v := range row {
			if values[i], err = parquetValue(t.Columns[i], v, i); err != nil {
				return fmt.Errorf("column %s: %w", t.Columns[i].Name, err)
			}
		}
		if rows = append(rows, values); len(rows) == batch {
			if _, err := w.WriteRows(rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if _, err := w.WriteRows(rows); err != nil {
		return err
	}
	return w.Close()
}

// parquetSchema is made from a struct type, since that keeps the order of the columns.
func parquetSchema(t Table) *parquet.Schema {
	fields := make([]reflect.StructField, len(t.Columns))
	for i, c := range t.Columns {
		kind, tag := reflect.TypeFor[*string](), c.Name+",optional,dict"
		switch {
		case c.Format == "date":
			kind, tag = reflect.TypeFor[int32](), c.Name+",optional,date"
		case c.Format == "date-time":
			kind, tag = reflect.TypeFor[int64](), c.Name+",optional,timestamp(millisecond)"
		case c.Kind == Integer:
			kind, tag = reflect.TypeFor[*int64](), c.Name+",optional"
		case c.Kind == Number:
			kind, tag = reflect.TypeFor[*float64](), c.Name+",optional"
		case c.Kind == Boolean:
			kind, tag = reflect.TypeFor[*bool](), c.Name+",optional"
		}
		fields[i] = reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: kind, Tag: reflect.StructTag(`parquet:"` + tag + `"`)}
	}
	return parquet.NewSchema(t.Name, parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

var errType = errors.New("not of the column's type")

// parquetValue is a value at its column. A state of a wide table is null: it is no number.
func parquetValue(c Column, v any, at int) (parquet.Value, error) {
	value, err := typed(c, v)
	if err != nil || value.IsNull() {
		return parquet.NullValue().Level(0, 0, at), err
	}
	return value.Level(0, 1, at), nil
}

func typed(c Column, v any) (parquet.Value, error) {
	switch v := v.(type) {
	case nil, state:
		return parquet.NullValue(), nil
	case bool:
		return parquet.BooleanValue(v), nil
	case report.Amount:
		return parquet.DoubleValue(v.Float()), nil
	case float64:
		return parquet.DoubleValue(v), nil
	case int:
		return parquet.Int64Value(int64(v)), nil
	case int64:
		return parquet.Int64Value(v), nil
	case string:
		return typedText(c, v)
	case []string:
		return parquet.ByteArrayValue([]byte(Text(v))), nil
	}
	return parquet.Value{}, fmt.Errorf("%T: %w", v, errType)
}

// typedText is a text, or the date or time that it writes. No text is led by an
// apostrophe here: no spreadsheet opens Parquet.
func typedText(c Column, s string) (parquet.Value, error) {
	switch c.Format {
	case "date":
		t, err := time.Parse(time.DateOnly, s)
		return parquet.Int32Value(int32(t.Unix() / (24 * 60 * 60))), err
	case "date-time":
		t, err := time.Parse(time.RFC3339, s)
		return parquet.Int64Value(t.UnixMilli()), err
	}
	return parquet.ByteArrayValue([]byte(s)), nil
}
