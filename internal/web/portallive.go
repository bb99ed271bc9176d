package web

import (
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/store"
)

// queued reports whether a look at a portal waits for its turn, and until when.
func (s *Server) queued(ctx context.Context, id string) (due time.Time, waits bool, err error) {
	if s.Portals.Waits == nil {
		return time.Time{}, false, nil
	}
	return s.Portals.Waits(ctx, id)
}

// later reports whether a look that waits is not due soon: the one before has failed.
func (s *Server) later(due time.Time) bool { return due.After(s.Now().Add(time.Minute)) }

// watchFor is how long one stream of progress lasts: the browser asks again by itself.
const watchFor = 4 * time.Minute

// servePortalEvents serves GET /admin/portals/:id/events: what the run under way has done
// so far, each second, as server-sent events. Where nothing is under way it says how it
// is, that it is done and whether it was seen under way, and ends; the browser asks again
// later by itself.
func (s *Server) servePortalEvents(c echo.Context) error {
	w, id := c.Response(), c.Param("id")
	if _, _, err := s.portalNamed(c, id); err != nil {
		return err
	}
	p := s.newPage(c)
	ctx, cancel := context.WithTimeout(ctxOf(c), watchFor)
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	if _, err := fmt.Fprint(w, "retry: 10000\n\n"); err != nil {
		return nil // the line is gone
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	seen := false
	for last := ""; ; {
		text, working, err := s.portalProgress(ctx, p, id)
		if err != nil {
			return nil // the line is gone, or will be asked for again
		}
		if text != last {
			last = text
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
				return nil
			}
			w.Flush()
		}
		if !working {
			_, _ = fmt.Fprintf(w, "event: done\ndata: %t\n\n", seen)
			return nil
		}
		seen = true
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// portalProgress is how far the newest run has come at a portal, and whether it is under
// way or waits.
func (s *Server) portalProgress(ctx context.Context, p page, id string) (text string, working bool, err error) {
	history, of, err := s.portalHistory(ctx)
	if err != nil {
		return "", false, err
	}
	if runs := history[id]; len(runs) > 0 {
		r := runs[0]
		word, _ := p.portalState(r.State)
		text = p.t("%s：列表 %d 页，候选 %d，取得 %d，新增 %d，修订 %d，未取得 %d", word, r.Lists, r.Candidates, r.Fetched, r.New, r.Revised, r.Failed+r.Blocked)
		working = r.State == store.PortalRunning && of[id][0].State == store.RunRunning
	}
	if working {
		return text, true, nil
	}
	due, waits, err := s.queued(ctx, id)
	switch {
	case err != nil || !waits:
	case s.later(due):
		text = p.t("上次没有做成，%s 再试。", moment(due))
	default:
		text, working = p.t("已在队列中等候。"), true
	}
	return text, working, err
}
