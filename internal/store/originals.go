package store

import (
	"context"
	"database/sql"
	"fmt"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// PutOriginal keeps the record of archived bytes. The first record of a hash stays.
func (db *DB) PutOriginal(ctx context.Context, run RunID, o report.Original) error {
	return db.transact(ctx, func(tx *sql.Tx) error { return putOriginals(ctx, tx, run, o) })
}

// putOriginals is PutOriginal of several within a transaction.
func putOriginals(ctx context.Context, tx *sql.Tx, run RunID, all ...report.Original) error {
	rows := tableRows{table: "originals", columns: []string{"hash", "url", "requested_url", "content_type", "size", "fetched_at", "status",
		"request_header", "response_header", "run", "demo", "handed_in"}, conflict: " ON CONFLICT (hash) DO NOTHING"}
	for _, o := range all {
		asked, err := toJSON(o.RequestHeader)
		if err != nil {
			return err
		}
		answered, err := toJSON(o.ResponseHeader)
		if err != nil {
			return err
		}
		rows.add(o.Hash, o.URL, o.RequestedURL, o.ContentType, o.Size, millis(o.FetchedAt), o.Status, asked, answered, run, o.Demo, o.HandedIn)
	}
	if err := rows.insert(ctx, tx); err != nil {
		return fmt.Errorf("keep the records of originals: %w", explain(err))
	}
	return nil
}

// Original returns the record of archived bytes, and report.ErrNotFound for a hash
// that was never archived.
func (db *DB) Original(ctx context.Context, hash report.SHA256) (report.Original, error) {
	o, err := original(ctx, db.read, hash)
	if err != nil {
		return o, fmt.Errorf("original %s: %w", hash, err)
	}
	return o, nil
}

// original is Original for those that wrap the error themselves.
func original(ctx context.Context, q querier, hash report.SHA256) (report.Original, error) {
	const query = `
		SELECT hash, url, requested_url, content_type, size, fetched_at, status,
			request_header, response_header, demo, handed_in
		FROM originals WHERE hash = ?`
	return one(ctx, q, query, func(row scanner) (o report.Original, err error) {
		var at int64
		var asked, answered string
		err = row.Scan(&o.Hash, &o.URL, &o.RequestedURL, &o.ContentType, &o.Size, &at, &o.Status,
			&asked, &answered, &o.Demo, &o.HandedIn)
		if err != nil {
			return o, err
		}
		o.FetchedAt = fromMillis(at)
		if err := fromJSON(asked, &o.RequestHeader); err != nil {
			return o, err
		}
		return o, fromJSON(answered, &o.ResponseHeader)
	}, hash)
}

// PortalOriginals returns the hashes of what a portal has answered, the first first.
func (db *DB) PortalOriginals(ctx context.Context, portal string) ([]report.SHA256, error) {
	const query = `
		SELECT hash FROM originals
		WHERE requested_url IN (SELECT url FROM requests WHERE portal = ?)
			OR url IN (SELECT url FROM requests WHERE portal = ?)
		ORDER BY fetched_at, hash`
	all, err := collect(ctx, db.read, query, scanHash, portal, portal)
	if err != nil {
		return nil, fmt.Errorf("originals of portal %s: %w", portal, err)
	}
	return all, nil
}

// Originals returns the hashes of all archived bytes in their order.
func (db *DB) Originals(ctx context.Context) ([]report.SHA256, error) {
	all, err := collect(ctx, db.read, `SELECT hash FROM originals ORDER BY hash`, scanHash)
	if err != nil {
		return nil, fmt.Errorf("originals: %w", err)
	}
	return all, nil
}

// scanHash reads a row that is a hash.
func scanHash(row scanner) (hash report.SHA256, err error) { return hash, row.Scan(&hash) }

// LastAnswer returns the record of the bytes that were archived last, and
// report.ErrNotFound where there are none.
func (db *DB) LastAnswer(ctx context.Context) (report.Original, error) {
	hash, err := one(ctx, db.read, `SELECT hash FROM originals ORDER BY fetched_at DESC LIMIT 1`, scanHash)
	if err != nil {
		return report.Original{}, fmt.Errorf("last answer: %w", err)
	}
	return db.Original(ctx, hash)
}

// RegionsOfOriginal returns the regions of the agencies whose reports were read from
// bytes, or on whose page they were linked.
func (db *DB) RegionsOfOriginal(ctx context.Context, hash report.SHA256) ([]standard.RegionCode, error) {
	const query = `
		SELECT DISTINCT a.region FROM versions AS v JOIN agencies AS a ON a.id = v.agency AND a.until_run IS NULL
		WHERE v.original = ? OR v.page = ?`
	codes, err := collect(ctx, db.read, query, func(row scanner) (code standard.RegionCode, err error) {
		return code, row.Scan(&code)
	}, hash, hash)
	if err != nil {
		return nil, fmt.Errorf("regions of original %s: %w", hash, err)
	}
	return codes, nil
}
