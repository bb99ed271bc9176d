package web

import (
	"strconv"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A look is how a status is shown: a class for its fill, a symbol and a word, never
// colour alone. Timeliness is an axis of its own.
type look struct {
	Class, Symbol, Word string
}

// statusLook is the look of a version's status.
func (p page) statusLook(s report.Status) look {
	switch s {
	case report.Verified:
		return look{"ok", "✓", p.t("已核验")}
	case report.Inconsistent:
		return look{"err", "≠", p.t("勾稽不符")}
	case report.NeedsReview:
		return look{"rev", "?", p.t("待复核")}
	}
	return look{"bad", "×", p.t("无法读取")}
}

// owedLook is the look of what an agency owes for a year.
func (p page) owedLook(o aggregate.Owed) look {
	switch o.Publication {
	case report.Published:
		return p.statusLook(o.Status)
	case report.Missing:
		return look{"mis", "", p.t("未发布")}
	case report.Unknown:
		return look{"unk", "", p.t("未能查看")}
	case report.NotWatched:
		return look{"unw", "", p.t("未纳入")}
	case report.NotDue:
		return look{"due", "○", p.t("未到期")}
	}
	return look{"none", "/", p.t("尚未设立或已撤销")}
}

// lateLook is the look of lateness, zero where the report was not late.
func (p page) lateLook(o aggregate.Owed) look {
	switch {
	case o.Late && o.LateDays > 0:
		return look{"late", "", p.t("逾期至少 %d 天", o.LateDays)}
	case o.Late:
		return look{"late", "", p.t("逾期")}
	case o.LateByDate && o.LateDays > 0:
		return look{"bydate", "", p.t("按印出日期迟 %d 天", o.LateDays)}
	case o.LateByDate:
		return look{"bydate", "", p.t("按印出日期逾期")}
	}
	return look{}
}

// legend are the looks of a matrix in the order of its key.
func (p page) legend() []look {
	var all []look
	for _, s := range []report.Status{report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable} {
		all = append(all, p.statusLook(s))
	}
	for _, owed := range []report.Publication{report.Missing, report.Unknown, report.NotWatched, report.NotDue} {
		all = append(all, p.owedLook(aggregate.Owed{Publication: owed}))
	}
	return append(all, look{"none", "/", p.t("尚未设立")}, look{"late", "", p.t("右上角：逾期")}, look{"bydate", "", p.t("空角：仅按印出的日期逾期")})
}

// A stripView is the strip under a figure: one tick for each agency in roster
// order, so that a reader sees what the figure stands on. Beyond maxTicks it is a
// bar of the same parts.
type stripView struct {
	Ticks []string // classes
	Parts []stripPart
	Words string
}

// A stripPart is a run of a strip drawn as a bar, in hundredths of its length.
type stripPart struct {
	Class string
	X, W  float64
}

const maxTicks = 60

// tickClass is the class of each tick.
var tickClass = map[aggregate.Tick]string{
	aggregate.TickVerified: "ok", aggregate.TickInconsistent: "err", aggregate.TickReview: "rev",
	aggregate.TickMissing: "mis", aggregate.TickUnknown: "unk", aggregate.TickNoCell: "nocell",
}

func (p page) strip(b aggregate.Basis) stripView {
	v := stripView{Words: p.basis(b)}
	if len(b.Ticks) == 0 && b.Over() {
		return p.wideStrip(v, b)
	}
	if len(b.Ticks) <= maxTicks {
		for _, t := range b.Ticks {
			v.Ticks = append(v.Ticks, tickClass[t])
		}
		return v
	}
	count := make(map[aggregate.Tick]int)
	for _, t := range b.Ticks {
		count[t]++
	}
	x := 0.0
	for _, t := range []aggregate.Tick{aggregate.TickVerified, aggregate.TickInconsistent, aggregate.TickNoCell,
		aggregate.TickReview, aggregate.TickMissing, aggregate.TickUnknown} {
		w := 100 * float64(count[t]) / float64(len(b.Ticks))
		if w > 0 {
			v.Parts = append(v.Parts, stripPart{tickClass[t], x, w})
		}
		x += w
	}
	return v
}

// basis says in words what a figure stands on.
func (p page) basis(b aggregate.Basis) string {
	text := p.t("计入 %d / %d 份", b.Usable, b.Due)
	for _, part := range []struct {
		n    int
		text string
	}{
		{b.Inconsistent, "勾稽不符 %d"}, {b.NeedsReview, "待复核 %d"}, {b.Unreadable, "无法读取 %d"},
		{b.Missing, "未发布 %d"}, {b.Unknown, "未能查看 %d"},
	} {
		if part.n > 0 {
			text += p.t("，") + p.t(part.text, part.n)
		}
	}
	return text
}

// A cellView is one square of a matrix.
type cellView struct {
	look
	Late    string // class of the corner: late, bydate or ""
	Href    string
	Label   string // whole sentence for a screen reader
	Version string // number of versions where there are several
}

// square is the square of what an agency owes for a year.
func (p page) square(name string, year int, o aggregate.Owed) cellView {
	v := cellView{look: p.owedLook(o), Late: p.lateLook(o).Class}
	v.Label = p.t("%s %d 年度：%s", name, year, v.Word)
	if word := p.lateLook(o).Word; word != "" {
		v.Label += p.t("，") + word
	}
	if o.Reason != "" {
		v.Label += p.t("（%s）", p.retell(o.Reason))
	}
	if o.Version != 0 {
		v.Href = p.reportHref(o.Agency.ID, year)
	}
	if o.Versions > 1 {
		v.Version = strconv.Itoa(o.Versions)
		v.Label += p.t("，共 %d 版", o.Versions)
	}
	return v
}

func (p page) reportHref(id report.AgencyID, year int) string {
	return p.Href("/reports/" + string(id) + "/" + strconv.Itoa(year))
}

func (p page) agencyLink(a report.Agency) link {
	return link{Text: p.name(shortName(a)), Href: p.Href("/agencies/" + string(a.ID)), Demo: a.Demo}
}

// shortName is what tables call an agency.
func shortName(a report.Agency) string {
	if a.Short != "" && a.Kind != standard.Government {
		return a.Short
	}
	return a.Name
}
