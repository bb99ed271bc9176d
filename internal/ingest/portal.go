package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A portalWork is what a run does at one portal.
type portalWork struct {
	*refresh
	portal   *crawl.Portal
	register *register
	number   int // of refreshes of the portal, this one included
	tally    *tally
	replayed *Recorded   // what another machine was answered; nil where the portal is asked
	found    time.Time   // when the lists began to be read: what they link was there then
	looked   *crawl.Look // what they came to; nil where they are not read
	outrider outrider    // asks for pages while others are read

	mu     sync.Mutex
	here   map[holding]bool           // reports that pages of this refresh hold
	gone   []task                     // pages that are not there any more
	unseen map[report.AgencyID]string // agencies of which something could not be had, and why
}

// A task is one page to ask for.
type task struct {
	url    string
	title  string         // as the list has it
	unit   string         // what the list says of whose it is
	cut    bool           // the list shows the beginning of the title only
	agency *report.Agency // nil where the list does not say it
	year   int            // 0 where the list does not say it
	date   report.Date    // as the list has it
	order  int            // position in the list, the newest first on most
	known  store.Page     // zero where the address is new
	kin    *kin           // other reports of the agency; nil where it is not known
	listed bool
}

// work looks at the lists of the portal and deals with every page they link, and
// with those that they linked before.
func (w *portalWork) work(ctx context.Context) error {
	return w.alone(ctx, w.leased)
}

// alone does something while the portal and its hosts are ours.
func (w *portalWork) alone(ctx context.Context, do func(context.Context) error) error {
	asked, _ := w.crawler.(*crawl.Crawler) // nil where answers are replayed
	job, err := w.heart.lease(ctx, w.portal, asked)
	var taken *takenError
	if errors.As(err, &taken) && ctx.Err() == nil {
		w.end(store.PortalBroken, taken.Error())
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(w.untilStopped(ctx, do), w.heart.release(ctx, w.portal, asked, job))
}

// leased does the work while the portal is ours.
func (w *portalWork) leased(ctx context.Context) error {
	w.tally.stage(Looking)
	w.found = w.now()
	if err := w.record(line{Portal: string(w.portal.Text())}); err != nil {
		return err
	}
	look, evidence, err := w.look(ctx)
	if err != nil {
		return err
	}
	w.looked = look
	tasks, err := w.tasks(ctx, look)
	if err != nil {
		return err
	}
	if err := w.visitAll(ctx, tasks); err != nil {
		return err
	}
	if w.replayed != nil && !w.replayed.ended {
		w.end(store.PortalBroken, interrupted)
		return nil
	}
	rebuilt, err := w.rebuilt(ctx, look)
	if err != nil {
		return err
	}
	// What the lists did not link is known only when what they link was had.
	if err := w.conclude(ctx, look, evidence); err != nil {
		return err
	}
	if err := w.record(line{End: true}); err != nil {
		return err
	}
	w.endLooked(look, rebuilt)
	w.log.Info("refreshed portal", "portal", w.portal.ID, "run", w.run, "state", look.State, "candidates", len(look.Candidates))
	return w.Store.PutPortalRun(ctx, w.run, w.tally.snapshot())
}

// interrupted is what is told of a portal that a run did not come to the end of.
const interrupted = store.Unfinished

// end sets the state of the portal.
func (w *portalWork) end(state store.PortalState, message string) {
	w.tally.count(func(p *store.PortalRun) { p.State, p.Message, p.FinishedAt = state, message, w.now() })
	w.tally.stage(Done)
}

// tasks makes a task of each candidate, and of each page that was linked before and
// is not any more. Those of other years than asked for are left out.
func (w *portalWork) tasks(ctx context.Context, look *crawl.Look) ([]task, error) {
	pages, err := w.Store.Pages(ctx, w.portal.ID)
	if err != nil {
		return nil, err
	}
	known := make(map[string]store.Page, len(pages))
	for _, p := range pages {
		known[p.URL] = p
	}
	var tasks []task
	for i, c := range look.Candidates {
		t := task{url: c.URL, title: c.Title, unit: c.Unit, cut: c.Cut, agency: w.register.ofCandidate(c), year: c.Year, date: c.ListDate,
			order: len(look.Candidates) - i, known: known[c.URL], listed: true}
		delete(known, c.URL)
		if w.opts.Year == 0 || t.year == 0 || t.year == w.opts.Year {
			tasks = append(tasks, t)
		} else if t.known.Hash == "" {
			w.notSeen(t.agency, fmt.Sprintf("本次只更新 %d 年度", w.opts.Year))
		}
	}
	for _, p := range pages {
		if _, left := known[p.URL]; !left || missing(p.State) && w.found.Sub(p.SeenAt) < goneAgain {
			continue
		}
		t, missed, err := w.unlisted(ctx, look, p)
		if err != nil {
			return nil, err
		}
		if missed {
			tasks = append(tasks, t)
		}
	}
	return tasks, nil
}

// goneAgain is after how long a page that was gone is asked for once more: gone once is
// a suspicion, gone on two looks a week apart is not.
const goneAgain = 6 * 24 * time.Hour

// missing reports whether a page was gone when it was last asked for.
func missing(s store.PageState) bool { return s == store.PageGone || s == store.PageMissed }

// unlisted makes a task of a page that no list links any more, where the lists of the
// agency whose report it holds were read well and would have linked it.
func (w *portalWork) unlisted(ctx context.Context, look *crawl.Look, p store.Page) (t task, missed bool, err error) {
	t = task{url: p.URL, year: p.Year, known: p}
	reports, err := w.reportsOf(ctx, p)
	if err != nil || len(reports) == 0 {
		return t, false, err
	}
	if p.Agency != "" {
		a, err := w.Store.Agency(ctx, p.Agency)
		if errors.Is(err, report.ErrNotFound) {
			return t, false, nil
		}
		if err != nil {
			return t, false, err
		}
		t.agency = &a
	}
	for _, r := range reports {
		if look.GoodFor(r.Agency) && (w.opts.Year == 0 || r.Year == w.opts.Year) {
			return t, true, nil
		}
	}
	return t, false, nil
}

// visitAll deals with the tasks: those of one agency one after another from the
// oldest report to the newest, those of several agencies side by side. What is not
// known to be one agency's is taken from the oldest to the newest as well: a report is
// judged beside those of the years before it, and one that comes late has the years
// after it judged again.
func (w *portalWork) visitAll(ctx context.Context, tasks []task) error {
	w.tally.expect(len(tasks))
	slices.SortStableFunc(tasks, oldestFirst)
	groups := make(map[string][]task)
	var order []string
	for _, t := range tasks {
		key := t.whose()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], t)
	}
	group, visiting := errgroup.WithContext(ctx)
	atATime := max(1, w.portal.Polite.Concurrency) + w.ahead
	if w.portal.Polite.Delay > 0 {
		atATime = max(2, atATime) // while one is tried again, another is asked for
	}
	group.SetLimit(atATime)
	for _, key := range order {
		group.Go(func() error { return w.visitEach(visiting, groups[key]) })
	}
	err := group.Wait()
	w.outrider.asking.Wait()
	if err != nil {
		return err
	}
	return w.tellGone(ctx)
}

// visitEach deals with the pages of one agency, one after another.
func (w *portalWork) visitEach(ctx context.Context, tasks []task) error {
	relatives := newKin()
	for i, t := range tasks {
		if w.portal.Polite.Delay > 0 && w.replayed == nil && i+1 < len(tasks) {
			w.outrider.follow(t, tasks[i+1])
		}
		t.kin = relatives
		if err := w.visit(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.url, err)
		}
		w.tally.page(t.title)
	}
	return nil
}

// whose is the same for pages that are probably of one agency: that of the register, or
// for those that it does not have yet what the list says.
func (t task) whose() string {
	switch {
	case t.agency != nil:
		return string(t.agency.ID)
	case t.unit != "":
		return "unit " + plain(t.unit)
	}
	return t.url
}

// aheadOf is how many more pages of each portal are dealt with than its host is asked
// for at a time: while one is asked for, others are read and kept. Of many portals
// there is always one that has something to read, and each page takes memory.
func aheadOf(portals int) int { return min(8, 64/max(1, portals)) }

// oldestFirst orders pages so that what was published later is the newer version.
func oldestFirst(a, b task) int {
	return cmp.Or(cmp.Compare(a.about(), b.about()), cmp.Compare(a.date.Year, b.date.Year),
		cmp.Compare(a.date.Month, b.date.Month), cmp.Compare(a.date.Day, b.date.Day), cmp.Compare(a.order, b.order))
}

// about is the year that a page is probably about: where the list does not say it, the
// one before it was published. It orders, and says nothing of the report.
func (t task) about() int {
	if t.year == 0 && t.date.Year > 0 {
		return t.date.Year - 1
	}
	return t.year
}

// notSeen notes that something of an agency could not be had, so that nothing is
// concluded from what was not found of it.
func (w *portalWork) notSeen(a *report.Agency, why string) {
	if a == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unseen[a.ID] == "" {
		w.unseen[a.ID] = why
	}
}

// portalState is the state of a look in the words of the store.
func portalState(s crawl.LookState) store.PortalState {
	switch s {
	case crawl.LookOK:
		return store.PortalOK
	case crawl.LookEmpty:
		return store.PortalEmpty
	case crawl.LookBlocked, crawl.LookClosed:
		return store.PortalBlocked
	case crawl.LookChanged:
		return store.PortalChanged
	case crawl.LookUnreachable:
		return store.PortalUnreachable
	}
	return store.PortalBroken
}

// lookMessage says in plain Chinese which entries were not read well.
func lookMessage(look *crawl.Look) string {
	var bad []string
	for _, e := range look.Entries {
		if e.State != crawl.LookOK {
			bad = append(bad, entryReason(e)+"（"+e.Entry.URL+"）")
		}
	}
	if len(bad) == 0 && !look.Good {
		return fmt.Sprintf("只找到 %d 份报告，少于应有的 %d 份", len(look.Candidates), look.Portal.Expect)
	}
	return strings.Join(bad, "；")
}

// entryReason says in plain Chinese what kept a list from being read.
func entryReason(e crawl.EntryLook) string {
	var fe *crawl.FetchError
	errors.As(e.Err, &fe)
	switch e.State {
	case crawl.LookOK:
		return ""
	case crawl.LookBlocked:
		return "列表页设有访问验证或登录" + answered(fe)
	case crawl.LookClosed:
		return "robots.txt 不允许访问"
	case crawl.LookChanged:
		return changedReason(fe)
	case crawl.LookEmpty:
		return "列表页没有报告"
	case crawl.LookUnreachable:
		if fe != nil && fe.Kind == crawl.Private {
			return "列表页的主机地址在内网，门户文件的 networks 未列入，未访问"
		}
		return "列表页的主机无法连接"
	}
	return "列表页未能读取" + answered(fe)
}

// changedReason tells a list that has vanished from one that lists less.
func changedReason(fe *crawl.FetchError) string {
	switch {
	case fe == nil:
		return fewer
	case fe.Kind == crawl.Foreign:
		return "列表页已迁往别的主机" + answered(fe)
	}
	return "列表页已不存在" + answered(fe)
}

// fewer is the reason of a look that found less than it must.
const fewer = "列表页已变动，报告少于预期"

// answered names the status that a host answered with; its answer is archived.
func answered(fe *crawl.FetchError) string {
	if fe == nil || fe.Answer == nil || fe.Answer.Status == 0 {
		return ""
	}
	return fmt.Sprintf("（HTTP %d）", fe.Answer.Status)
}
