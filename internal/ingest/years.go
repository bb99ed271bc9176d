package ingest

import (
	"context"
	"errors"
	"slices"

	"gongkai/internal/check"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A kin is what a run knows of the reports of one agency: each is judged beside those
// of the two years before it, which the run has mostly just kept. Its pages are dealt
// with one after another, so that nothing guards it. A nil kin knows nothing.
type kin struct {
	agency report.AgencyID
	kept   map[int]store.Kept // by year; zero where it is known that there is none
	pages  map[article]bool   // dealt with in this run
}

func newKin() *kin { return &kin{kept: make(map[int]store.Kept), pages: make(map[article]bool)} }

// of makes it the kin of an agency, and reports whether there is one.
func (k *kin) of(agency report.AgencyID) bool {
	if k == nil {
		return false
	}
	if k.agency != agency {
		k.agency = agency
		clear(k.kept)
	}
	return true
}

// before returns what is kept for the two years before one.
func (k *kin) before(ctx context.Context, db *store.DB, agency report.AgencyID, year int) (map[int]store.Kept, error) {
	if !k.of(agency) {
		return db.Readings(ctx, agency, year-2, year-1)
	}
	_, last := k.kept[year-1]
	_, earlier := k.kept[year-2]
	if !last || !earlier {
		read, err := db.Readings(ctx, agency, year-2, year-1)
		if err != nil {
			return nil, err
		}
		k.kept[year-1], k.kept[year-2] = read[year-1], read[year-2]
	}
	return k.kept, nil
}

// note remembers what was kept for a year, and forgets what no later year asks for.
func (k *kin) note(agency report.AgencyID, year int, kept store.Kept) {
	if !k.of(agency) {
		return
	}
	k.kept[year] = kept
	for y := range k.kept {
		if y < year-1 {
			delete(k.kept, y)
		}
	}
}

// forget drops what is known of a year.
func (k *kin) forget(agency report.AgencyID, year int) {
	if k.of(agency) {
		delete(k.kept, year)
	}
}

// A beside says which versions a report was judged beside: of the year before it, and
// of the one before that. 0 is none.
type beside [2]store.VersionID

// besideOf picks the versions of the two years before one.
func besideOf(refs []store.VersionRef, year int) (b beside) {
	for _, r := range refs {
		if back := year - r.Year; back == 1 || back == 2 {
			b[back-1] = r.ID
		}
	}
	return b
}

// judge applies the rules to a report of which it is known whose it is and for which
// year: with the two years before it, as they are kept. What a report says and how far
// it may be trusted does not change by it; what contradicts the year before does.
func (w *portalWork) judge(ctx context.Context, k *kin, f *found, a *report.Agency, year int) error {
	if f.Reading.Format == "" {
		return nil // there is nothing to compare, and its reader has said why
	}
	before, err := k.before(ctx, w.Store, a.ID, year)
	if err == nil {
		f.judgeBeside(w.around(a), year, before)
	}
	return err
}

// around is what the rules are told of an agency. It asks the register, which may be
// waiting for the writer: within a step it is not to be asked.
func (w *portalWork) around(a *report.Agency) check.Context {
	return check.Context{Agency: a, Kind: a.Kind, Neighbours: w.register.neighbours(a), Register: w.register.ended(), Thresholds: w.Reader.Thresholds}
}

// judgeBeside applies the rules to a report beside those of the two years before it.
func (f *found) judgeBeside(with check.Context, year int, before map[int]store.Kept) {
	last, earlier := before[year-1], before[year-2]
	with.Previous, with.Earlier = last.Reading, earlier.Reading
	f.Outcome = check.Report(f.Reading, with)
	f.beside = beside{last.Version, earlier.Version}
}

// A keeping is a report that is ready to be kept.
type keeping struct {
	found
	agency *report.Agency
	around check.Context
	year   int
	url    string
	packed *store.PackedVersion
	change store.Change // what it came to
}

// ready makes a report ready to be kept.
func (w *portalWork) ready(f found, a *report.Agency, year int, url string) (*keeping, error) {
	k := &keeping{found: f, agency: a, around: w.around(a), year: year, url: url}
	return k, w.pack(k)
}

// pack makes what is kept of a report.
func (w *portalWork) pack(k *keeping) (err error) {
	v := k.version(k.agency, k.year, k.url)
	v.FoundAt = w.found
	k.packed, err = w.Store.Pack(v)
	return err
}

// add keeps a report within a step, and judges those of the two years after it again,
// so that no end of the process comes between the two. Where another step has changed
// what it was judged beside, it is judged anew.
func (w *portalWork) add(ctx context.Context, wr *store.Writing, k *keeping) (store.VersionID, error) {
	near, err := wr.NearVersions(ctx, k.agency.ID, k.year-2, k.year+2)
	if err != nil {
		return 0, err
	}
	if k.Reading.Format != "" && besideOf(near, k.year) != k.beside {
		before, err := wr.Readings(ctx, k.agency.ID, k.year-2, k.year-1)
		if err != nil {
			return 0, err
		}
		k.judgeBeside(k.around, k.year, before)
		if err := w.pack(k); err != nil {
			return 0, err
		}
	}
	id, change, err := wr.AddVersion(ctx, w.run, k.packed)
	k.change = change
	if err == nil && change != store.NoChange {
		err = w.recheck(ctx, wr, w.run, k.around, k.year, near)
	}
	return id, err
}

// recheck applies the rules again to the two years after one that has changed, of
// which near names the versions. Only what contradicts other years can change, so a
// recheck makes no version and no status.
func (w *portalWork) recheck(ctx context.Context, wr *store.Writing, run store.RunID, around check.Context, changed int, near []store.VersionRef) error {
	var all map[int]store.Kept // what is kept of the years that the rules may ask for
	var whose report.AgencyID
	for _, ref := range near {
		if ref.Year <= changed {
			continue
		}
		if whose != ref.Agency {
			read, err := wr.Readings(ctx, ref.Agency, changed-1, changed+2)
			if err != nil {
				return err
			}
			all, whose = read, ref.Agency
		}
		v := all[ref.Year]
		if v.Reading == nil || v.Reading.Format == "" {
			continue
		}
		with, err := aroundRef(ctx, wr, around, ref)
		if err != nil {
			return err
		}
		f := found{Result: Result{Reading: v.Reading}}
		f.judgeBeside(with, ref.Year, all)
		if f.Outcome.Status != v.Status {
			// The rules themselves are newer: that is compared before it is published.
			w.log.Warn("rules judge otherwise than they did; compare with `dashboard reread --all`", "agency", ref.Agency, "year", ref.Year,
				"status", v.Status, "now", f.Outcome.Status)
			continue
		}
		if _, err := wr.ReplaceFindings(ctx, run, ref.ID, f.Outcome.Findings); err != nil && !errors.Is(err, report.ErrNotFound) {
			return err
		}
	}
	return nil
}

// aroundRef is what the rules are told of the agency of a version: of another where the
// report is under the name that the agency has since.
func aroundRef(ctx context.Context, wr *store.Writing, around check.Context, ref store.VersionRef) (check.Context, error) {
	if around.Agency == nil || around.Agency.ID == ref.Agency {
		return around, nil
	}
	a, err := wr.Agency(ctx, ref.Agency)
	if err != nil {
		return around, err
	}
	around.Neighbours = slices.DeleteFunc(slices.Clone(around.Neighbours), func(name string) bool { return name == a.Name })
	around.Neighbours = append(around.Neighbours, around.Agency.Name)
	around.Agency, around.Kind = &a, a.Kind
	return around, nil
}

// publish keeps what these readers made of the original of a version in place of what
// older ones made of it, and judges the years after it again.
func (w *portalWork) publish(ctx context.Context, run store.RunID, id store.VersionID, a *report.Agency, v store.NewVersion) error {
	packed, err := w.Store.Pack(v)
	if err != nil {
		return err
	}
	around := w.around(a)
	return w.Store.Write(ctx, func(ctx context.Context, wr *store.Writing) error {
		change, err := wr.AddReading(ctx, run, id, packed)
		if err != nil || change == store.NoChange {
			return err
		}
		near, err := wr.NearVersions(ctx, a.ID, v.Year, v.Year+2)
		if err != nil {
			return err
		}
		return w.recheck(ctx, wr, run, around, v.Year, near)
	})
}
