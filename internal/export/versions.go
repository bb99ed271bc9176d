package export

import (
	"context"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// Versions is the table of every version of every report, those in force and those that
// were replaced or are seen no more.
func Versions(db *store.DB, q Query) Table {
	q.Which = store.Every
	return NewTable("versions", func(ctx context.Context, yield func(Row) error) error {
		return eachVersion(ctx, db, q, func(a report.Agency, v *store.VersionValues) error {
			var until any
			if v.UntilRun != 0 {
				until = int64(v.UntilRun)
			}
			return yield(Row{string(v.Agency), a.Name, string(a.Region), v.Year, v.Number, string(v.Format), string(v.Status), Date(v.PublishedOn),
				Moment(v.FoundAt), int64(v.FromRun), until, string(v.Original), v.URL, a.Demo})
		})
	})
}

// EarlierCells is the tidy table of the versions that are in force no more. With Cells it
// has every figure that an agency ever published.
func EarlierCells(db *store.DB, q Query) Table {
	q.Which = store.Replaced
	return tidy("earlier_cells", db, q)
}
