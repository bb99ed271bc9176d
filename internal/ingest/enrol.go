package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// suffixes tell the kind of an agency from the end of its formal name; short is what
// its short name ends with.
var suffixes = [...]struct {
	formal, short string
	kind          standard.Kind
}{
	{"街道办事处", "街道", standard.Street},
	{"镇人民政府", "镇", standard.Town},
	{"乡人民政府", "乡", standard.Township},
	{"苏木人民政府", "苏木", standard.Township},
	{"人民政府", "", standard.Government},
}

// enrolRoster fills the register of a county that has none from the national roster:
// its streets and towns, and its government. Departments are in no roster; they are
// enrolled when a portal lists their reports.
func enrolRoster(ctx context.Context, db *store.DB, p *crawl.Portal) error {
	known, err := db.Agencies(ctx, p.Region)
	if err != nil || len(known) > 0 {
		return err
	}
	county, ok := standard.RegionOf(p.Region)
	if !ok {
		return nameRegion(ctx, db, p)
	}
	if p.Region.Level() != standard.CountyLevel {
		return nil
	}
	all := Roster(county)
	for i := range all {
		all[i].Demo, all[i].Watched = p.Demo, lists(p, all[i])
	}
	return db.PutAgencies(ctx, all)
}

// Roster is a county by the national roster: its government, and its streets and towns.
func Roster(county standard.Region) []report.Agency {
	all := []report.Agency{{ID: report.AgencyID(county.Code) + "-gov", Name: county.Name + "人民政府", Short: county.Name,
		Kind: standard.Government, Region: county.Code}}
	for _, r := range standard.RegionsIn(county.Code) {
		for _, s := range suffixes {
			if s.short != "" && strings.HasSuffix(r.Name, s.short) {
				all = append(all, report.Agency{ID: report.AgencyID(r.Code), Name: strings.TrimSuffix(r.Name, s.short) + s.formal,
					Short: r.Name, Kind: s.kind, Region: r.Code})
				break
			}
		}
	}
	return all
}

// nameRegion names a region that the national roster does not have, after its portal.
func nameRegion(ctx context.Context, db *store.DB, p *crawl.Portal) error {
	path, err := db.RegionPath(ctx, p.Region)
	if err != nil || len(path) > 0 {
		return err
	}
	name, _, _ := strings.Cut(p.Name, "人民政府")
	return db.SetRegionName(ctx, p.Region, name)
}

// lists reports whether a portal lists the reports of an agency.
func lists(p *crawl.Portal, a report.Agency) bool {
	return slices.ContainsFunc(p.Entries, func(e crawl.Entry) bool { return !ofOneUnit(e) || isUnit(a, e.Unit) })
}

// met returns the agency of a report that the register does not have, after enrolling
// it. It returns nil where the report is no good witness: it does not name its agency
// for certain, the list names another, or the agency lies elsewhere.
func (w *portalWork) met(ctx context.Context, t task, r *report.Reading) (*report.Agency, error) {
	if w.portal.Region == "" || r.Agency == "" || r.Year == 0 || r.Format == "" || doubts(r, "publish.wrong_unit") {
		return nil, nil
	}
	a := report.Agency{Name: r.Agency, Short: r.Agency, Kind: standard.Department, Region: w.portal.Region,
		From: r.Year, Watched: true, Demo: w.portal.Demo}
	core := r.Agency
	for _, s := range suffixes {
		if stem, ok := strings.CutSuffix(r.Agency, s.formal); ok {
			core, a.Short, a.Kind = stem, stem+s.short, s.kind
			break
		}
	}
	if t.unit != "" && !strings.Contains(plain(t.unit), plain(core)) || !w.register.holds(r.Region) {
		return nil, nil
	}
	a.ID = w.register.newID(a)
	return w.register.enrol(&a, func() error { return w.Store.Enrol(ctx, w.run, w.portal.ID, a) })
}

// holds reports whether the regions that a report names are the portal's: the widest
// to the narrowest, of which the last counts.
func (r *register) holds(regions []string) bool {
	if len(regions) == 0 {
		return true
	}
	narrowest := regions[len(regions)-1]
	return strings.Contains(r.portal.Name, narrowest) || slices.Contains(r.names, narrowest)
}

// newID makes the id of an agency that no roster numbers: that of the government for
// the portal's own, and else the region with a mark that is always the same for the
// same name.
func (r *register) newID(a report.Agency) report.AgencyID {
	if a.Kind == standard.Government && strings.Contains(r.portal.Name, a.Short) {
		return report.AgencyID(r.portal.Region) + "-gov"
	}
	sum := sha256.Sum256([]byte(plain(a.Name)))
	return report.AgencyID(r.portal.Region) + "-" + EnrolledMark + report.AgencyID(hex.EncodeToString(sum[:4]))
}

// EnrolledMark begins what stands behind the region in the id of an agency that was
// enrolled when it was met.
const EnrolledMark = "u"

// enrol enters an agency and keeps it, unless another page has brought it meanwhile.
func (r *register) enrol(a *report.Agency, keep func() error) (*report.Agency, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.agencies {
		if known := r.agencies[i]; known.ID == a.ID {
			if a.From >= known.From || !strings.Contains(string(a.ID), "-"+EnrolledMark) {
				return &known, nil
			}
			r.agencies[i].From = a.From
			return a, keep()
		}
	}
	if err := keep(); err != nil {
		return nil, err
	}
	r.agencies = append(r.agencies, *a)
	r.addNames(len(r.agencies)-1, *a)
	return a, nil
}
