package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gongkai/internal/report"
)

// A PackedVersion is a NewVersion in the form in which it is kept, made before a
// transaction begins: the writer is one, and waits for nobody's arithmetic.
type PackedVersion struct {
	NewVersion
	reading packedReading
}

// Pack makes a version ready to be kept.
func (db *DB) Pack(v NewVersion) (*PackedVersion, error) {
	p, err := db.pack(v)
	if err != nil {
		return nil, fmt.Errorf("keep %s %d: %w", v.Agency, v.Year, err)
	}
	return &PackedVersion{v, p}, nil
}

// AddVersion keeps what was read from a document, whole or not at all. It is a new
// version only where it says something else than the report's versions do: other
// than the latest from the same address, or than all where the address is new. The
// version that it replaces ends with the run.
func (db *DB) AddVersion(ctx context.Context, run RunID, v NewVersion) (VersionID, Change, error) {
	var id VersionID
	var change Change
	p, err := db.pack(v)
	if err == nil {
		err = db.Write(ctx, func(ctx context.Context, w *Writing) (err error) {
			id, change, err = w.AddVersion(ctx, run, &PackedVersion{v, p})
			return err
		})
	}
	if err != nil {
		return 0, NoChange, fmt.Errorf("keep %s %d: %w", v.Agency, v.Year, err)
	}
	return id, change, nil
}

// addVersion finds out what is new and adds it, within one transaction: two refreshes
// that meet the same report keep it once. known are the versions that the report has.
func addVersion(ctx context.Context, tx *sql.Tx, later *pending, run RunID, v NewVersion, p packedReading, known []knownVersion) (VersionID, Change, error) {
	if same := sayingSame(known, v.URL, p.content); same != 0 {
		return same, NoChange, nil
	}
	change, number, first := ChangeNew, 1, millis(v.FoundAt)
	if len(known) > 0 {
		newest := known[len(known)-1]
		change, number, first = ChangeRevised, newest.number+1, newest.first
		// A run that began later may have ended earlier versions before this one came to it.
		if err := later.flush(ctx, tx); err != nil {
			return 0, NoChange, err
		}
		const end = `UPDATE versions SET until_run = ? WHERE agency = ? AND year = ? AND (until_run IS NULL OR until_run > ?)`
		if _, err := tx.ExecContext(ctx, end, run, v.Agency, v.Year, run); err != nil {
			return 0, NoChange, err
		}
	}
	id, err := later.addVersion(ctx, tx, run, v, p, number, first)
	if err != nil {
		return 0, NoChange, err
	}
	later.addChange(ChangeRow{Run: run, At: v.FoundAt, Kind: change, Agency: v.Agency, Year: v.Year, Version: id,
		Text: changeText(change, v.Year, number)})
	return id, change, nil
}

// changeText says in plain Chinese what a run found.
func changeText(change Change, year, number int) string {
	if change == ChangeRevised {
		return fmt.Sprintf("%d 年度报告内容有变，记为第 %d 版", year, number)
	}
	return fmt.Sprintf("发现 %d 年度报告", year)
}

// A knownVersion is what a step asks of the versions that reports have.
type knownVersion struct {
	id      VersionID
	year    int
	current bool
	number  int
	url     string
	content string
	first   int64
}

// compare orders versions by year, the first first.
func (k knownVersion) compare(other knownVersion) int {
	return cmp.Or(k.year-other.year, k.number-other.number)
}

// knownVersions returns the versions of an agency's reports from one year to another with
// what they say in the current reading, by year, the first first; and whether the agency
// has a name before or after its own. Most have not: one question tells both.
func knownVersions(ctx context.Context, q querier, agency report.AgencyID, from, to int) (known []knownVersion, named bool, err error) {
	const query = `
		SELECT v.id, v.year, v.until_run IS NULL, v.number, v.url, r.content, v.first_found
		FROM versions AS v JOIN readings AS r ON r.version = v.id AND r.until_run IS NULL
		WHERE v.agency = ? AND v.year BETWEEN ? AND ?
		UNION ALL
		SELECT 0, 0, FALSE, 0, '', '', 0
		WHERE EXISTS (SELECT 1 FROM agencies WHERE heir = ? AND heir <> '' AND became = ? AND to_year > 0 AND until_run IS NULL)
			OR EXISTS (SELECT 1 FROM agencies WHERE id = ? AND heir <> '' AND heir <> id AND became = ? AND to_year > 0 AND until_run IS NULL)`
	known, err = collect(ctx, q, query, func(row scanner) (k knownVersion, err error) {
		return k, row.Scan(&k.id, &k.year, &k.current, &k.number, &k.url, &k.content, &k.first)
	}, agency, from, to, agency, report.Renamed, agency, report.Renamed)
	if err != nil {
		return nil, false, fmt.Errorf("versions of %s from %d to %d: %w", agency, from, to, err)
	}
	all := len(known)
	known = slices.DeleteFunc(known, func(k knownVersion) bool { return k.id == 0 })
	slices.SortFunc(known, knownVersion.compare)
	return known, len(known) < all, nil
}

// currentOf are those of known versions of an agency that are current.
func currentOf(agency report.AgencyID, known []knownVersion) (refs []VersionRef) {
	for _, k := range known {
		if k.current {
			refs = append(refs, VersionRef{ID: k.id, Agency: agency, Year: k.year})
		}
	}
	return refs
}

// sayingSame returns the known version that a document from url only says again, or
// 0. What the current version says is nothing new from any address. Two addresses may hold two versions of a report: each is compared with what
// came from it before, so that they do not replace each other at every refresh.
func sayingSame(known []knownVersion, url, digest string) VersionID {
	var same VersionID
	if n := len(known); n > 0 && known[n-1].content == digest {
		return known[n-1].id // the current one says it already, wherever it was read
	}
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

// versionColumns are the columns of the table of versions.
func versionColumns() []string {
	return []string{"id", "agency", "year", "number", "title", "agency_read", "published_on", "signed_on", "original",
		"page", "url", "found_at", "first_found", "from_run"}
}
