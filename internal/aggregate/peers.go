package aggregate

import (
	"fmt"
	"math"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A PeerBy names what a unit's peers share with it. The reader may change it.
type PeerBy string

// The ways to choose peers; all are of the same county.
const (
	PeersByKind PeerBy = "kind"   // streets, towns and townships together, departments apart
	PeersByLoad PeerBy = "load"   // of the same kind and with a like case load
	PeersAll    PeerBy = "parent" // every unit of the same parent, the county, but its government
)

// PeerWays returns the ways to choose peers, the usual one first.
func PeerWays() []PeerBy { return []PeerBy{PeersByKind, PeersByLoad, PeersAll} }

// ParsePeerBy returns the way of that name, the usual one for "". Old links say all for
// parent.
func ParsePeerBy(name string) (PeerBy, error) {
	switch name {
	case "":
		return PeersByKind, nil
	case "all":
		return PeersAll, nil
	}
	for _, by := range PeerWays() {
		if string(by) == name {
			return by, nil
		}
	}
	return "", &report.ParameterError{Name: "peers", Got: name, Want: "kind, load or parent"}
}

// A PeerGroup is the peers that a unit is shown among.
type PeerGroup struct {
	By   PeerBy
	Name standard.Label
	N    int // units in it, the unit itself left out
	Year int // of the case load, 0 where it does not count
	// From and To bound the case load; To is 0 without an upper bound.
	From, To report.Amount
}

// loadBands are the lower ends of the bands of case loads.
func loadBands() []report.Amount {
	return []report.Amount{0, report.Count(1), report.Count(10), report.Count(50), report.Count(200)}
}

// peersBy returns the peers of a unit and the name of their group. By case load, the
// load of the unit's latest counted report decides; without one there is no group.
func (w *world) peersBy(row store.CoverageRow, by PeerBy) ([]store.CoverageRow, PeerGroup) {
	g := PeerGroup{By: by}
	county := w.region.Name // peers are looked for in the world of their county
	kind := standard.Label{ZH: "部门", EN: "departments"}
	if local(row.Agency.Kind) {
		kind = standard.Label{ZH: "街道和乡镇", EN: "streets and towns"}
	}
	var list []store.CoverageRow
	switch by {
	case PeersAll:
		for _, other := range w.members() {
			if other.Agency.ID != row.Agency.ID {
				list = append(list, other)
			}
		}
		g.Name = say("%s全部单位", "all units of %s", county)
	case PeersByLoad:
		list = w.loadPeers(row, &g)
		bounds := g.bounds()
		g.Name = standard.Label{ZH: fmt.Sprintf("%s%s，%d 年受理 %s", county, kind.ZH, g.Year, bounds.ZH),
			EN: fmt.Sprintf("%s of %s with a case load of %s in %d", kind.EN, county, bounds.EN, g.Year)}
		if g.Year == 0 {
			g.Name = say("%s没有可用的受理量", "no case load of %s is known", row.Agency.Short)
		}
	default:
		list = w.peers(row)
		g.By, g.Name = PeersByKind, standard.Label{ZH: county + kind.ZH, EN: kind.EN + " of " + county}
	}
	g.N = len(list)
	return list, g
}

func (g PeerGroup) bounds() standard.Label {
	switch {
	case g.From == 0:
		return say("0 件", "0")
	case g.To == 0:
		return say("%v 件及以上", "%v or more", g.From)
	}
	return say("%v 至 %v 件", "%v to %v", g.From, g.To)
}

// loadPeers are the peers of the unit's kind whose case load of the year lies in
// the unit's band.
func (w *world) loadPeers(row store.CoverageRow, g *PeerGroup) []store.CoverageRow {
	ind := indicator("case_load")
	of := w.ofAgency[row.Agency.ID]
	for i := len(of) - 1; i >= 0 && g.Year == 0; i-- {
		f := of[i].cells.figure(ind, of[i].VersionValues)
		if !f.Known || !of[i].Status.Counts() {
			continue
		}
		g.Year = of[i].Year
		g.From, g.To = bandOf(f.Numerator)
	}
	if g.Year == 0 {
		return nil
	}
	var list []store.CoverageRow
	for _, other := range w.peers(row) {
		v := w.counted(w.owed(other, g.Year))
		if v == nil {
			continue
		}
		f := v.cells.figure(ind, v.VersionValues)
		if from, _ := bandOf(f.Numerator); f.Known && from == g.From {
			list = append(list, other)
		}
	}
	return list
}

// bandOf returns the bounds of the band that a case load lies in.
func bandOf(load report.Amount) (from, to report.Amount) {
	bands := append(loadBands(), math.MaxInt64)
	for i := 0; i < len(bands)-1; i++ {
		if load >= bands[i] && load < bands[i+1] {
			from = bands[i]
			if i+1 < len(bands)-1 {
				to = bands[i+1] - report.One
			}
			return from, to
		}
	}
	return 0, 0
}
