package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/standard"
)

// A methodsView lists every rule and indicator on one page.
type methodsView struct {
	page
	Rules  []ruleGroup
	Groups []indicatorGroup
	Breaks []string
}

type ruleGroup struct {
	Name  string
	Rules []ruleView
}

type ruleView struct {
	ID, Name, Formula, Basis, Example, Class, Severity string
	Version                                            int
	Formats, Thresholds                                string
	Decides                                            bool
	Precision                                          []string // on labelled documents, one line for each corpus
}

// showMethods serves GET /methods.
func (s *Server) showMethods(c echo.Context) error {
	v := methodsView{page: s.newPage(c)}
	v.in(v.t("方法"))
	v.Title = v.t("方法：规则、指标与口径")
	v.Trail = []link{{Text: v.t("首页"), Href: v.Href("/")}, {Text: v.t("方法")}}
	v.Groups = v.indicatorGroups()
	v.Rules = v.ruleGroups(s.Figures.Thresholds())
	for _, b := range standard.Breaks() {
		v.Breaks = append(v.Breaks, v.t("%d｜%d：%s", b.Before, b.After, v.label(b.Reason)))
	}
	return s.render(c, http.StatusOK, "methods", v)
}

func (p page) ruleGroups(used standard.Thresholds) []ruleGroup {
	names := map[standard.Scope]string{standard.ScopeReport: "一份报告之内的数字", standard.ScopeCell: "单格", standard.ScopeForm: "表的形状",
		standard.ScopeYear: "与以前各年相比", standard.ScopePeer: "与其他单位相比", standard.ScopeText: "文字叙述", standard.ScopeCopy: "文字是否重复", standard.ScopePublication: "发布的时间和地点",
		standard.ScopeReading: "读数是否可靠", standard.ScopeRevision: "与前一版相比"}
	severity := map[standard.Severity]string{"error": "错误", "warning": "警示", "notice": "提示"}
	var groups []ruleGroup
	at := make(map[standard.Scope]int)
	for _, r := range standard.Rules() {
		i, ok := at[r.Scope]
		if !ok {
			i = len(groups)
			at[r.Scope] = i
			groups = append(groups, ruleGroup{Name: p.t(names[r.Scope])})
		}
		v := ruleView{ID: r.ID, Version: r.Version, Name: p.label(r.Name), Formula: p.label(r.Formula), Basis: p.label(r.Basis), Example: p.label(r.Example),
			Class: string(r.Severity), Severity: p.t(severity[r.Severity]), Decides: r.Decides}
		var formats, thresholds []string
		for _, f := range r.Formats {
			formats = append(formats, p.formName(f))
		}
		for _, t := range r.Thresholds {
			text := t.Name + " = " + strconv.FormatFloat(used.Of(r.ID, t.Name), 'f', -1, 64)
			if used.Of(r.ID, t.Name) != t.Value {
				text = p.t("%s（默认 %v）", text, t.Value)
			}
			thresholds = append(thresholds, text)
		}
		for _, one := range standard.PrecisionOf(r.ID) {
			v.Precision = append(v.Precision, p.precision(one))
		}
		v.Formats, v.Thresholds = strings.Join(formats, p.t("、")), strings.Join(thresholds, p.t("，"))
		groups[i].Rules = append(groups[i].Rules, v)
	}
	return groups
}

// precision says how a rule did on labelled documents, in counts: there are too few
// for a rate.
func (p page) precision(one standard.Precision) string {
	corpus := map[string]string{"made": "虚构的标注文档", "real": "已发布报告的数字"}[one.Corpus]
	return p.t("%s：核对 %d 次，应发现 %d，发现 %d，其中属实 %d", p.t(corpus), one.Reports, one.Labelled, one.Found, one.Right)
}
