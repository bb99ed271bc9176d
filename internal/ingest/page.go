package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"gongkai/internal/archive"
	"gongkai/internal/check"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A found is a report with the bytes it was read from, and the page that links
// them where it is not the page itself.
type found struct {
	Result
	original, page report.SHA256
	beside         beside // versions that it was judged beside
}

// A getter returns the copy of an address: from the portal, or from the archive.
type getter func(ctx context.Context, url string) (copied, error)

// visit deals with one page: asks for it, reads what is new, keeps what it says. An
// error is one of ours; what goes wrong with the page is kept as a failure.
func (w *portalWork) visit(ctx context.Context, t task) error {
	if w.rests(t) || w.twin(t) {
		t.kin.met(t.known)
		w.tally.count(func(p *store.PortalRun) { p.Unchanged++ })
		return nil
	}
	page, err := w.obtain(ctx, t.url, t.known)
	if errors.Is(err, errNotAsked) {
		t.kin.met(t.known)
		w.tally.count(func(p *store.PortalRun) { p.Unchanged++ })
		return nil
	}
	if err != nil {
		return w.failed(ctx, t, t.url, err)
	}
	files := fileSet{work: w, had: make(map[string]copied)}
	done := visited{page: page, files: files.had, linked: t.known.Files, settled: true, reader: ReaderVersion}
	fresh := page.fresh || t.known.Reader == "" // what was not settled is read again
	if !fresh {
		for _, file := range t.known.Files {
			c, err := files.get(ctx, file)
			if err != nil {
				return w.failedAfter(ctx, t, done, file, err)
			}
			fresh = fresh || c.fresh
		}
	}
	if !fresh {
		done.reader = t.known.Reader
		w.tally.count(func(p *store.PortalRun) { p.Unchanged++ })
		return w.succeeded(ctx, t, done)
	}
	// Other bytes are compared with the bytes before them as one and the same reader
	// reads both, lest what is ours be taken for the agency's.
	if t.known.Hash != "" && t.known.Reader != "" && t.known.Reader != ReaderVersion {
		if err := w.reread(ctx, t); err != nil {
			return err
		}
	}
	done.reports, done.linked, done.settled, err = w.readAll(ctx, t, page, files.get)
	switch {
	case errors.Is(err, errNoReport):
		return w.vanished(ctx, t, done)
	case errors.Is(err, errRejected):
		t.agency, t.year, err = nil, 0, nil // the page is nobody's report
	}
	if err != nil {
		return w.failedAfter(ctx, t, done, t.url, err)
	}
	return w.succeeded(ctx, t, done)
}

// failedAfter is failed for a page of which something was had before.
func (w *portalWork) failedAfter(ctx context.Context, t task, had visited, at string, err error) error {
	return errors.Join(w.keepVisited(ctx, had, nil), w.failed(ctx, t, at, err))
}

// A visited is what came of asking for a page.
type visited struct {
	page    copied
	files   map[string]copied
	linked  []string // addresses of the files that the page links in place of a table
	settled bool     // every report of it was kept
	reader  string   // version of the readers that read it
	reports []*keeping
}

// A fileSet asks for the files that a page links, for each once.
type fileSet struct {
	work *portalWork
	had  map[string]copied
}

// get is a getter that asks the portal.
func (f fileSet) get(ctx context.Context, url string) (copied, error) {
	if c, had := f.had[url]; had {
		return c, nil
	}
	known, err := f.work.Store.Page(ctx, url)
	if err != nil && !errors.Is(err, report.ErrNotFound) {
		return copied{}, err
	}
	c, err := f.work.obtain(ctx, url, known)
	if err == nil {
		f.had[url] = c
	}
	return c, err
}

// Pages of the latest years are asked for often, older ones at every so many refreshes
// where nothing says whether they have changed.
const (
	often  = 2 // years
	seldom = 4 // refreshes
)

// thorough reports whether this is a refresh that trusts nothing: every fourth after
// the first.
func (w *portalWork) thorough() bool { return w.number > 1 && w.number%seldom == 1 }

// rests reports whether a page is left alone this time: a list still links it, its host
// gives nothing to ask conditionally by, and its report is older than the latest two. Those are asked
// for at every fourth refresh.
func (w *portalWork) rests(t task) bool {
	if w.replayed != nil || w.opts.Full || t.known.Hash == "" || t.known.State != store.PageOK || w.condition(t.known) != nil {
		return false
	}
	return t.listed && t.year != 0 && t.year < w.found.In(standard.China()).Year()-often && !w.thorough()
}

// readAll reads a page, and the files it links where it has no table, and makes the
// reports ready to be kept. It returns the addresses of the files, and whether every
// report can be kept.
func (w *portalWork) readAll(ctx context.Context, t task, page copied, get getter) (ready []*keeping, files []string, settled bool, err error) {
	reports, files, err := w.read(ctx, t, page, get)
	if err != nil {
		return nil, nil, false, err
	}
	if why := w.rejected(t, reports); why != "" {
		w.tally.count(func(p *store.PortalRun) { p.Rejected[why]++ })
		return nil, files, true, errRejected
	}
	settled = true
	var vanished error
	for _, f := range reports {
		k, err := w.prepare(ctx, t, f, len(reports) == 1)
		switch {
		case errors.Is(err, errNoReport):
			vanished = err
		case err != nil:
			return nil, nil, false, err
		case k == nil:
			settled = false
		default:
			ready = append(ready, k)
		}
	}
	return ready, files, settled, vanished
}

// read returns the reports of a page. Where it has none but links files, those of
// the files count.
func (w *portalWork) read(ctx context.Context, t task, page copied, get getter) (reports []found, files []string, err error) {
	results, err := w.parse(ctx, t, page)
	if err != nil {
		return nil, nil, err
	}
	if len(results) == 1 && results[0].Reading.Format == "" && len(results[0].Reading.Follow) > 0 {
		return w.follow(ctx, t, page, results[0], get)
	}
	for _, r := range results {
		reports = append(reports, found{Result: r, original: page.hash})
	}
	return reports, nil, nil
}

// follow reads the files that a page links in place of a table. Of several copies of
// a report the first that can be read counts; where none can, the page itself stands
// for the report, unreadable, and says why.
func (w *portalWork) follow(ctx context.Context, t task, page copied, own Result, get getter) (reports []found, files []string, err error) {
	base, err := url.Parse(page.url)
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool)
	unread := found{Result: own, original: page.hash}
	for _, link := range own.Reading.Follow {
		ref, err := base.Parse(link)
		if err != nil {
			unread.Outcome.Problems = append(unread.Outcome.Problems, fmt.Sprintf("附件地址 %q 有误：%v", link, err))
			continue
		}
		file, err := get(ctx, ref.String())
		if gone := permanent(err); gone != "" {
			unread.Outcome.Problems = append(unread.Outcome.Problems, fmt.Sprintf("附件 %s 未能取得：%s", link, gone))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		files = append(files, ref.String())
		results, err := w.parse(ctx, t, file)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range results {
			key := fmt.Sprint(r.Reading.Agency, r.Reading.Year)
			if r.Reading.Format == "" {
				unread.Outcome.Problems = append(unread.Outcome.Problems, r.Outcome.Problems...)
				unread.original, unread.page = file.hash, page.hash
			} else if !seen[key] {
				seen[key] = true
				complete(r.Reading, own.Reading)
				reports = append(reports, found{Result: r, original: file.hash, page: page.hash})
			}
		}
	}
	if len(reports) == 0 {
		reports = append(reports, unread)
	}
	return reports, files, nil
}

// complete adds to the reading of a file what only the page that links it says.
func complete(r, page *report.Reading) {
	if r.Published.IsZero() {
		r.Published = page.Published
	}
	if r.Title == "" {
		r.Title = page.Title
	}
}

// parse reads the bytes of a copy, as one of the few documents that are read at a
// time. Bytes from which nothing can be had are a report that is unreadable.
func (w *portalWork) parse(ctx context.Context, t task, c copied) ([]Result, error) {
	done, err := w.turns.Take(ctx, c.body)
	if err != nil {
		return nil, err
	}
	defer done()
	results, err := readDocuments(ctx, w.source(t, c), c.body)
	if errors.Is(err, report.ErrUnreadable) {
		w.log.Warn("unreadable original", "portal", w.portal.ID, "url", c.url, "original", c.hash, "err", err)
		r := &report.Reading{File: c.url, Title: t.title, Year: t.year, Hint: true}
		if t.agency != nil {
			r.Agency = t.agency.Name
		}
		return []Result{{Reading: r, Outcome: check.Outcome{Status: report.Unreadable, Problems: []string{err.Error()}}}}, nil
	}
	return results, err
}

// source is what the lists and the register say of a page.
func (w *portalWork) source(t task, c copied) source {
	s := source{
		hint:   extract.Hint{Name: c.url, URL: c.url, ContentType: c.contentType},
		Reader: w.Reader,
		claim:  recognise.Hint{Year: t.year}, unjudged: true,
		with: check.Context{Agency: t.agency, Neighbours: w.register.neighbours(t.agency)},
	}
	if t.agency != nil {
		s.claim.Agency, s.claim.Region = t.agency.Name, w.register.paths[above(*t.agency)]
		s.with.Kind = t.agency.Kind
	}
	return s
}

// place returns whose report it is and for which year: as the list says where it is
// the only report of its page, and else as it says itself.
func (w *portalWork) place(t task, f found, only bool) (*report.Agency, int) {
	agency, year := w.register.ofReading(f.Reading), f.Reading.Year
	if only && t.agency != nil {
		agency = t.agency
	}
	if only && t.year != 0 {
		year = t.year
	}
	return agency, year
}

// prepare makes a report ready to be kept. It returns nil where it cannot be.
func (w *portalWork) prepare(ctx context.Context, t task, f found, only bool) (*keeping, error) {
	agency, year := w.place(t, f, only)
	if agency == nil || strings.Contains(string(agency.ID), "-"+EnrolledMark) && year < agency.From {
		met, err := w.met(ctx, t, f.Reading)
		if err != nil {
			return nil, err
		}
		agency = cmp.Or(met, agency)
	}
	if agency == nil || year == 0 {
		return nil, w.unplaced(ctx, t, f, agency)
	}
	if f.Reading.Format == "" {
		r, err := w.Store.Report(ctx, agency.ID, year, 0)
		if err == nil && r.Current.Format != "" {
			return nil, errNoReport
		}
		if err != nil && !errors.Is(err, report.ErrNotFound) {
			return nil, err
		}
	}
	if err := w.judge(ctx, t.kin, &f, agency, year); err != nil {
		return nil, err
	}
	return w.ready(f, agency, year, t.url)
}

// counted counts what was kept, and remembers it for the reports that come after it.
func (w *portalWork) counted(t task, reports []*keeping, ids []store.VersionID) {
	w.mu.Lock()
	for _, k := range reports {
		w.here[holding{k.agency.ID, k.year}] = true
	}
	w.mu.Unlock()
	for i, k := range reports {
		if k.change == store.NoChange {
			t.kin.forget(k.agency.ID, k.year) // what is kept reads alike, and may stand elsewhere
		} else {
			t.kin.note(k.agency.ID, k.year, store.Kept{Version: ids[i], Reading: k.Reading})
		}
		w.tally.count(func(p *store.PortalRun) {
			switch k.change {
			case store.ChangeNew:
				p.New++
			case store.ChangeRevised:
				p.Revised++
			default:
				p.Unchanged++
			}
		})
	}
}

// rejected judges a page whose title the list had cut by the title it gives itself,
// where it has no table to speak for it. It returns the rule that rejects it.
func (w *portalWork) rejected(t task, reports []found) string {
	if !t.cut || len(reports) != 1 || reports[0].Reading.Format != "" {
		return ""
	}
	title := reports[0].Reading.Title
	if title == "" {
		return rejectNoReport
	}
	if ok, rule := w.portal.Accepts(title, t.url); !ok {
		return rejection(rule)
	}
	return ""
}

// The reasons for which a document is rejected. Those for which links are rejected are
// the rules of the portal file.
const (
	rejectNoReport = "document.no_report" // behind a title that the list had cut
	rejectUnknown  = "register.unknown"   // of no agency of the register, or of no year
)

// errRejected is the error of a page that is no report, though its link could have
// been one.
var errRejected = errors.New("no report")

// errNoReport is the error of a page that held a report and now holds none: a page of
// an error, or one that a script fills. What it held stays current.
var errNoReport = errors.New("no report where one was")

// version is what the store keeps of a report.
func (f found) version(agency *report.Agency, year int, url string) store.NewVersion {
	return store.NewVersion{Agency: agency.ID, Year: year, Reading: *f.Reading, Status: f.Outcome.Status,
		Findings: f.Outcome.Findings, Problems: f.Outcome.Problems, Original: f.original, Page: f.page, URL: url,
		Reader: ReaderVersion}
}

// unplaced keeps a failure for a report that belongs to no agency of the register or
// to no year: a person must say whose it is.
func (w *portalWork) unplaced(ctx context.Context, t task, f found, a *report.Agency) error {
	why := "文中没有写明报告年度"
	if a == nil {
		why = fmt.Sprintf("名录中没有“%s”；请在名录中补上该机关或它的别名", f.Reading.Agency)
		if f.Reading.Agency == "" {
			why = "文中没有读出是哪个机关的报告；交入时请写明机关和年度"
		}
	}
	w.tally.count(func(p *store.PortalRun) { p.Rejected[rejectUnknown]++ })
	return w.Store.AddFailure(ctx, w.run, store.Failure{Portal: w.portal.ID, URL: t.url, Year: f.Reading.Year,
		At: w.found, Reason: why})
}

// succeeded keeps what a page brought and what the next request needs, and closes what
// failed before: in one step, so that none is there without the others. A page that is
// not settled keeps its failure, and is read again by the next refresh.
func (w *portalWork) succeeded(ctx context.Context, t task, v visited) error {
	t.kin.met(v.known(w, t))
	return w.keep(ctx, t, v, func(ctx context.Context, wr *store.Writing) error {
		for _, c := range v.files {
			if err := wr.PutPage(ctx, c.page(w)); err != nil {
				return err
			}
		}
		if !v.settled {
			return wr.PutPage(ctx, v.known(w, t))
		}
		return errors.Join(w.back(ctx, wr, t), wr.PutPage(ctx, v.known(w, t)), wr.MendFailures(ctx, w.run, t.url),
			wr.Withdraw(ctx, pageJob, t.url))
	})
}

// keep keeps what was had with its reports, and what else belongs to the same step.
func (w *portalWork) keep(ctx context.Context, t task, v visited, also func(context.Context, *store.Writing) error) error {
	ids := make([]store.VersionID, len(v.reports))
	err := w.keepVisited(ctx, v, func(ctx context.Context, wr *store.Writing) (err error) {
		for i, k := range v.reports {
			if ids[i], err = w.add(ctx, wr, k); err != nil {
				return err
			}
		}
		return also(ctx, wr)
	})
	if err == nil {
		w.counted(t, v.reports, ids)
	}
	return err
}

// keepVisited keeps the new bytes that were had, and what a step keeps of them.
func (w *portalWork) keepVisited(ctx context.Context, v visited, do func(context.Context, *store.Writing) error) error {
	var originals []archive.New
	var answers []line
	for _, c := range append(slices.Collect(maps.Values(v.files)), v.page) {
		if c.record != nil {
			originals = append(originals, archive.New{Hash: c.hash, Body: c.body, Meta: *c.record})
			answers = append(answers, *c.answer)
		}
	}
	err := w.keeper.keep(ctx, originals, do)
	for _, l := range answers {
		if err == nil {
			err = w.record(l)
		}
	}
	return err
}

// known is what is kept of a page for the next request.
func (v visited) known(w *portalWork, t task) store.Page {
	p := v.page.page(w)
	p.Year, p.Files, p.Reader = t.year, v.linked, v.reader
	if t.agency != nil {
		p.Agency = t.agency.ID
	}
	if !v.settled {
		p.Reader = ""
	}
	return p
}
