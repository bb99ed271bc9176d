package store

import (
	"context"
	"fmt"

	"gongkai/internal/report"
)

// PutOriginal keeps the record of archived bytes. The first record of a hash stays.
func (db *DB) PutOriginal(ctx context.Context, run RunID, o report.Original) error {
	asked, err := toJSON(o.RequestHeader)
	if err != nil {
		return err
	}
	answered, err := toJSON(o.ResponseHeader)
	if err != nil {
		return err
	}
	const query = `
		INSERT INTO originals (hash, url, requested_url, content_type, size, fetched_at, status,
			request_header, response_header, run, demo)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (hash) DO NOTHING`
	_, err = db.write.ExecContext(ctx, query, o.Hash, o.URL, o.RequestedURL, o.ContentType, o.Size,
		millis(o.FetchedAt), o.Status, asked, answered, run, o.Demo)
	if err != nil {
		return fmt.Errorf("keep the record of original %s: %w", o.Hash, explain(err))
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
			request_header, response_header, demo
		FROM originals WHERE hash = ?`
	return one(ctx, q, query, func(row scanner) (o report.Original, err error) {
		var at int64
		var asked, answered string
		err = row.Scan(&o.Hash, &o.URL, &o.RequestedURL, &o.ContentType, &o.Size, &at, &o.Status,
			&asked, &answered, &o.Demo)
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
