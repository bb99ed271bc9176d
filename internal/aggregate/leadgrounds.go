package aggregate

import (
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// groundFloor is the least number of refusals of which shares are told.
const groundFloor = 10

// grounds are units that rest their refusals on a ground unlike their peers: the
// intervals of the two shares do not overlap.
func (f *leadFinder) grounds() error {
	counts := make(map[report.AgencyID][]report.Amount)
	for _, row := range f.w.members() {
		if v := f.w.counted(f.w.owed(row, f.year)); v != nil && v.Format != standard.F2014 {
			if list, ok := deniedOf(v); ok {
				counts[row.Agency.ID] = list
			}
		}
	}
	type group struct {
		county standard.RegionCode
		local  bool
	}
	of := func(a report.Agency) group { return group{peerRegion(a), local(a.Kind)} }
	sums, units := make(map[group][]report.Amount), make(map[group]int)
	for _, row := range f.w.members() {
		own, ok := counts[row.Agency.ID]
		if !ok {
			continue
		}
		g := of(row.Agency)
		if sums[g] == nil {
			sums[g] = make([]report.Amount, len(own))
		}
		units[g]++
		for i, a := range own {
			sums[g][i] += a
		}
	}
	for _, row := range f.w.members() {
		own, ok := counts[row.Agency.ID]
		if !ok {
			continue
		}
		g := of(row.Agency)
		peers := slices.Clone(sums[g])
		for i, a := range own {
			peers[i] -= a
		}
		f.ground(row, own, peers, units[g]-1)
	}
	return nil
}

func deniedOf(v *version) ([]report.Amount, bool) {
	list := make([]report.Amount, len(standard.Denied()))
	for i, row := range standard.Denied() {
		a, ok, _ := v.cells.amount(standard.At(row, standard.Total))
		if !ok {
			return nil, false
		}
		list[i] = a
	}
	return list, true
}

func total(list []report.Amount) (sum report.Amount) {
	for _, a := range list {
		sum += a
	}
	return sum
}

// ground adds the ground whose share lies furthest from the peers'.
func (f *leadFinder) ground(row store.CoverageRow, own, peers []report.Amount, n int) {
	d, of := total(own), total(peers)
	if d < report.Count(groundFloor) || of < report.Count(groundFloor) {
		return
	}
	best, gap := -1, 0.0
	for i := range own {
		low, high := wilson(own[i].Float(), d.Float())
		lowPeers, highPeers := wilson(peers[i].Float(), of.Float())
		if low <= highPeers && lowPeers <= high {
			continue
		}
		if g := own[i].Float()/d.Float() - peers[i].Float()/of.Float(); max(g, -g) > gap || g == gap && g > 0 { // of two alike, the one that the unit uses
			best, gap = i, max(g, -g)
		}
	}
	if best < 0 {
		return
	}
	ground := standard.Denied()[best]
	name := standard.GroundName(ground)
	share := func(k, d report.Amount) float64 { return 100 * k.Float() / d.Float() }
	f.add(LeadGround, row, Lead{
		Text: standard.Label{
			ZH: fmt.Sprintf("%s不予公开 %v 件，其中“%s”%v 件（%.1f%%）；同类其余 %d 个单位 %v 件中 %v 件（%.1f%%）。",
				row.Agency.Short, d, name.ZH, own[best], share(own[best], d), n, of, peers[best], share(peers[best], of)),
			EN: fmt.Sprintf("%s refused %v requests, %v of them as \"%s\" (%.1f %%); of %v refusals of its %d peers, %v (%.1f %%).",
				row.Agency.Short, d, own[best], name.EN, share(own[best], d), of, n, peers[best], share(peers[best], of))},
		Weight: 100 * gap, Reason: say("占比相差的百分点", "difference in percentage points"),
		Caveats: []standard.Label{say("占比取决于收到的申请；两者的 95%% 区间不重叠才列出", "Shares depend on what was asked for; listed only where the 95 %% intervals do not overlap")},
		Cells:   []LeadCell{f.cell(row, f.year, standard.At(ground, standard.Total))}})
}

// corrected are units whose decisions were corrected in review or suit.
func (f *leadFinder) corrected() error {
	for _, row := range f.w.members() {
		v := f.w.counted(f.w.owed(row, f.year))
		if v == nil || v.Format == standard.F2014 {
			continue
		}
		var zh, en []string
		var cells []LeadCell
		weight := 0.0
		for _, kind := range []struct {
			id     string
			zh, en string
		}{{"review_corrected_rate", "行政复议", "reviews"}, {"suit_corrected_rate", "行政诉讼", "suits"}} {
			fig := v.cells.figure(indicator(kind.id), v.VersionValues)
			if !fig.Defined || fig.Numerator == 0 {
				continue
			}
			weight += fig.Numerator.Float()
			zh = append(zh, fmt.Sprintf("%s审结 %v 件，结果纠正 %v 件", kind.zh, fig.Denominator, fig.Numerator))
			en = append(en, fmt.Sprintf("%v %s concluded, %v corrected", fig.Denominator, kind.en, fig.Numerator))
			for _, t := range indicator(kind.id).Formulas[v.Format].Numerator {
				cells = append(cells, f.cell(row, f.year, t.Cell))
			}
		}
		if len(zh) == 0 {
			continue
		}
		f.add(LeadCorrected, row, Lead{
			Text:   standard.Label{ZH: row.Agency.Short + strings.Join(zh, "；") + "。", EN: row.Agency.Short + ": " + strings.Join(en, "; ") + "."},
			Weight: weight, Reason: say("结果纠正的件数", "cases corrected"), Cells: cells,
			Caveats: []standard.Label{say("可针对上一年度的决定；一件争议可先复议后诉讼", "They may concern decisions of the year before; one dispute can be both a review and a suit")}})
	}
	return nil
}

// fees are requests that ended for unpaid fees beside the fees that were stated.
func (f *leadFinder) fees() error {
	list, err := f.s.Fees(f.ctx, f.w.region.Code, f.year, f.w.run)
	if err != nil {
		return err
	}
	for _, one := range list {
		row, ok := f.w.find(one.Agency)
		ended, known := one.Ended.Known()
		if !ok || !known || ended == 0 || row.Agency.Kind == standard.Government {
			continue
		}
		l := Lead{Weight: ended.Float(), Reason: say("终止的件数", "requests ended"),
			Cells: []LeadCell{f.cell(row, f.year, standard.At("outcome.other.fee_unpaid", standard.Total))}}
		if one.Stated {
			l.Text = say("%s逾期未缴费而不再处理的申请 %v 件，第六部分写收取 %v 元：“%s”。", "%[1]s: %[2]v requests ended for unpaid fees; section 6 states %[3]v yuan collected.",
				row.Agency.Short, ended, one.Yuan, one.Says.Text)
			l.Caveats = []standard.Label{say("收费金额取自原句，不是表中的数", "The fee is taken from the sentence and is no figure of the tables")}
		} else {
			l.Text = say("%s逾期未缴费而不再处理的申请 %v 件。", "%s: %v requests ended for unpaid fees.", row.Agency.Short, ended)
			l.Caveats = []standard.Label{say("第六部分没有写明收费金额，不作比较", "Section 6 states no fee, so there is no comparison")}
		}
		f.add(LeadFee, row, l)
	}
	return nil
}

// never are units whose reports, three or more, all print 0 new requests.
func (f *leadFinder) never() error {
	const least = 3
	for _, row := range f.w.members() {
		var years []int
		var cells []LeadCell
		for _, v := range f.w.ofAgency[row.Agency.ID] {
			if v.Year > f.year || !v.Status.Counts() {
				continue
			}
			c := f.cell(row, v.Year, requestCell(v.Format))
			if a, ok := c.Value.Known(); !ok || a != 0 {
				years = nil
				break
			}
			years, cells = append(years, v.Year), append(cells, c)
		}
		if len(years) < least {
			continue
		}
		f.add(LeadNever, row, Lead{
			Text: say("%s %d 年至 %d 年 %d 份报告的新收申请均为 0。", "%s: the new requests of all its reports from %d to %d, %d of them, are 0.",
				row.Agency.Short, slices.Min(years), slices.Max(years), len(years)),
			Weight: float64(len(years)), Reason: say("报告份数", "number of reports"), Cells: cells,
			Caveats: []standard.Label{say("小单位可以没有申请", "A small unit can have no requests")}})
	}
	return nil
}
