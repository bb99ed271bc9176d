package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/store"
)

// maxAskings is how many units show who asked them what beside each other.
const maxAskings = 8

// A besideView sets units beside each other: for each applicant a bar of each unit.
// Units without the table are told apart from those whom nobody asked.
type besideView struct {
	Groups []besideGroup
	Left   []besideLeft
	Words  string
}

// A besideGroup is an applicant. None says that no unit decided a request of it.
type besideGroup struct {
	Name string
	Sum  bool
	None bool
	Rows []besideRow
}

type besideRow struct {
	Name, Href string
	Row        askingRow
}

type besideLeft struct{ Name, Href, Reason string }

// compareAsking sets beside each other who asked the units and what they got.
func (s *Server) compareAsking(ctx context.Context, v *compareView, q compareQuery, run store.RunID) error {
	units := q.units
	if len(units) > maxAskings {
		v.AskingsLeft = v.t("只并列前 %d 个单位，所选有 %d 个。", maxAskings, len(units))
		units = units[:maxAskings]
	}
	list, err := s.Figures.Askings(ctx, units, v.BarYear, run)
	if err != nil {
		return err
	}
	for i, a := range list {
		one := v.asking(a)
		one.ID = "asking-" + units[i]
		if a.Agency.ID == "" {
			one.Name = v.t("%s各单位合计", one.Name)
		}
		v.Askings = append(v.Askings, one)
	}
	v.Name = v.t("谁申请、得到什么")
	v.Title = v.t("比较：%s", v.t("%d 年度谁申请、得到什么", v.BarYear))
	v.Lede = v.compareAskingLede(list)
	v.About = sentence(v.Lede)
	if len(list) == 0 {
		return nil
	}
	v.Beside = besideOf(v.page, v.Askings)
	return s.drawBeside(v, q, units)
}

// compareAskingLede says what each unit decided and granted.
func (v *compareView) compareAskingLede(list []aggregate.Asking) []phrase {
	if len(list) == 0 {
		return []phrase{{Text: v.t("还没有可比较的单位。")}}
	}
	said := []phrase{{Text: v.t("%d 个单位 %d 年度的申请人与办理结果。", len(list), v.BarYear)}}
	for i, a := range list {
		one := v.Askings[i]
		if i == 4 {
			break
		}
		said = append(said, phrase{Text: one.Name, Strong: true})
		if !a.Known {
			said = append(said, phrase{Text: v.t("：") + one.Reason + v.t("。"), Href: one.Cells})
			continue
		}
		total := one.Rows[len(one.Rows)-1]
		said = append(said, phrase{Text: v.t("办结 %s 件", total.Total.Text), Href: orText(total.Total.Href, one.Cells)},
			phrase{Text: v.t("，")}, phrase{Text: v.t("予以公开 %s 件", total.Cells[0].Text), Href: orText(total.Cells[0].Href, one.Cells)},
			phrase{Text: v.t("，")}, phrase{Text: v.t("不予公开 %s 件", total.Cells[2].Text), Href: orText(total.Cells[2].Href, one.Cells)}, phrase{Text: v.t("。")})
	}
	return said
}

// besideOf groups the rows of units by applicant.
func besideOf(p page, list []askingView) besideView {
	v := besideView{Words: p.t("各单位各类申请人的办理结果构成")}
	for _, one := range list {
		if one.Reason != "" {
			v.Left = append(v.Left, besideLeft{one.Name, one.Cells, one.Reason})
			continue
		}
		for i, row := range one.Rows {
			if i == len(v.Groups) {
				v.Groups = append(v.Groups, besideGroup{Name: row.Name, Sum: row.Sum, None: true})
			}
			g := &v.Groups[i]
			g.None = g.None && row.Total.Zero && len(row.Bars) == 0
			g.Rows = append(g.Rows, besideRow{one.Name, one.Cells, row})
		}
	}
	return v
}

// drawBeside makes the picture of the comparison with its table and its files.
func (s *Server) drawBeside(v *compareView, q compareQuery, units []string) (err error) {
	d, table := v.Beside.draw(v.page)
	v.Drawn.Chart = charts.Chart{ID: "asking", Name: d.Words, Table: table, Marks: []string{v.t("≠ 表示办结总计不是各项之和"), v.t("没有横条的申请人没有办结的申请")}}
	for _, one := range v.Askings {
		if one.Strip != nil {
			v.Drawn.Marks = append(v.Drawn.Marks, one.Name+v.t("：")+one.Strip.Words)
		}
	}
	v.Drawn.Title, v.Drawn.Note = v.t("%d 年度谁申请、得到什么", v.BarYear), v.AskingsLeft
	for _, head := range v.outcomeNames() {
		v.Drawn.Key = append(v.Drawn.Key, keyView{"c-" + head.id, head.name, head.id == "partial" || head.id == "other"})
	}
	api := url.Values{"units": {strings.Join(units, ",")}, "year": {strconv.Itoa(v.BarYear)}}
	v.Drawn.JSON = v.Href("/api/v1/applicants?" + api.Encode())
	v.Drawn.CSV, v.Drawn.File = v.Drawn.JSON+"&format=csv", v.Title+".png"
	v.Drawn.Shape, v.Drawn.Box, err = s.drawn(v.Lang, d)
	return err
}

// draw is the comparison as a picture: for each applicant the outcomes of each unit on a
// line of a hundred.
func (v besideView) draw(p page) (tableShape, charts.Table) {
	d := tableShape{Width: drawnWidth, Words: v.Words}
	t := charts.Table{Head: []string{p.t("申请人"), p.t("单位")}}
	for _, head := range p.outcomeNames() {
		t.Head = append(t.Head, head.name)
	}
	t.Head = append(t.Head, p.t("办结总计"))
	const left, right, step = nameWidth + 40, 690.0, 22.0
	for _, n := range []int{0, 50, 100} {
		d.text(left+(right-left)*float64(n)/100, 12, strconv.Itoa(n)+"%", "middle", "")
	}
	d.text(drawnWidth, 12, p.t("件"), "end", "")
	y := 20.0
	for _, g := range v.Groups {
		d.line(0, y, drawnWidth, 0, map[bool]string{true: "g-base", false: "g-grid"}[g.Sum])
		d.text(0, y+17, g.Name, "start", "strong")
		if g.None {
			d.text(drawnWidth, y+17, p.t("各单位均为 0"), "end", "m-zero")
			y += 26
		} else {
			y = d.beside(g, y+24, left, right, step) + 6
		}
		for _, row := range g.Rows {
			words := []string{g.Name, row.Name}
			for _, cell := range row.Row.Cells {
				words = append(words, cell.Text)
			}
			t.Rows = append(t.Rows, append(words, row.Row.total()))
		}
	}
	for _, left := range v.Left {
		d.line(0, y, drawnWidth, 0, "g-grid")
		d.text(12, y+17, shortened(left.Name, nameWidth+16), "start", "")
		d.text(nameWidth+40, y+17, left.Reason, "start", "")
		words := []string{p.t("总计"), left.Name, left.Reason}
		for len(words) < len(t.Head) {
			words = append(words, "—")
		}
		t.Rows = append(t.Rows, words)
		y += 26
	}
	d.Height = y + 4
	return d, t
}

// beside draws the units of an applicant below each other and returns where they end.
func (d *tableShape) beside(g besideGroup, y, left, right, step float64) float64 {
	class := ""
	if g.Sum {
		class = "strong"
	}
	for _, n := range []float64{0, .5, 1} {
		d.line(left+(right-left)*n, y, 0, step*float64(len(g.Rows)), "g-grid")
	}
	for _, row := range g.Rows {
		d.text(12, y+15, shortened(row.Name, left-24), "start", "")
		for _, bar := range row.Row.Bars {
			d.rect(left+(right-left)*bar.X/100, y+4, (right-left)*bar.W/100, 14, bar.Class)
		}
		d.text(d.Width, y+15, row.Row.total(), "end", class)
		y += step
	}
	return y
}

// total is what was decided as printed, marked where it is not the sum of its outcomes.
func (r askingRow) total() string {
	if r.Off != "" {
		return "≠ " + r.Total.Text
	}
	return r.Total.Text
}
