package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"strings"

	"gongkai/internal/fault"
)

// A Transferred is what was copied of one table.
type Transferred struct {
	Table string
	Rows  int64
	Sum   string // SHA-256 of its rows in the order of the primary key, the same in both databases
}

// atATime is how many values one statement inserts at most: SQLite takes 32766.
const atATime = 8000

// Transfer copies everything that one database has into another, which must be empty,
// whatever kind each is. It is one transaction: until all is there and reads back the
// same, nothing is. report is told of each table after it was compared.
func Transfer(ctx context.Context, from, to *DB, report func(Transferred) error) error {
	tables, err := from.relations(ctx)
	if err != nil {
		return fmt.Errorf("transfer: source: %w", err)
	}
	theirs, err := to.relations(ctx)
	if err != nil {
		return fmt.Errorf("transfer: target: %w", err)
	}
	if err := alike(tables, theirs); err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	source, err := from.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: from.snapshot()})
	if err != nil {
		return fmt.Errorf("transfer: source: %w", explain(err))
	}
	defer source.Rollback() //nolint:errcheck // it only read
	err = to.transact(ctx, func(tx *sql.Tx) error {
		for _, t := range tables {
			if err := empty(ctx, tx, t); err != nil {
				return err
			}
		}
		for _, t := range tables {
			done, err := t.transfer(ctx, source, tx, to.dialect)
			fault.Point("store.transferred")
			if err != nil {
				return fmt.Errorf("table %s: %w", t.name, explain(err))
			}
			if err := report(done); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	return nil
}

// snapshot is the isolation in which all questions of a transaction are answered from
// one state.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.dialect == onPostgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// alike holds that two databases have the same tables and columns.
func alike(ours, theirs []relation) error {
	in := map[string]relation{}
	for _, t := range theirs {
		in[t.name] = t
	}
	for _, t := range ours {
		other, ok := in[t.name]
		if !ok {
			return fmt.Errorf("the target has no table %s; bring both to the same schema with the same program", t.name)
		}
		if strings.Join(t.columns, " ") != strings.Join(other.columns, " ") {
			return fmt.Errorf("table %s has the columns %v here and %v in the target; bring both to the same schema with the same program", t.name, t.columns, other.columns)
		}
	}
	if len(ours) != len(theirs) {
		return fmt.Errorf("the target has %d tables and the source %d; give an empty database of this program", len(theirs), len(ours))
	}
	return nil
}

// empty holds that a table of the target has no rows but those that the schema brings.
func empty(ctx context.Context, tx *sql.Tx, t relation) error {
	var n int64
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+t.name).Scan(&n); err != nil {
		return fmt.Errorf("table %s: %w", t.name, err)
	}
	if n > 0 {
		return fmt.Errorf("the target is not empty: table %s has %d rows; give a new database", t.name, n)
	}
	return nil
}

// transfer copies the rows of a table and compares what the target then has.
func (t relation) transfer(ctx context.Context, source, target querier, d dialect) (Transferred, error) {
	rows, sum := 0, sha256.New()
	batch := make([]any, 0, atATime)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := target.ExecContext(ctx, t.insertion(len(batch)/len(t.columns)), batch...)
		batch = batch[:0]
		return err
	}
	err := t.each(ctx, source, func(row []any) error {
		rows++
		write(sum, row)
		if len(batch)+len(row) > atATime {
			if err := flush(); err != nil {
				return err
			}
		}
		batch = append(batch, row...)
		return nil
	})
	if err = errors.Join(err, flush()); err != nil {
		return Transferred{}, err
	}
	done := Transferred{Table: t.name, Rows: int64(rows), Sum: hex.EncodeToString(sum.Sum(nil))}
	if err := t.compare(ctx, target, done); err != nil {
		return Transferred{}, err
	}
	return done, t.continueNumbers(ctx, target, d)
}

// compare holds that a table has what it was given.
func (t relation) compare(ctx context.Context, target querier, want Transferred) error {
	rows, sum := int64(0), sha256.New()
	err := t.each(ctx, target, func(row []any) error {
		rows++
		write(sum, row)
		return nil
	})
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); rows != want.Rows || got != want.Sum {
		return fmt.Errorf("the target has %d rows with the sum %s, the source %d with %s; nothing was kept", rows, got, want.Rows, want.Sum)
	}
	return nil
}

// insertion is the statement that inserts n rows.
func (t relation) insertion(n int) string { return insertion(t.name, t.columns, n) }

// insertion is the statement that inserts n rows into a table.
func insertion(table string, columns []string, n int) string {
	one := "(" + marks(len(columns)) + ")"
	return `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES ` + one + strings.Repeat(", "+one, n-1)
}

// each calls f with every row in the order of the primary key. The row is f's to keep.
func (t relation) each(ctx context.Context, q querier, f func(row []any) error) error {
	rows, err := q.QueryContext(ctx, `SELECT `+strings.Join(t.columns, ", ")+` FROM `+t.name+` ORDER BY `+strings.Join(t.key, ", "))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, places := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// continueNumbers has the database number on after the greatest number copied. SQLite
// does so by itself.
func (t relation) continueNumbers(ctx context.Context, target querier, d dialect) error {
	if t.serial == "" || d != onPostgres {
		return nil
	}
	_, err := target.ExecContext(ctx, fmt.Sprintf(
		`SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), COALESCE((SELECT MAX(%[2]s) FROM %[1]s), 0) + 1, false)`, t.name, t.serial))
	return err
}

// write adds a row to a sum, each value with its kind and length.
func write(sum hash.Hash, row []any) {
	var b []byte
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 0)
		case bool:
			b = append(b, 1, 0)
			if v {
				b[len(b)-1] = 1
			}
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 2), uint64(v))
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 3), math.Float64bits(v))
		case string:
			b = append(binary.BigEndian.AppendUint64(append(b, 4), uint64(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint64(append(b, 5), uint64(len(v))), v...)
		default:
			b = fmt.Appendf(append(b, 6), "%T %v", v, v)
		}
	}
	sum.Write(b)
}
