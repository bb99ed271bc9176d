package ingest

import (
	"context"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/store"
)

// keepListings keeps which lists link which reports. Whose report an address holds is
// known when it was had, so this comes after all pages.
func (w *portalWork) keepListings(ctx context.Context, look *crawl.Look) error {
	pages, err := w.Store.Pages(ctx, w.portal.ID)
	if err != nil {
		return err
	}
	known := make(map[string]store.Page, len(pages))
	for _, p := range pages {
		known[p.URL] = p
	}
	versions, err := w.Store.VersionsOnPages(ctx, w.portal.ID)
	if err != nil {
		return err
	}
	var found []store.Listing
	for _, c := range look.Candidates {
		p, there := known[c.URL]
		if !there || p.State == store.PageGone {
			continue
		}
		for _, r := range reportsIn(p, versions[p.URL]) {
			for _, l := range c.Listings {
				found = append(found, store.Listing{Agency: r.agency, Year: r.year, URL: c.URL, Entry: l.Entry, List: l.List, Column: l.Column})
			}
		}
	}
	return w.Store.PutListings(ctx, w.run, w.portal.ID, found, look.Good)
}

// reportsIn are the reports that a page holds: one by its memory, or all versions that
// were read from it.
func reportsIn(p store.Page, versions []store.VersionRef) (held []holding) {
	if p.Agency != "" && p.Year != 0 {
		return []holding{{p.Agency, p.Year}}
	}
	for _, v := range versions {
		held = append(held, holding{v.Agency, v.Year})
	}
	return held
}
