package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"gongkai/internal/report"
)

// A scanner is a row that can be scanned.
type scanner interface{ Scan(dest ...any) error }

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// scanAlso is a row that has more columns behind those of another query.
type scanAlso struct {
	scanner
	also []any
}

// Scan implements scanner.
func (s scanAlso) Scan(dest ...any) error { return s.scanner.Scan(append(dest, s.also...)...) }

// collect returns what scan makes of each row of a query.
func collect[T any](ctx context.Context, q querier, query string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, explain(err)
	}
	return all, nil
}

// one returns what scan makes of the only row of a query, and report.ErrNotFound
// where there is none.
func one[T any](ctx context.Context, q querier, query string, scan func(scanner) (T, error), args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, report.ErrNotFound
	}
	if err != nil {
		return v, explain(err)
	}
	return v, nil
}

// last is the run that a question without a run is answered for.
const last = RunID(math.MaxInt64)

// orLast returns the run that asOf means.
func orLast(asOf RunID) RunID {
	if asOf <= 0 {
		return last
	}
	return asOf
}

// holds is the condition that a fact of a table holds after a run. It takes the
// run twice.
func holds(table string) string {
	return table + ".from_run <= ? AND (" + table + ".until_run IS NULL OR " + table + ".until_run > ?)"
}

// marks returns n placeholders for a list.
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// millis is a time as the database keeps it.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the time that millis kept.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// dateText is a date as the database keeps it.
func dateText(d report.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// parseDate is the date that dateText kept.
func parseDate(s string) (d report.Date, err error) {
	if s == "" {
		return d, nil
	}
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return d, fmt.Errorf("date %q: %w", s, err)
	}
	return report.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}, nil
}

// toJSON is a value of plain data as the database keeps it; nil slices and maps
// are kept as the empty text.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if string(b) == "null" {
		return "", err
	}
	return string(b), err
}

// fromJSON reads what toJSON wrote.
func fromJSON(s string, v any) error {
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), v)
}
