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
	var found []store.Listing
	for _, c := range look.Candidates {
		p, there := known[c.URL]
		if !there || p.State == store.PageGone {
			continue
		}
		reports, err := w.reportsIn(ctx, p)
		if err != nil {
			return err
		}
		for _, r := range reports {
			for _, l := range c.Listings {
				found = append(found, store.Listing{Agency: r.agency, Year: r.year, URL: c.URL, Entry: l.Entry, List: l.List, Column: l.Column})
			}
		}
	}
	return w.Store.PutListings(ctx, w.run, w.portal.ID, found, look.Good)
}

// reportsIn are the reports that a page holds: one by its memory, or all that were
// read from it.
func (w *portalWork) reportsIn(ctx context.Context, p store.Page) ([]holding, error) {
	if p.Agency != "" && p.Year != 0 {
		return []holding{{p.Agency, p.Year}}, nil
	}
	refs, err := w.Store.VersionsFrom(ctx, p.URL)
	var held []holding
	for _, r := range refs {
		held = append(held, holding{r.Agency, r.Year})
	}
	return held, err
}
