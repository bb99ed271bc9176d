package ingest

import (
	"context"
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A holding is a report that a page holds.
type holding struct {
	agency report.AgencyID
	year   int
}

// An article is what pages under several addresses have in common: what they call
// themselves, and for which year the list names them. A site that gives all its pages
// one name does not make one page of them.
type article struct {
	canonical string
	year      int
}

// met notes that a page was dealt with in this run.
func (k *kin) met(p store.Page) {
	if k != nil && p.Canonical != "" && p.Year != 0 && p.State == store.PageOK {
		k.pages[article{p.Canonical, p.Year}] = true
	}
}

// twin reports whether a page is known to be one that was dealt with in this run under
// another address: it is asked for only where that one cannot be had, and at every
// thorough refresh.
func (w *portalWork) twin(t task) bool {
	if t.kin == nil || w.opts.Full || w.thorough() || t.known.Hash == "" || t.known.State != store.PageOK || t.known.Reader == "" {
		return false
	}
	return t.known.Canonical != "" && t.year == t.known.Year && t.kin.pages[article{t.known.Canonical, t.known.Year}]
}

// reportsOf returns the reports that a page holds: those that were read from it, and the
// one that was read under another address before.
func (w *portalWork) reportsOf(ctx context.Context, p store.Page) ([]store.VersionRef, error) {
	reports, err := w.Store.VersionsFrom(ctx, p.URL)
	if err != nil || p.Agency == "" || p.Year == 0 {
		return reports, err
	}
	if slices.ContainsFunc(reports, func(r store.VersionRef) bool { return r.Agency == p.Agency && r.Year == p.Year }) {
		return reports, nil
	}
	others, err := w.Store.CurrentVersions(ctx, p.Agency, p.Year, p.Year)
	return append(reports, others...), err
}

// tellGone deals with the pages that went away, when all others were dealt with: a
// report that appears under a new address is the same report, and only those that are
// nowhere have been removed.
func (w *portalWork) tellGone(ctx context.Context) error {
	w.mu.Lock()
	gone := w.gone
	w.gone = nil
	w.mu.Unlock()
	if len(gone) == 0 {
		return nil
	}
	pages, err := w.Store.Pages(ctx, w.portal.ID)
	if err != nil {
		return err
	}
	here := make(map[holding]bool)
	for _, p := range pages {
		if p.State == store.PageOK && !slices.ContainsFunc(gone, func(t task) bool { return t.url == p.URL }) {
			here[holding{p.Agency, p.Year}] = true
		}
	}
	for _, t := range gone {
		reports, err := w.reportsOf(ctx, t.known)
		if err != nil {
			return err
		}
		reports = slices.DeleteFunc(reports, func(r store.VersionRef) bool {
			is := holding{r.Agency, r.Year}
			return here[is] || w.here[is]
		})
		page, change := w.goneSince(t)
		if err := w.tellMarked(ctx, t, page, change, reports); err != nil {
			return err
		}
	}
	return nil
}

// goneSince says what it means that a page is gone. Once is a suspicion, which stands
// from then on; at a good look a week later it is a removal.
func (w *portalWork) goneSince(t task) (store.Page, store.Change) {
	switch {
	case t.known.State == store.PageGone:
		return w.marked(t, store.PageGone), store.ChangeRemoved
	case t.known.State != store.PageMissed:
		return w.marked(t, store.PageMissed), store.ChangeSuspected
	case w.found.Sub(t.known.SeenAt) >= goneAgain && w.goodFor(t.agency):
		return w.marked(t, store.PageGone), store.ChangeRemoved
	}
	return t.known, store.ChangeSuspected
}

// goodFor reports whether the lists were read well enough to conclude anything of what
// an agency does not publish any more.
func (w *portalWork) goodFor(a *report.Agency) bool {
	switch {
	case w.looked == nil:
		return false
	case a == nil:
		return w.looked.Good
	}
	return w.looked.GoodFor(a.ID)
}
