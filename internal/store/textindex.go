package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"gongkai/internal/report"
)

// segmentSize is how many readings share a segment of the index of texts. A reading
// waits in search_texts until its segment is full; then the pairs of all of them are
// written at once, so that storing a report costs one row and not a thousand.
const segmentSize = 1024

// indexReading keeps the pairs of characters of a new reading, and writes the segments
// that are full.
func indexReading(ctx context.Context, tx *sql.Tx, reading int64, grams []byte) error {
	if len(grams) > 0 {
		const add = `INSERT INTO search_texts (reading, grams) VALUES (?, ?) ON CONFLICT (reading) DO NOTHING`
		if _, err := tx.ExecContext(ctx, add, reading, grams); err != nil {
			return err
		}
	}
	if reading%segmentSize != 0 {
		return nil
	}
	return writeSegments(ctx, tx, reading/segmentSize)
}

// An indexedText is a row of search_texts.
type indexedText struct {
	reading int64
	grams   []byte
}

// writeSegments moves what waits into the segments before the one given.
func writeSegments(ctx context.Context, tx *sql.Tx, before int64) error {
	const query = `SELECT reading, grams FROM search_texts WHERE reading < ? ORDER BY reading`
	texts, err := collect(ctx, tx, query, func(row scanner) (t indexedText, err error) {
		return t, row.Scan(&t.reading, &t.grams)
	}, before*segmentSize)
	if err != nil {
		return err
	}
	for len(texts) > 0 {
		segment := texts[0].reading / segmentSize
		end := slices.IndexFunc(texts, func(t indexedText) bool { return t.reading/segmentSize != segment })
		if end < 0 {
			end = len(texts)
		}
		if err := writeSegment(ctx, tx, segment, texts[:end]); err != nil {
			return err
		}
		texts = texts[end:]
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM search_texts WHERE reading < ?`, before*segmentSize)
	return err
}

// writeSegment writes the postings of a segment.
func writeSegment(ctx context.Context, tx *sql.Tx, segment int64, texts []indexedText) error {
	places := make(map[uint64][]uint64)
	for _, t := range texts {
		unpackNumbers(t.grams, func(g uint64) bool {
			places[g] = append(places[g], uint64(t.reading%segmentSize))
			return true
		})
	}
	rows := tableRows{table: "search_postings", columns: []string{"gram", "segment", "readings"}}
	for _, g := range slices.Sorted(maps.Keys(places)) {
		rows.add(int64(g), segment, packNumbers(places[g]))
	}
	return rows.insert(ctx, tx)
}

// ensureIndexes makes the indexes of a database that was filled before there were any:
// every agency has a name, so one without names tells.
func (db *DB) ensureIndexes(ctx context.Context) error {
	const query = `SELECT COUNT(*) FROM (SELECT id FROM agencies LIMIT 1) AS a WHERE NOT EXISTS (SELECT 1 FROM agency_names)`
	n, err := one(ctx, db.read, query, func(row scanner) (n int, err error) { return n, row.Scan(&n) })
	if err != nil || n == 0 {
		return err
	}
	return db.Reindex(ctx)
}

// Reindex makes the indexes of names and of texts again from what is kept. Others that
// write wait for it.
func (db *DB) Reindex(ctx context.Context) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"agency_names", "search_texts", "search_postings"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		if err := indexAllNames(ctx, tx); err != nil {
			return err
		}
		return db.indexAllTexts(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("make the search index: %w", err)
	}
	return nil
}

// indexAllTexts indexes every reading, one segment after another.
func (db *DB) indexAllTexts(ctx context.Context, tx *sql.Tx) error {
	last, err := one(ctx, tx, `SELECT COALESCE(MAX(id), 0) FROM readings`, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	})
	if err != nil {
		return err
	}
	for from := int64(0); from <= last; from += segmentSize {
		const query = `SELECT reading, document FROM reading_details WHERE reading >= ? AND reading < ? ORDER BY reading`
		texts, err := collect(ctx, tx, query, scanText, from, from+segmentSize)
		if err != nil {
			return err
		}
		for _, t := range texts {
			if err := indexReading(ctx, tx, t.reading, t.grams); err != nil {
				return err
			}
		}
	}
	return writeSegments(ctx, tx, last/segmentSize)
}

// scanText makes the pairs of a row of reading_details.
func scanText(row scanner) (t indexedText, err error) {
	var packed []byte
	if err := row.Scan(&t.reading, &packed); err != nil {
		return t, err
	}
	sections, err := sectionsOf(packed)
	if err != nil {
		return t, fmt.Errorf("reading %d: %w", t.reading, err)
	}
	t.grams = packNumbers(readingGrams(sections))
	return t, nil
}

// sectionsOf reads the words of a reading.
func sectionsOf(packed []byte) ([]report.Section, error) {
	raw, err := inflated(packed)
	if err != nil {
		return nil, err
	}
	var v Version
	if err := unpackDocument(raw, &v); err != nil {
		return nil, err
	}
	return v.Reading.Sections, nil
}

// A segmentSet is a set of the places of a segment.
type segmentSet [segmentSize / 64]uint64

// readingsWith returns the readings whose words have all of the pairs, the latest
// first and at most limit of them.
func readingsWith(ctx context.Context, q querier, grams []uint64, limit int) ([]int64, error) {
	sets, err := segmentsWith(ctx, q, grams)
	if err != nil {
		return nil, err
	}
	const query = `SELECT reading, grams FROM search_texts ORDER BY reading`
	found, err := collect(ctx, q, query, func(row scanner) (id int64, err error) {
		var packed []byte
		if err := row.Scan(&id, &packed); err != nil || holdsAll(packed, grams) {
			return id, err
		}
		return 0, nil
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(id int64) bool { return id == 0 })
	for segment, set := range sets {
		for i, block := range set {
			for ; block != 0; block &= block - 1 {
				found = append(found, segment*segmentSize+int64(i*64+bits.TrailingZeros64(block)))
			}
		}
	}
	slices.SortFunc(found, func(a, b int64) int { return int(b - a) })
	return found[:min(len(found), limit)], nil
}

// segmentsWith intersects the postings of pairs.
func segmentsWith(ctx context.Context, q querier, grams []uint64) (map[int64]segmentSet, error) {
	var sets map[int64]segmentSet
	for _, g := range grams {
		next := make(map[int64]segmentSet)
		const query = `SELECT segment, readings FROM search_postings WHERE gram = ?`
		_, err := collect(ctx, q, query, func(row scanner) (struct{}, error) {
			var segment int64
			var packed []byte
			if err := row.Scan(&segment, &packed); err != nil {
				return struct{}{}, err
			}
			before, ok := sets[segment]
			if sets != nil && !ok {
				return struct{}{}, nil
			}
			var set segmentSet
			unpackNumbers(packed, func(n uint64) bool {
				if n < segmentSize && (sets == nil || before[n/64]&(1<<(n%64)) != 0) {
					set[n/64] |= 1 << (n % 64)
				}
				return true
			})
			next[segment] = set
			return struct{}{}, nil
		}, int64(g))
		if err != nil {
			return nil, err
		}
		sets = next
	}
	return sets, nil
}
