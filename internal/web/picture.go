package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A chartView is the page of one chart: its permanent address.
type chartView struct {
	page
	Figure figureView
	Back   link
	Newer  string // where the data stand now, "" where this is now
	Heads  []orderHead
}

// A finder makes the figure that an address names, with the page it stands on.
type finder func(c echo.Context, name string) (page, figureView, error)

// pictureRoutes are the addresses of charts, as pages, files and frames.
func (s *Server) pictureRoutes(both func(path string, h echo.HandlerFunc)) {
	for spot, find := range map[string]finder{
		"/regions/:code/:name":         s.findRegion,
		"/agencies/:id/:name":          s.findAgency,
		"/compare/:name":               s.findCompare,
		"/reports/:agency/:year/:name": s.findReport,
		"/status/:code/:year/:name":    s.findBoard,
		"/requests/:unit/:year/:name":  s.findAsking,
		"/indicators/:id/:name":        s.findIndicator,
	} {
		both("/charts"+spot, s.showChart(find))
		both("/embed"+spot, s.showFrame(find))
	}
	both("/card/*", s.serveCard)
	both("/originals/:hash/picture", s.servePlace)
	both("/papers/circular/:code/:year", s.showCircular)
	both("/papers/sheet/:agency/:year", s.showSheet)
	both("/embed/cells/:agency/:year/*", s.frameCell)
	both("/embed/tables/:agency/:year/:table", s.frameTable)
	both("/embed/headlines/:code/:id", s.frameHeadline)
}

// showChart serves a chart as a page, or as SVG where its name ends so.
func (s *Server) showChart(find finder) echo.HandlerFunc {
	return func(c echo.Context) error {
		name, file := strings.CutSuffix(c.Param("name"), ".svg")
		width, err := pictureWidth(c.QueryParam("width"))
		if err != nil {
			return err
		}
		if file {
			return s.servePicture(c, find, name, width)
		}
		p, f, err := find(c, name)
		if err != nil {
			return err
		}
		o, err := readOrder(c)
		if err != nil {
			return err
		}
		f.Table = orderTable(f.Table, o)
		p.Charts = false // the page shows the file itself
		v := chartView{page: p, Figure: f, Back: link{Text: p.Title, Href: f.Self}, Newer: s.newer(c, p)}
		v.Title = joined(f.Of, f.Title, p.t("："))
		v.About = orText(f.About, v.Title)
		v.Heads = p.orderHeads(c, o, "#table", f.Table.Figures, f.Table.Head...)
		return s.render(c, http.StatusOK, "chart", v)
	}
}

// pictureWidth reads the width of a picture.
func pictureWidth(text string) (int, error) {
	if text == "" {
		return usualWidth, nil
	}
	width, err := strconv.Atoi(text)
	if err != nil || width < leastWidth || width > mostWidth {
		return 0, &report.ParameterError{Name: "width", Got: text, Want: fmt.Sprintf("%d—%d", leastWidth, mostWidth)}
	}
	return width, nil
}

// picturePolicy lets the styles of a picture work where it is opened by itself, and
// nothing else.
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// servePicture answers with the SVG of a chart. What is finished is kept under the
// address, the host and the data version.
func (s *Server) servePicture(c echo.Context, find finder, name string, width int) error {
	run, _ := c.Get(runKey).(fmt.Stringer)
	key := fmt.Sprint(c.Response().Header().Get("ETag"), run, c.Request().Host, c.Request().URL.RequestURI())
	svg, ok := s.studio.done.get(key)
	if !ok {
		p, f, err := find(c, name)
		if err != nil {
			return err
		}
		if svg, err = s.studio.picture(c.Request().Context(), p, f, width); err != nil {
			return err
		}
		s.studio.done.put(key, svg)
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", picturePolicy)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Disposition", `inline; filename="`+path.Base(name)+`.svg"`)
	return c.Blob(http.StatusOK, "image/svg+xml", svg)
}

// chosen is the figure of a name, or the error that names it.
func (p page) chosen(name string, figures ...*figureView) (page, figureView, error) {
	for _, f := range figures {
		if f.ID == name && f.HasPicture() {
			return p, *f, nil
		}
	}
	return p, figureView{}, p.unknown(report.ErrNotFound, noChart, name)
}

func (s *Server) findRegion(c echo.Context, name string) (page, figureView, error) {
	v, err := s.overviewOf(c, standard.RegionCode(c.Param("code")))
	if err != nil {
		return page{}, figureView{}, err
	}
	for _, f := range []*figureView{&v.Reviews, &v.Suits} {
		f.Key = appealsKey(v.page)
	}
	figures := v.figures()
	if f, err := s.table(v, name, forPhone(c)); err != nil {
		return v.page, figureView{}, err
	} else if f != nil {
		figures = append(figures, f)
	}
	return v.chosen(name, figures...)
}

// appealsKey is the key of the results of disputes.
func appealsKey(p page) []keyView {
	return []keyView{{"c-corrected", p.t("结果纠正"), false}, {"c-upheld", p.t("结果维持"), false},
		{"c-aother", p.t("其他结果"), true}, {"c-pending", p.t("尚未审结"), true}}
}

func (s *Server) findAgency(c echo.Context, name string) (page, figureView, error) {
	v, err := s.agencyOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	figures := []*figureView{&v.Outcomes}
	for _, m := range v.Multiples {
		if m.ID != name {
			continue
		}
		f, err := s.multipleFigure(v, m)
		if err != nil {
			return v.page, figureView{}, err
		}
		figures = append(figures, &f)
	}
	return v.chosen(name, figures...)
}

// multipleFigure is the picture of a small multiple.
func (s *Server) multipleFigure(v agencyView, m multipleView) (figureView, error) {
	shape, err := s.shape(v.Lang, "agency", "multiple-drawing", m)
	f := figureView{Chart: charts.Chart{ID: m.ID, Name: m.Name, Table: m.Table, Marks: multipleMarks(v.page)}, Title: v.t("%s（%s）", m.Name, m.Unit), Of: v.Name, Shape: shape, Box: [2]float64{260, 112},
		About: m.Words, Self: v.With(v.state) + "#peers", JSON: v.JSON, CSV: v.CSV}
	if v.Peers != "" {
		f.Note = v.t("同类单位：") + v.Peers + v.t("，%d 个。", v.PeersN)
	}
	return v.placed(f, "agencies/"+v.Code+"/"+m.ID, v.state), err
}

// multipleMarks is the legend of a small multiple.
func multipleMarks(p page) []string {
	return []string{p.t("黑线：本单位。灰带：同一区县同类单位的中间一半（四分位），灰线：中位数；同类不足 4 个不画"),
		p.t("空心圈：待复核，线不经过；方块：勾稽不符，照原文"), p.t("缺年不画，不是零；点线：口径变更，两侧不相连")}
}

func (s *Server) findCompare(c echo.Context, name string) (page, figureView, error) {
	v, err := s.compareOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	for _, slot := range v.Key {
		if !v.Slotted() {
			break
		}
		v.Drawn.Key = append(v.Drawn.Key, keyView{Class: "s" + strconv.Itoa(slot.Slot), Text: slot.Agency.Text})
	}
	v.Drawn.About = sentence(v.Lede)
	if forPhone(c) && v.Drawn.Shape != "" {
		if err := s.phoneCompare(&v); err != nil {
			return v.page, figureView{}, err
		}
	}
	return v.chosen(name, &v.Drawn)
}

func (s *Server) findReport(c echo.Context, name string) (page, figureView, error) {
	v, err := s.reportOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	if v.Flow == nil {
		return v.chosen(name)
	}
	f, err := s.flowFigure(v.page, v.Flow, forPhone(c))
	if err != nil {
		return v.page, figureView{}, err
	}
	f.Of, f.Self, f.JSON, f.CSV = v.Heading(), v.Href(v.Path)+"#flow", v.Downloads[len(v.Downloads)-1].Href, v.Downloads[0].Href
	f = v.placed(f, strings.TrimPrefix(v.Path, "/")+"/flow", v.state())
	return v.chosen(name, &f)
}

func (s *Server) findBoard(c echo.Context, name string) (page, figureView, error) {
	v, err := s.boardOf(c)
	if err != nil {
		return page{}, figureView{}, err
	}
	figures := []*figureView{}
	if v.Curve != nil {
		drawing := v.Curve.Wide
		if forPhone(c) {
			drawing = v.Curve.Phone
		}
		shape, box, err := s.drawn(v.Lang, drawing)
		if err != nil {
			return v.page, figureView{}, err
		}
		f := figureView{Chart: charts.Chart{ID: "curve", Name: v.Curve.Words, Table: v.Curve.table(v.page)}, Title: v.t("%d 年度报告的累计发布", v.Year), Of: v.Region,
			Shape: shape, Box: box, About: v.Curve.Words, Note: v.t("按印出的发布日期；早于或晚于图中日期的并在两端。灰线是上一年度。"), Self: v.Href(v.Path), JSON: v.JSON, CSV: v.CSV}
		f = v.placed(f, strings.TrimPrefix(v.Path, "/")+"/curve", nil)
		figures = append(figures, &f)
	}
	return v.chosen(name, figures...)
}

// shape executes the drawing of a template.
func (s *Server) shape(l lang, set, name string, view any) (template.HTML, error) {
	t, err := s.pages.page(l, set)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, view); err != nil {
		return "", fmt.Errorf("drawing %s: %w", name, err)
	}
	return template.HTML(b.String()), nil
}
