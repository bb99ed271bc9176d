package web

import (
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/charts"
)

// placeTables gives the tables of the page that are pictures too their words and their
// addresses. Their shapes are drawn when asked for.
func (v *overviewView) placeTables() {
	coverage := "/api/v1/coverage?region=" + v.Code
	list := []figureView{
		{Chart: charts.Chart{ID: "matrix"}, Title: v.t("谁发布了，谁的表对得上"), CSV: v.Href(coverage + "&format=csv"), JSON: v.Href(coverage),
			About: v.t("每格一份报告。底色和符号是核验结果，右上角是逾期，左下角数字是版本数。")},
		{Chart: charts.Chart{ID: "strips"}, Title: v.t("%d 年度的几个数由哪些报告合成", v.Year), CSV: v.Href(coverage + "&format=csv"), JSON: v.Href(coverage),
			About: v.stripsAbout()},
		{Chart: charts.Chart{ID: "grounds"}, Title: v.Lens.Title, CSV: v.Lens.CSV, JSON: v.Lens.JSON,
			About: v.t("%d 年度，件；各条同一把尺。", v.Lens.Year) + v.Lens.Basis + v.t("。")},
	}
	if v.Wide != nil {
		list[0].About = v.wideAbout()
	}
	if len(v.Movers.Rows) > 0 {
		path := "/api/v1/series?" + url.Values{"units": {strings.Join(v.Movers.units, ",")}, "indicator": {"requests_new"}}.Encode()
		list = append(list, figureView{Chart: charts.Chart{ID: "movers"}, Title: v.t("新收申请变化最大的单位，%d 年到 %d 年", v.Movers.From, v.Movers.To),
			CSV: v.Href(path + "&format=csv"), JSON: v.Href(path), About: v.t("件，只列两年都有数的单位。尺度 0 到 %s。", v.Movers.Max), Note: v.t("%d 年度：%s", v.Movers.To, v.Basis)})
	}
	v.Tables = v.placeAsking(&v.Asking)
	for _, f := range list {
		state := url.Values{"year": {strconv.Itoa(v.Year)}}
		if f.ID == "matrix" || f.ID == "grounds" {
			state = v.Part.state(v.Year)
		}
		f.Of, f.Self = v.Region, v.With(state)+"#"+f.ID
		v.Tables[f.ID] = v.placed(f, "regions/"+v.Code+"/"+f.ID, state)
	}
}

// wideAbout says how to read the regions × years.
func (p page) wideAbout() string {
	return p.t("每格一个区划的一个年度：数是已发布占应报的比例，横条是应报报告的核验结果。")
}

// stripsAbout says how to read the strips.
func (v *overviewView) stripsAbout() string {
	if v.Wide != nil {
		return v.t("横条是全部应报单位，各段的宽是份数所占的比例。")
	}
	return v.t("每条短线一个单位，次序同发布情况表。")
}

// table is the picture of one of the page's tables, nil where there is none of a name.
func (s *Server) table(v overviewView, name string, phone bool) (*figureView, error) {
	f, ok := v.Tables[name]
	if !ok {
		return nil, nil
	}
	var d tableShape
	var slim func(page) tableShape
	switch name {
	case "matrix":
		if v.Wide != nil {
			d, f.Table = v.Wide.draw(v.page)
			slim = v.Wide.phone
			f.Key = keyOf(v.Wide.Key)
			break
		}
		d, f.Table = v.Matrix.draw(v.page)
		slim = v.Matrix.phone
		f.Key, f.Marks = keyOf(v.Matrix.Key), v.matrixMarks()
	case "strips":
		d, f.Table = v.drawStrips(v.Headlines)
		slim = func(p page) tableShape { return p.phoneStrips(v.Headlines) }
		f.Key = v.tickKey()
	case "grounds":
		d, f.Table = v.Lens.draw(v.page)
		slim = v.Lens.phone
		f.Key, f.Marks = v.groundKey(), []string{v.t("† 为“可以不予公开”的理由（条例第十六条）")}
	case "movers":
		d, f.Table = v.Movers.draw(v.page)
		slim = v.Movers.phone
		f.Key = []keyView{{Class: "g-before", Text: strconv.Itoa(v.Movers.From)}, {Class: "g-after", Text: strconv.Itoa(v.Movers.To)}}
	}
	f.Name = d.Words
	if phone && slim != nil {
		d = slim(v.page)
	}
	var err error
	f.Shape, f.Box, err = s.drawn(v.Lang, d)
	return &f, err
}

// matrixMarks is what a reader of the matrix must know where the page is not at hand.
func (v overviewView) matrixMarks() []string {
	marks := []string{v.t("空着的格没有报告，不是零")}
	if v.Matrix.Parts.Words != "" {
		marks = append(marks, v.Matrix.Parts.Words)
	}
	if v.Matrix.Folded > 0 {
		marks = append(marks, v.t("另有 %d 个单位没有纳入采集，不在图中，也不算未发布", v.Matrix.Folded))
	}
	return marks
}

func (p page) tickKey() []keyView {
	return []keyView{{"m-tick", p.t("已核验"), false}, {"m-err", p.t("勾稽不符，照原文计入"), true}, {"m-rev", p.t("待复核，不计入"), true},
		{"m-mis", p.t("未发布"), true}, {"m-unk", p.t("未能查看、未到期或未纳入"), true}}
}

func (p page) groundKey() []keyView {
	return []keyView{{"c-denied", p.t("不予公开"), false}, {"c-unavailable", p.t("无法提供"), false}, {"c-unprocessed", p.t("不予处理"), false}}
}
