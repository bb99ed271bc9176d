package api

import (
	"context"
	"iter"

	"gongkai/internal/export"
	"gongkai/internal/store"
)

// changes lists what runs brought, newest first.
func (s *Server) changes() resource {
	return s.exported("changes", false, []param{byRegion, byYear, fromYear, toYear}, func(q export.Query) export.Table { return export.Changes(s.db, q) })
}

// corrections lists what people of ours found in originals, newest first.
func (s *Server) corrections() resource {
	return s.exported("corrections", false, []param{byRegion, byYear, fromYear, toYear}, func(q export.Query) export.Table { return export.Corrections(s.db, q) })
}

// runs lists the latest runs with what they did at each portal.
func (s *Server) runs() resource {
	r := newResource("runs", nil, func(ctx context.Context, _ query) iter.Seq2[row, error] {
		list, err := s.db.Runs(ctx, 200)
		if err != nil {
			return failed(err)
		}
		return func(yield func(row, error) bool) {
			for _, one := range list {
				portals := one.Portals
				if len(portals) == 0 {
					portals = []store.PortalRun{{}}
				}
				for _, p := range portals {
					if !yield(runRow(one, p), nil) {
						return
					}
				}
			}
		}
	})
	r.now = true
	return r
}

func runRow(r store.Run, p store.PortalRun) row {
	message := p.Message
	if message == "" {
		message = r.Message
	}
	return row{int64(r.ID), r.Kind, string(r.State), export.Moment(r.StartedAt), export.Moment(r.FinishedAt), p.Portal,
		string(p.State), p.Lists, p.Candidates, p.Fetched, p.Unchanged, p.New, p.Revised, p.Failed, message}
}
