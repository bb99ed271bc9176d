package export

import (
	"context"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// Corrections is the table of what people of ours found in originals, newest first; who
// they are stays on the page.
func Corrections(db *store.DB, q Query) Table {
	return NewTable("corrections", func(ctx context.Context, yield func(Row) error) error {
		list, err := db.Corrections(ctx, q.Region, 0)
		if err != nil {
			return err
		}
		for _, c := range list {
			ended := c.UntilRun
			if q.AsOf > 0 && ended > q.AsOf {
				ended = 0 // it was in force then
			}
			if q.AsOf > 0 && c.FromRun > q.AsOf || q.Since > 0 && c.FromRun <= q.Since && ended <= q.Since || !inYears(q.Query, c.Year) {
				continue
			}
			if err := yield(correctionRow(c, ended)); err != nil {
				return err
			}
		}
		return nil
	})
}

func correctionRow(c store.CorrectionRow, ended store.RunID) Row {
	var cell, was, became, until any
	if c.Cell != "" {
		cell, was, became = string(c.Cell), readValue(c.Was), readValue(c.Value)
		if c.Verdict == store.Illegible {
			became = report.Unread.String()
		}
	}
	if ended != 0 {
		until = int64(ended)
	}
	return Row{c.ID, Moment(c.At), string(c.Agency), c.AgencyName, string(c.Region), c.Year, c.Number, cell, string(c.Verdict), was, became, c.Reason,
		int64(c.FromRun), until, c.Demo}
}

// readValue is what stands in a cell as one word: a number or a state.
func readValue(v report.Value) string {
	if amount, printed := v.Known(); printed {
		return amount.String()
	}
	return v.State.String()
}

// Rules is the table of the rules that reports are checked by.
func Rules() Table {
	return NewTable("rules", func(_ context.Context, yield func(Row) error) error {
		for _, r := range standard.Rules() {
			formats := make([]string, len(r.Formats))
			for i, f := range r.Formats {
				formats[i] = string(f)
			}
			row := Row{r.ID, r.Version, r.Name.ZH, r.Name.EN, string(r.Severity), string(r.Scope), r.Decides, formats, r.Formula.ZH, r.Formula.EN,
				r.Basis.ZH, r.Basis.EN, r.Example.ZH, r.Example.EN}
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	})
}
