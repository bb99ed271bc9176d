package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"

	"gongkai/internal/report"
)

// A NameHit is an agency with the name that a search found it by.
type NameHit struct {
	Agency report.Agency
	Name   string
	Kind   string // name, short, alias or former
}

// readingsOfName bounds how many ways to read a name are kept: characters that are read
// in several ways multiply.
const readingsOfName = 8

// spellings returns the ways to spell a name in pinyin without tones: whole, and by
// initials. What is no Chinese character stands as it is.
func spellings(name string) (whole, initials []string) {
	args := pinyin.NewArgs()
	args.Heteronym = true
	args.Fallback = func(r rune, _ pinyin.Args) []string { return []string{string(fold(r))} }
	whole, initials = []string{""}, []string{""}
	for _, ways := range pinyin.Pinyin(name, args) {
		slices.Sort(ways)
		ways = slices.Compact(ways)
		var nextWhole, nextInitials []string
		for i := range whole {
			for _, way := range ways {
				if way != "" && len(nextWhole) < readingsOfName {
					nextWhole, nextInitials = append(nextWhole, whole[i]+way), append(nextInitials, initials[i]+string([]rune(way)[:1]))
				}
			}
		}
		if nextWhole != nil {
			whole, initials = nextWhole, nextInitials
		}
	}
	return whole, initials
}

// A knownName is one of the names of an agency.
type knownName struct{ name, kind string }

// namesOf returns all names that an agency has and had, the present ones first.
func namesOf(ctx context.Context, q querier, id report.AgencyID) ([]knownName, error) {
	const query = `SELECT name, short, aliases, CASE WHEN until_run IS NULL THEN 0 ELSE 1 END AS ended FROM agencies WHERE id = ? ORDER BY ended, from_run DESC`
	var list []knownName
	_, err := collect(ctx, q, query, func(row scanner) (struct{}, error) {
		var name, short, packed string
		var ended int
		if err := row.Scan(&name, &short, &packed, &ended); err != nil {
			return struct{}{}, err
		}
		var aliases []string
		if err := fromJSON(packed, &aliases); err != nil {
			return struct{}{}, err
		}
		kinds := []string{"name", "short", "alias"}
		if ended == 1 {
			kinds = []string{"former", "former", "former"}
		}
		list = append(list, knownName{name, kinds[0]}, knownName{short, kinds[1]})
		for _, alias := range aliases {
			list = append(list, knownName{alias, kinds[2]})
		}
		return struct{}{}, nil
	}, id)
	seen := make(map[string]bool)
	return slices.DeleteFunc(list, func(n knownName) bool {
		twice := seen[n.name] || n.name == ""
		seen[n.name] = true
		return twice
	}), err
}

// indexNames makes the index of the names of an agency again.
func indexNames(ctx context.Context, tx *sql.Tx, id report.AgencyID) error {
	names, err := namesOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM agency_names WHERE agency = ?`, id); err != nil {
		return err
	}
	rows, ordinal := tableRows{table: "agency_names", columns: []string{"agency", "ordinal", "name", "kind", "folded", "pinyin", "initials"}}, 0
	for _, n := range names {
		whole, initials := spellings(n.name)
		for i := range whole {
			rows.add(id, ordinal, n.name, n.kind, Folded(n.name), whole[i], initials[i])
			ordinal++
		}
	}
	return rows.insert(ctx, tx)
}

// indexAllNames indexes the names of every agency.
func indexAllNames(ctx context.Context, tx *sql.Tx) error {
	ids, err := collect(ctx, tx, `SELECT DISTINCT id FROM agencies`, func(row scanner) (id report.AgencyID, err error) {
		return id, row.Scan(&id)
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := indexNames(ctx, tx, id); err != nil {
			return fmt.Errorf("names of %s: %w", id, err)
		}
	}
	return nil
}

// namesRead bounds how many names a search looks at.
const namesRead = 600

// FindAgencies returns the agencies whose name, short name, alias or former name has a
// text, or whose pinyin or initials of it do: those that are meant exactly come first,
// then those that begin so.
func (db *DB) FindAgencies(ctx context.Context, text string, limit int) ([]NameHit, error) {
	want := strings.Join(strings.Fields(Folded(text)), "")
	if want == "" {
		return nil, nil
	}
	like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(want) + "%"
	query := selectAgencies + ` JOIN agency_names AS n ON n.agency = a.id
		WHERE a.until_run IS NULL AND (n.folded LIKE ? ESCAPE '!' OR n.pinyin LIKE ? ESCAPE '!' OR n.initials LIKE ? ESCAPE '!')
		ORDER BY a.county, a.position, n.ordinal LIMIT ?`
	query = strings.Replace(query, "SELECT a.id,", "SELECT n.name, n.kind, n.folded, n.pinyin, n.initials, a.id,", 1)
	type ranked struct {
		NameHit
		rank int
	}
	list, err := collect(ctx, db.read, query, func(row scanner) (r ranked, err error) {
		var keys [3]string
		a, err := scanAgency(prefixed{row, []any{&r.Name, &r.Kind, &keys[0], &keys[1], &keys[2]}})
		r.Agency, r.rank = a.Agency, nameRank(keys, want)
		return r, err
	}, like, like, like, namesRead)
	if err != nil {
		return nil, fmt.Errorf("find agencies by %q: %w", text, err)
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var hits []NameHit
	seen := make(map[report.AgencyID]bool)
	for _, r := range list {
		if !seen[r.Agency.ID] && len(hits) < limit {
			hits = append(hits, r.NameHit)
		}
		seen[r.Agency.ID] = true
	}
	return hits, nil
}

// nameRank is how near the keys of a name are to what is wanted: 0 is the same.
func nameRank(keys [3]string, want string) int {
	rank := 9
	for i, key := range keys {
		switch {
		case key == want:
			rank = min(rank, i)
		case strings.HasPrefix(key, want):
			rank = min(rank, 3+i)
		case strings.Contains(key, want):
			rank = min(rank, 6+i)
		}
	}
	return rank
}

// A prefixed scanner scans columns before those that another function scans.
type prefixed struct {
	scanner
	first []any
}

// Scan implements scanner.
func (p prefixed) Scan(dest ...any) error {
	return p.scanner.Scan(append(slices.Clone(p.first), dest...)...)
}
