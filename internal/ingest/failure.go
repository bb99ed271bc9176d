package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// pageJob is the kind of the jobs that ask again for a page which failed for a time.
const pageJob = "page"

// A pagePayload says which page a job asks for.
type pagePayload struct {
	Portal string          `json:"portal"`
	URL    string          `json:"url"`
	Title  string          `json:"title"`
	Agency report.AgencyID `json:"agency"`
	Year   int             `json:"year"`
	Once   bool            `json:"once,omitempty"` // a person asks for it: no more than one attempt
}

// permanent says why an address is not had, where asking again would not help.
func permanent(err error) string {
	var fe *crawl.FetchError
	if errors.As(err, &fe) && !passes(fe.Kind) {
		return fe.Reason
	}
	return ""
}

// reasonText says in plain Chinese of which kind a failure is, with the portal's own
// words behind it.
func reasonText(err error) string {
	var fe *crawl.FetchError
	if !errors.As(err, &fe) {
		return err.Error()
	}
	return kindText(fe.Kind) + "（" + fe.Reason + "）"
}

// kindText says what kind of failure it is and what becomes of it.
func kindText(k crawl.Kind) string {
	switch k {
	case crawl.Blocked:
		return "设有访问验证或登录，下次更新时再试"
	case crawl.Gone:
		return "网页已不存在"
	case crawl.Temporary:
		return "暂时无法访问，稍后重试"
	case crawl.Closed:
		return "robots.txt 不允许访问"
	case crawl.Foreign:
		return "地址不属于该门户，如确属门户请在门户文件的 hosts 中列出"
	case crawl.Private:
		return "地址在内网，门户文件的 networks 未列入，不予访问"
	case crawl.TooLarge:
		return "内容超过大小限制"
	case crawl.Budget:
		return "本次请求数已用完，余下的稍后再取"
	}
	return "无法取得"
}

// failed keeps what went wrong with a page: at is the address that failed, of the
// page or of a file that it links. An error that is not the portal's is returned.
func (w *portalWork) failed(ctx context.Context, t task, at string, err error) error {
	var fe *crawl.FetchError
	if ctx.Err() != nil || !errors.As(err, &fe) {
		return err
	}
	if fe.Answer != nil && fe.Answer.Body != nil {
		if err := w.keeper.keep(ctx, []archive.New{w.evidence(fe.Answer)}, nil); err != nil {
			return err
		}
	}
	w.tally.count(func(p *store.PortalRun) {
		if fe.Kind == crawl.Blocked {
			p.Blocked++
		} else {
			p.Failed++
		}
	})
	if t.listed {
		w.notSeen(t.agency, "报告页未能取得："+t.title)
	}
	f := store.Failure{Portal: w.portal.ID, URL: t.url, Year: t.year, At: w.now(), Temporary: passes(fe.Kind), Reason: reasonText(err)}
	if t.agency != nil {
		f.Agency = t.agency.ID
	}
	err = w.Store.AddFailure(ctx, w.run, f)
	if f.Temporary && w.replayed == nil { // what another machine asks again for is its own matter
		err = errors.Join(err, w.later(ctx, t, fe))
	}
	return errors.Join(err, w.mark(ctx, t, at, fe.Kind))
}

// vanished keeps a failure for a page that held a report and holds none now. The page
// is kept as it was known, so that the next refresh reads it again; so are the others of
// its reports, which are still there.
func (w *portalWork) vanished(ctx context.Context, t task, had visited) error {
	w.tally.count(func(p *store.PortalRun) { p.Failed++ })
	f := store.Failure{Portal: w.portal.ID, URL: t.url, Year: t.year, At: w.now(),
		Reason: "网页中已没有统计表，原有版本保留；请打开网页核对"}
	if t.agency != nil {
		f.Agency = t.agency.ID
		w.notSeen(t.agency, "报告页已没有统计表："+t.title)
	}
	p := t.known
	p.SeenAt, p.SeenRun, p.State, p.Reader = w.found, w.run, store.PageFailed, ""
	return w.keep(ctx, t, had, func(ctx context.Context, wr *store.Writing) error {
		if p.Hash == "" {
			return wr.AddFailure(ctx, w.run, f)
		}
		return errors.Join(wr.AddFailure(ctx, w.run, f), wr.PutPage(ctx, p))
	})
}

// later leaves a page in the queue.
func (w *portalWork) later(ctx context.Context, t task, fe *crawl.FetchError) error {
	p := pagePayload{Portal: w.portal.ID, URL: t.url, Title: t.title, Year: t.year}
	if t.agency != nil {
		p.Agency = t.agency.ID
	}
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = w.Store.Offer(ctx, pageJob, t.url, string(payload), time.Now().Add(max(firstRetry, fe.RetryAfter)))
	return err
}

// mark keeps the state of a known page that can no longer be had. That it went behind
// a challenge is a change of each report that was read from it, told once; that it went
// away is told when it is known whether its reports are elsewhere.
func (w *portalWork) mark(ctx context.Context, t task, at string, kind crawl.Kind) error {
	if at != t.url || t.known.Hash == "" {
		return nil
	}
	if kind == crawl.Gone {
		w.mu.Lock()
		w.gone = append(w.gone, t)
		w.mu.Unlock()
		return nil
	}
	p := w.marked(t, store.PageFailed)
	if kind != crawl.Blocked {
		return w.Store.PutPage(ctx, p)
	}
	p.State = store.PageBlocked
	reports, err := w.Store.VersionsFrom(ctx, t.url)
	if err != nil {
		return err
	}
	return w.tellMarked(ctx, t, p, store.ChangeBlocked, reports)
}

// marked is a known page in another state.
func (w *portalWork) marked(t task, state store.PageState) store.Page {
	p := t.known
	p.SeenAt, p.SeenRun, p.State = w.found, w.run, state
	return p
}

// tellMarked keeps the state of a page and tells of its reports, in one step. What was
// told before is not told again.
func (w *portalWork) tellMarked(ctx context.Context, t task, p store.Page, change store.Change, reports []store.VersionRef) error {
	return w.Store.Write(ctx, func(ctx context.Context, wr *store.Writing) error {
		if err := wr.PutPage(ctx, p); err != nil || t.known.State == p.State {
			return err
		}
		for _, r := range reports {
			err := wr.AddChange(ctx, store.ChangeRow{Run: w.run, At: w.found, Kind: change, Agency: r.Agency, Year: r.Year,
				Text: markText(change, r.Year)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// back tells of the reports of a page that had gone away or behind a challenge, and
// that can be had again.
func (w *portalWork) back(ctx context.Context, wr *store.Writing, t task) error {
	if !missing(t.known.State) && t.known.State != store.PageBlocked {
		return nil
	}
	reports, err := wr.VersionsFrom(ctx, t.url)
	for _, r := range reports {
		err = errors.Join(err, wr.AddChange(ctx, store.ChangeRow{Run: w.run, At: w.found, Kind: store.ChangeReturned,
			Agency: r.Agency, Year: r.Year, Text: fmt.Sprintf("%d 年度报告的网页又可查看", r.Year)}))
	}
	return err
}

// markText says in plain Chinese what a run found of a known page.
func markText(change store.Change, year int) string {
	switch change {
	case store.ChangeBlocked:
		return fmt.Sprintf("%d 年度报告的网页设有访问验证，未能查看", year)
	case store.ChangeSuspected:
		return fmt.Sprintf("%d 年度报告的网页此次不在原处，一周后再看；存档仍可查看", year)
	}
	return fmt.Sprintf("%d 年度报告的网页相隔一周两次查看都不在原处，存档仍可查看", year)
}
