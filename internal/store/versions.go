package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"gongkai/internal/report"
)

// content returns the hash of what a reading says: its format, values and narrative
// figures. A visitor counter, a date or a changed sentence leave it as it is.
func content(r *report.Reading) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%x\n", r.Format, packValues(r.Values))
	for i, v := range r.Values {
		if v.State == report.Words || v.State == report.Unread {
			fmt.Fprintf(h, "%d %q\n", i, strings.Join(strings.Fields(v.Text), " "))
		}
	}
	for _, s := range r.Narrative {
		fmt.Fprintf(h, "%q %d\n", s.Says, s.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// AddVersion keeps what was read from a document, whole or not at all. It is a new
// version only where it says something else than the report's versions do: other
// than the latest from the same address, or than all where the address is new. The
// version that it replaces ends with the run.
func (db *DB) AddVersion(ctx context.Context, run RunID, v NewVersion) (VersionID, Change, error) {
	var id VersionID
	var change Change
	err := db.transact(ctx, func(tx *sql.Tx) (err error) {
		id, change, err = addVersion(ctx, tx, run, v)
		return err
	})
	if err != nil {
		return 0, NoChange, fmt.Errorf("keep %s %d: %w", v.Agency, v.Year, err)
	}
	return id, change, nil
}

func addVersion(ctx context.Context, tx *sql.Tx, run RunID, v NewVersion) (VersionID, Change, error) {
	known, err := knownVersions(ctx, tx, v)
	if err != nil {
		return 0, NoChange, err
	}
	digest := content(&v.Reading)
	if same := sayingSame(known, v.URL, digest); same != 0 {
		return same, NoChange, nil
	}
	change, number, first := ChangeNew, 1, millis(v.FoundAt)
	if len(known) > 0 {
		newest := known[len(known)-1]
		change, number, first = ChangeRevised, newest.number+1, newest.first
		const end = `UPDATE versions SET until_run = ? WHERE agency = ? AND year = ? AND until_run IS NULL`
		if _, err := tx.ExecContext(ctx, end, run, v.Agency, v.Year); err != nil {
			return 0, NoChange, err
		}
	}
	id, err := insertVersion(ctx, tx, run, v, number, first)
	if err != nil {
		return 0, NoChange, err
	}
	if err := insertReading(ctx, tx, run, id, v, digest); err != nil {
		return 0, NoChange, err
	}
	return id, change, addChange(ctx, tx, ChangeRow{
		Run: run, At: v.FoundAt, Kind: change, Agency: v.Agency, Year: v.Year, Version: id,
		Text: changeText(change, v.Year, number),
	})
}

// changeText says in plain Chinese what a run found.
func changeText(change Change, year, number int) string {
	if change == ChangeRevised {
		return fmt.Sprintf("%d 年度报告内容有变，记为第 %d 版", year, number)
	}
	return fmt.Sprintf("发现 %d 年度报告", year)
}

// A knownVersion is what addVersion asks of the versions a report has.
type knownVersion struct {
	id      VersionID
	number  int
	url     string
	content string
	first   int64
}

// knownVersions returns the versions of a report with what they say in the current
// reading, the first first.
func knownVersions(ctx context.Context, q querier, v NewVersion) ([]knownVersion, error) {
	const query = `
		SELECT v.id, v.number, v.url, r.content, v.first_found
		FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		WHERE v.agency = ? AND v.year = ? ORDER BY v.number`
	return collect(ctx, q, query, func(row scanner) (k knownVersion, err error) {
		return k, row.Scan(&k.id, &k.number, &k.url, &k.content, &k.first)
	}, v.Agency, v.Year)
}

// sayingSame returns the known version that a document from url only says again, or
// 0. Two addresses may hold two versions of a report: each is compared with what
// came from it before, so that they do not replace each other at every refresh.
func sayingSame(known []knownVersion, url, digest string) VersionID {
	var same VersionID
	for i := len(known) - 1; i >= 0; i-- {
		if known[i].url == url {
			if known[i].content == digest {
				return known[i].id
			}
			return 0
		}
		if known[i].content == digest && same == 0 {
			same = known[i].id
		}
	}
	return same
}

func insertVersion(ctx context.Context, tx *sql.Tx, run RunID, v NewVersion, number int, first int64) (VersionID, error) {
	const query = `
		INSERT INTO versions (agency, year, number, title, agency_read, published_on, signed_on, original,
			page, url, found_at, first_found, from_run)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	return one(ctx, tx, query, func(row scanner) (id VersionID, err error) {
		return id, row.Scan(&id)
	}, v.Agency, v.Year, number, v.Reading.Title, v.Reading.Agency, dateText(v.Reading.Published),
		dateText(v.Reading.Signed), v.Original, v.Page, v.URL, millis(v.FoundAt), first, run)
}

func insertReading(ctx context.Context, tx *sql.Tx, run RunID, id VersionID, v NewVersion, digest string) error {
	const query = `
		INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	reading, err := one(ctx, tx, query, func(row scanner) (id int64, err error) {
		return id, row.Scan(&id)
	}, id, v.Reader, v.Reading.Format, v.Status, v.Reading.Route, digest,
		packValues(v.Reading.Values), packRules(v.Findings), run)
	if err != nil {
		return err
	}
	if err := insertDetails(ctx, tx, reading, v); err != nil {
		return err
	}
	return insertFindings(ctx, tx, reading, v)
}

func insertDetails(ctx context.Context, tx *sql.Tx, reading int64, v NewVersion) error {
	places, err := packPlaces(v.Reading.Values)
	if err != nil {
		return err
	}
	r := v.Reading
	prose, err := deflateJSON(document{
		File: r.File, Member: r.Member, Region: r.Region, Narrative: r.Narrative, Sections: r.Sections,
		Doubts: r.Doubts, Notes: r.Notes, Follow: r.Follow, Hint: r.Hint, Problems: v.Problems,
	})
	if err != nil {
		return err
	}
	const query = `INSERT INTO reading_details (reading, places, document) VALUES (?, ?, ?)`
	_, err = tx.ExecContext(ctx, query, reading, places, prose)
	return err
}

func insertFindings(ctx context.Context, tx *sql.Tx, reading int64, v NewVersion) error {
	const query = `
		INSERT INTO findings (reading, ordinal, key, rule, subject, severity, attribution, finding)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	for i, f := range v.Findings {
		text, err := toJSON(f)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, query, reading, i, f.Key(v.Agency, v.Year), f.Rule, f.Subject,
			f.Severity, f.Attribution, text)
		if err != nil {
			return err
		}
	}
	return nil
}
