package ingest

import (
	"context"
	"time"

	"gongkai/internal/archive"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A parcel is what one page brings: originals, and what the store keeps of them in one
// step. The step is in the store only where the originals are in the archive.
type parcel struct {
	originals []archive.New
	do        func(context.Context, *store.Writing) error // nil where there is nothing more than originals
	kept      chan error
}

// A keeper brings the parcels of a run to the disk, many at a time: bringing one takes the
// disk and the database as long as bringing many. While all who read are busy it waits a
// moment for more, and else for nobody.
type keeper struct {
	store   *store.DB
	archive *archive.Store
	run     store.RunID
	turns   *Turns
	parcels chan *parcel
	done    chan struct{}
}

const (
	crowd   = 32                     // parcels that are enough to begin with
	longest = 100 * time.Millisecond // that the first of them waits for others
)

// startKeeper begins to take parcels. Whoever starts a keeper stops it.
func startKeeper(ctx context.Context, s *refresh) *keeper {
	k := &keeper{store: s.Store, archive: s.Archive, run: s.run, turns: s.turns, parcels: make(chan *parcel), done: make(chan struct{})}
	go func() {
		defer close(k.done)
		for first := range k.parcels {
			k.bring(ctx, k.gather(first))
		}
	}()
	return k
}

// stop ends it. Nobody hands anything over any more.
func (k *keeper) stop() {
	close(k.parcels)
	<-k.done
}

// keep hands a parcel over and returns when it is kept, or why it is not.
func (k *keeper) keep(ctx context.Context, originals []archive.New, do func(context.Context, *store.Writing) error) error {
	if err := ctx.Err(); err != nil || len(originals) == 0 && do == nil {
		return err
	}
	p := &parcel{originals: originals, do: do, kept: make(chan error, 1)}
	k.parcels <- p
	return <-p.kept
}

// gather returns a parcel with those that wait, and those that come while it pays to wait
// for them.
func (k *keeper) gather(first *parcel) []*parcel {
	all := []*parcel{first}
	end := time.NewTimer(longest)
	defer end.Stop()
	for len(all) < crowd {
		select {
		case p := <-k.parcels:
			all = append(all, p)
			continue
		default:
		}
		if !k.turns.awaited() {
			break
		}
		select {
		case p := <-k.parcels:
			all = append(all, p)
		case <-end.C:
			return all
		}
	}
	return all
}

// bring brings parcels to the archive and then to the store.
func (k *keeper) bring(ctx context.Context, all []*parcel) {
	all = k.archived(ctx, all)
	var records []report.Original
	steps := []func(context.Context, *store.Writing) error{func(ctx context.Context, wr *store.Writing) error {
		return wr.PutOriginals(ctx, k.run, records...)
	}}
	for _, p := range all {
		for _, o := range p.originals {
			records = append(records, o.Meta)
		}
		if p.do == nil {
			p.do = func(context.Context, *store.Writing) error { return nil }
		}
		steps = append(steps, p.do)
	}
	errs := k.store.WriteEach(ctx, steps...)
	for i, p := range all {
		if errs[0] != nil {
			p.kept <- errs[0]
		} else {
			p.kept <- errs[i+1]
		}
	}
}

// archived brings the originals of parcels to the archive and returns the parcels of which
// all are there.
func (k *keeper) archived(ctx context.Context, all []*parcel) (there []*parcel) {
	var originals []archive.New
	for _, p := range all {
		originals = append(originals, p.originals...)
	}
	errs := k.archive.PutAll(ctx, originals)
	for _, p := range all {
		var failed error
		for _, err := range errs[:len(p.originals)] {
			if failed == nil {
				failed = err
			}
		}
		errs = errs[len(p.originals):]
		if failed != nil {
			p.kept <- failed
			continue
		}
		there = append(there, p)
	}
	return there
}
