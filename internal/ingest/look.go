package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/archive"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// together is how many answers of lists are kept at a time.
const together = 16

// look reads the lists of the portal and archives the answers as they come, before
// anything is concluded from them. It returns the hashes of the answers, which are the
// evidence of the look.
func (w *portalWork) look(ctx context.Context) (*crawl.Look, []report.SHA256, error) {
	var evidence, pages []report.SHA256
	var answers []archive.New
	keep := func() error {
		some := answers
		answers = nil
		return w.keeper.keep(ctx, some, nil)
	}
	look, err := w.crawler.LookAt(ctx, w.portal, func(f *crawl.Fetched) error {
		answer := w.evidence(f)
		answers, pages = append(answers, answer), append(pages, answer.Hash)
		w.tally.count(func(p *store.PortalRun) { p.Lists++ })
		if !slices.Contains(evidence, answer.Hash) {
			evidence = append(evidence, answer.Hash)
		}
		if len(answers) < together {
			return nil
		}
		return keep()
	})
	if err = errors.Join(err, keep()); err != nil {
		return nil, nil, err
	}
	if err := w.record(line{Look: lookLineOf(look, pages)}); err != nil {
		return nil, nil, err
	}
	return look, evidence, w.keepLook(ctx, look)
}

// keepLook keeps what went wrong with the lists and counts what they gave.
func (w *portalWork) keepLook(ctx context.Context, look *crawl.Look) error {
	failed := make(map[string]bool)
	for _, p := range look.Problems {
		failed[p.URL] = true
		if err := w.keepProblem(ctx, p); err != nil {
			return err
		}
	}
	err := w.Store.Write(ctx, func(ctx context.Context, wr *store.Writing) (err error) {
		for _, f := range look.Pages {
			if !failed[f.RequestedURL] {
				err = errors.Join(err, wr.MendFailures(ctx, w.run, f.RequestedURL))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	w.tally.count(func(p *store.PortalRun) {
		p.Lists, p.Candidates, p.Layout = len(look.Pages), len(look.Candidates), layoutOf(look)
		for _, r := range look.Rejected {
			p.Rejected[rejection(r.Rule)]++
		}
	})
	return nil
}

// rejection is the reason of a rejection without what only one link has of it, so
// that reasons can be counted.
func rejection(rule string) string {
	reason, _, _ := strings.Cut(rule, ":")
	return reason
}

// keepProblem keeps what went wrong with a list.
func (w *portalWork) keepProblem(ctx context.Context, p crawl.Problem) error {
	f := store.Failure{Portal: w.portal.ID, URL: p.URL, At: w.found, Reason: reasonText(p.Err)}
	var fe *crawl.FetchError
	if errors.As(p.Err, &fe) {
		f.Temporary = passes(fe.Kind)
	}
	w.tally.count(func(c *store.PortalRun) {
		if errors.Is(p.Err, report.ErrBlocked) {
			c.Blocked++
		} else {
			c.Failed++
		}
	})
	return w.Store.AddFailure(ctx, w.run, f)
}

// passes reports whether a failure may be gone when asked again.
func passes(k crawl.Kind) bool { return k == crawl.Temporary || k == crawl.Budget }

// conclude keeps what the look says of absence: for all agencies of the portal, and
// for each of which it says something else. A list that was not read, or a page of
// an agency that could not be had, proves nothing about what that agency did not
// publish.
func (w *portalWork) conclude(ctx context.Context, look *crawl.Look, evidence []report.SHA256) error {
	common := store.Look{Run: w.run, Portal: w.portal.ID, At: w.found, Good: look.GoodFor(noAgency),
		Found: len(look.Candidates), Evidence: evidence}
	if !common.Good {
		common.Reason = reasonFor(look, nil)
	}
	shrunk, err := w.shrunk(ctx, common)
	if err != nil {
		return err
	}
	if common.Good && shrunk != "" {
		common.Good, common.Reason = false, shrunk
	}
	if err := w.Store.AddLook(ctx, common); err != nil {
		return err
	}
	if err := w.keepListings(ctx, look); err != nil {
		return err
	}
	for _, a := range w.register.agencies {
		if !slices.Contains(w.register.covered, a.ID) {
			continue
		}
		own := common
		own.Agency, own.Good, own.Reason = a.ID, look.GoodFor(a.ID), ""
		if !own.Good {
			own.Reason = reasonFor(look, &a)
		}
		if own.Good && shrunk != "" {
			own.Good, own.Reason = false, shrunk
		}
		if why := w.unseen[a.ID]; own.Good && why != "" {
			own.Good, own.Reason = false, why
		}
		if own.Good == common.Good && own.Reason == common.Reason {
			continue
		}
		if err := w.Store.AddLook(ctx, own); err != nil {
			return err
		}
	}
	return nil
}

// shrunk says why nothing is concluded from a look that found much less than the last
// good one, and "" where it did not: a list that lost more than a fifth was rebuilt or
// not served whole. Reports that were asked for since and are gone explain their part
// of the loss. A list that stays as it is, while every page that it links can be
// had, was rebuilt with less: the third such look in a row is good again, and so is one
// of which the portal file says by expect that it should find about so many.
func (w *portalWork) shrunk(ctx context.Context, now store.Look) (string, error) {
	before, err := w.Store.LastGoodLook(ctx, w.portal.ID)
	if errors.Is(err, report.ErrNotFound) {
		return "", nil
	}
	if err != nil || now.Found >= before.Found*4/5 || w.vouched(now.Found) {
		return "", err
	}
	if settled, err := w.settled(ctx, now.Found); err != nil || settled {
		return "", err
	}
	pages, err := w.Store.Pages(ctx, w.portal.ID)
	if err != nil {
		return "", err
	}
	gone := 0
	for _, p := range pages {
		if missing(p.State) && p.SeenAt.After(before.At) {
			gone++
		}
	}
	if now.Found+gone >= before.Found*4/5 {
		return "", nil
	}
	return fmt.Sprintf("列表中只有 %d 份报告，上次正常查看时有 %d 份，减少过多，不据此认定未公布", now.Found, before.Found), nil
}

// vouched reports whether the portal file expects about as many reports as were found,
// and not more.
func (w *portalWork) vouched(found int) bool {
	return w.portal.Expect > 0 && found >= w.portal.Expect && 5*w.portal.Expect >= 4*found
}

// alike is how many looks in a row must find the same before a list that lists less is
// believed.
const alike = 3

// settled reports whether the looks before this one have found as much as it did, and
// all that it found can be had.
func (w *portalWork) settled(ctx context.Context, found int) (bool, error) {
	if counts := w.tally.snapshot(); counts.Failed+counts.Blocked > 0 {
		return false, nil
	}
	looks, err := w.Store.LastLooks(ctx, w.portal.ID, alike-1)
	if err != nil || len(looks) < alike-1 {
		return false, err
	}
	for _, l := range looks {
		if l.Found != found {
			return false, nil
		}
	}
	return true, nil
}

// noAgency is none that an entry could name: what holds for it holds for all agencies
// without a list of their own.
const noAgency = report.AgencyID("-")

// reasonFor says in plain Chinese why a look is not good for an agency, or with nil
// for those that have no list of their own.
func reasonFor(look *crawl.Look, a *report.Agency) string {
	for _, e := range look.Entries {
		if !e.Good && (!ofOneUnit(e.Entry) || a != nil && isUnit(*a, e.Entry.Unit)) {
			if reason := entryReason(e); reason != "" {
				return reason
			}
		}
	}
	if len(look.Candidates) < look.Portal.Expect {
		return fewer
	}
	return ""
}
