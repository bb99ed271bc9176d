package store

import (
	"context"
	"fmt"
	"slices"
)

// A relation is a table as the database itself describes it.
type relation struct {
	name    string
	columns []string // in the order of the schema
	key     []string // columns of the primary key, in its order
	refers  []string // tables that its rows refer to
	serial  string   // column that the database numbers; "" where none
}

// describe are the questions that a dialect answers of its own tables; those of the
// queue's library, which differ, are none of ours. Each but the first is asked of one table.
var describe = map[dialect]struct{ tables, columns, refers string }{
	onSQLite: {
		tables: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version' AND name NOT LIKE 'river%' ORDER BY name`,
		columns: `SELECT name, pk, type = 'INTEGER' AND pk = 1 AND
			(SELECT sql FROM sqlite_master WHERE name = ?) LIKE '%AUTOINCREMENT%' FROM pragma_table_info(?) ORDER BY cid`,
		refers: `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`,
	},
	onPostgres: {
		tables: `SELECT table_name FROM information_schema.tables
			WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'goose_db_version' AND table_name NOT LIKE 'river%' ORDER BY table_name`,
		columns: `SELECT c.column_name, COALESCE(array_position(i.indkey::int[], c.ordinal_position::int) + 1, 0), c.is_identity = 'YES'
			FROM information_schema.columns AS c LEFT JOIN pg_index AS i ON i.indrelid = ?::text::regclass AND i.indisprimary
			WHERE c.table_schema = current_schema() AND c.table_name = ? ORDER BY c.ordinal_position`,
		refers: `SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = ?::text::regclass`,
	},
}

// relations returns the tables of the schema, each after those that it refers to.
func (db *DB) relations(ctx context.Context) ([]relation, error) {
	ask := describe[db.dialect]
	text := func(row scanner) (s string, err error) { return s, row.Scan(&s) }
	names, err := collect(ctx, db.read, ask.tables, text)
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	byName := map[string]relation{}
	for _, name := range names {
		r := relation{name: name}
		if r.refers, err = collect(ctx, db.read, ask.refers, text, name); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		if err := r.describe(ctx, db.read, ask.columns); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		byName[name] = r
	}
	return referredFirst(names, byName), nil
}

// describe fills in the columns.
func (r *relation) describe(ctx context.Context, q querier, query string) error {
	type column struct {
		name   string
		place  int // in the primary key, from 1
		serial bool
	}
	columns, err := collect(ctx, q, query, func(row scanner) (c column, err error) {
		return c, row.Scan(&c.name, &c.place, &c.serial)
	}, r.name, r.name)
	if err != nil {
		return err
	}
	var key []column
	for _, c := range columns {
		r.columns = append(r.columns, c.name)
		if c.place > 0 {
			key = append(key, c)
		}
		if c.serial {
			r.serial = c.name
		}
	}
	slices.SortFunc(key, func(a, b column) int { return a.place - b.place })
	for _, c := range key {
		r.key = append(r.key, c.name)
	}
	return nil
}

// referredFirst orders tables so that each comes after those that it refers to.
func referredFirst(names []string, byName map[string]relation) []relation {
	var all []relation
	done := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		for _, other := range byName[name].refers {
			visit(other)
		}
		all = append(all, byName[name])
	}
	for _, name := range names {
		visit(name)
	}
	return all
}
