package ingest

import (
	"context"
	"errors"
	"fmt"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// layoutOf is what the lists of a look are built of, by the address of their entry.
func layoutOf(look *crawl.Look) map[string]string {
	var layout map[string]string
	for _, e := range look.Entries {
		if e.Layout == "" {
			continue
		}
		if layout == nil {
			layout = make(map[string]string)
		}
		layout[e.Entry.URL] = e.Layout
	}
	return layout
}

// Rebuilt reports whether lists are built otherwise than they were, of the entries that
// both know.
func Rebuilt(was, now map[string]string) bool {
	for entry, layout := range now {
		if !crawl.Alike(was[entry], layout) {
			return true
		}
	}
	return false
}

// rebuilt says that the lists are built otherwise than at the last good look and give
// less: then they have changed, and are not merely empty. It is asked before the look
// is concluded.
func (w *portalWork) rebuilt(ctx context.Context, look *crawl.Look) (string, error) {
	if look.State != crawl.LookOK && look.State != crawl.LookEmpty {
		return "", nil
	}
	was, err := w.Store.LastLayout(ctx, w.portal.ID)
	if err != nil || !Rebuilt(was, layoutOf(look)) {
		return "", err
	}
	before, err := w.Store.LastGoodLook(ctx, w.portal.ID)
	if errors.Is(err, report.ErrNotFound) {
		return "", nil
	}
	if err != nil || len(look.Candidates) >= before.Found {
		return "", err
	}
	return fmt.Sprintf("列表页版式与上次正常查看时不同，报告由 %d 份减为 %d 份", before.Found, len(look.Candidates)), nil
}

// endLooked sets the state of a portal whose lists were read.
func (w *portalWork) endLooked(look *crawl.Look, rebuilt string) {
	if rebuilt != "" {
		w.end(store.PortalChanged, rebuilt)
		return
	}
	w.end(portalState(look.State), lookMessage(look))
}
