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

// runs lists the latest runs with what they did at each portal.
func (s *Server) runs() resource {
	return resource{
		name: "runs", zh: "采集批次：每门户一行", en: "runs, one row for each portal", now: true,
		columns: []column{
			{"run", "integer", "采集批次", "run"},
			{"kind", "string", "类别", "refresh, register, reread or import"},
			{"state", "string", "状态", "running, ok, partial, failed or interrupted"},
			{"started_at", "date-time", "开始", "start"},
			{"finished_at", "date-time", "结束", "end"},
			{"portal", "string", "门户", "portal"},
			{"portal_state", "string", "门户状态", "ok, empty, blocked, changed or broken"},
			{"lists", "integer", "列表页", "list pages read"},
			{"candidates", "integer", "候选链接", "links that may be reports"},
			{"fetched", "integer", "取得", "report pages answered with bytes"},
			{"unchanged", "integer", "未变", "report pages that say what they said"},
			{"new", "integer", "新报告", "new reports"},
			{"revised", "integer", "修订", "revised reports"},
			{"failed", "integer", "失败", "failed"},
			{"message", "string", "说明", "message"},
		},
		rows: func(ctx context.Context, _ query) iter.Seq2[row, error] {
			list, err := s.db.Runs(ctx, 200)
			if err != nil {
				return failed(err)
			}
			return func(yield func(row, error) bool) {
				for _, r := range list {
					portals := r.Portals
					if len(portals) == 0 {
						portals = []store.PortalRun{{}}
					}
					for _, p := range portals {
						if !yield(runRow(r, p), nil) {
							return
						}
					}
				}
			}
		},
	}
}

func runRow(r store.Run, p store.PortalRun) row {
	message := p.Message
	if message == "" {
		message = r.Message
	}
	return row{int64(r.ID), r.Kind, string(r.State), moment(r.StartedAt), moment(r.FinishedAt), p.Portal,
		string(p.State), p.Lists, p.Candidates, p.Fetched, p.Unchanged, p.New, p.Revised, p.Failed, message}
}
