package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// A queueView is what waits for review.
type queueView struct {
	desk
	Heads  []orderHead
	Rows   []queueRow
	Begin  string
	Second bool
	Latest []correctionView
}

type queueRow struct {
	Agency  link
	Year    int
	Form    string
	Found   string
	Settled int
	Waiting int
	Href    string
}

// An itemView is one doubt: the original on the left at the right place, the reading
// on the right.
type itemView struct {
	desk
	Report   link
	Year     int
	Cell     string // name of the cell, "" for the document as a whole
	Code     string
	Left     int
	Read     string // what was read
	Raw      string // what stood there
	State    string
	Texts    []string
	Repairs  []string
	Options  []optionView
	Waiting  string // what another reviewer said, that waits for these eyes
	Given    string // value to begin with
	Settled  string // what was said of it before
	Original originalView
	Picture  string // of the page of a PDF, "" where the text is the whole of it
	File     string
	Skip     string
	Problem  string
	Why      string // reason to begin with
}

// An optionView is a value that can be taken with one key.
type optionView struct {
	Key   string
	Value string // as the form sends it
	Shown string
	From  string
}

// showQueue serves GET /admin/review.
func (s *Server) showQueue(c echo.Context) error {
	a, _ := actor(c)
	v := queueView{desk: s.newDesk(c, "待复核读数"), Second: s.People.Second}
	rows, err := s.People.Queue(ctxOf(c), a)
	if err != nil {
		return err
	}
	for _, row := range rows {
		href := v.Href("/admin/review/next?version=" + strconv.FormatInt(int64(row.ID), 10))
		v.Rows = append(v.Rows, queueRow{Agency: link{Text: row.AgencyName, Href: v.reportHref(row.Agency, row.Year), Demo: row.Demo}, Year: row.Year,
			Form: v.formName(row.Format), Found: moment(row.FoundAt), Settled: row.Settled, Waiting: row.Waiting, Href: href})
	}
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Rows = order(v.Rows, o, func(r queueRow, i int) string {
		return column([]string{r.Agency.Text, strconv.Itoa(r.Year), r.Form, r.Found, strconv.Itoa(r.Settled), strconv.Itoa(r.Waiting)}, i)
	})
	v.Heads = v.orderHeads(c, o, "#queue", func(i int) bool { return i > 3 }, v.t("单位"), v.t("年度"), v.t("格式"), v.t("采到"), v.t("已认定"), v.t("待第二人"))
	if len(v.Rows) > 0 {
		v.Begin = v.Href("/admin/review/next")
	}
	latest, err := s.latest(c, a)
	if err != nil {
		return err
	}
	v.Latest = v.corrections(latest)
	for i, one := range latest {
		if one.EndedAt.IsZero() {
			v.Latest[i].Again = v.Href(itemPath(one.Version, one.Cell))
		}
	}
	end := "没有待复核的读数了。"
	if len(v.Rows) > 0 {
		end = "每一处都已认定。仍列在这里的报告，有的格认定为无法辨认，或等第二人；要改认定，在“最近的认定”中点“再看”。"
	}
	v.done(c, map[string]string{"end": end, "undone": "已撤回。", "nothing": "没有可以撤回的。"})
	return s.render(c, http.StatusOK, "queue", v)
}

// latestShown is how many corrections the queue lists.
const latestShown = 30

// latest are the newest corrections that an account may see.
func (s *Server) latest(c echo.Context, a people.Actor) ([]store.CorrectionRow, error) {
	if len(a.Regions) == 0 {
		return s.Store.Corrections(ctxOf(c), "", latestShown)
	}
	var all []store.CorrectionRow
	for _, region := range a.Regions {
		some, err := s.Store.Corrections(ctxOf(c), region, latestShown)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b store.CorrectionRow) int { return cmp.Compare(b.ID, a.ID) })
	all = slices.CompactFunc(all, func(a, b store.CorrectionRow) bool { return a.ID == b.ID })
	return all[:min(latestShown, len(all))], nil
}

// nextItem serves GET /admin/review/next.
func (s *Server) nextItem(c echo.Context) error {
	version, err := versionOf(c.QueryParam("version"))
	if err != nil {
		return err
	}
	return s.goToNext(c, version, standard.CellCode(c.QueryParam("after")))
}

func versionOf(text string) (store.VersionID, error) {
	id, err := strconv.ParseInt("0"+text, 10, 64)
	if err != nil {
		return 0, report.ErrNotFound
	}
	return store.VersionID(id), nil
}

// goToNext leads to the next doubt, or back to the queue where none is left.
func (s *Server) goToNext(c echo.Context, version store.VersionID, after standard.CellCode) error {
	a, _ := actor(c)
	item, err := s.People.Next(ctxOf(c), a, version, after)
	if errors.Is(err, people.ErrDone) {
		return s.redirect(c, "/admin/review?done=end")
	}
	if err != nil {
		return err
	}
	return s.redirect(c, itemPath(item.Version.ID, item.Cell))
}

func itemPath(id store.VersionID, cell standard.CellCode) string {
	return "/admin/review/" + strconv.FormatInt(int64(id), 10) + "?cell=" + url.QueryEscape(string(cell))
}

// showItem serves GET /admin/review/:version.
func (s *Server) showItem(c echo.Context) error {
	id, err := versionOf(c.Param("version"))
	if err != nil {
		return err
	}
	return s.renderItem(c, id, standard.CellCode(c.QueryParam("cell")), "", http.StatusOK)
}

func (s *Server) renderItem(c echo.Context, id store.VersionID, cell standard.CellCode, problem string, status int) error {
	a, _ := actor(c)
	item, err := s.People.Item(ctxOf(c), a, id, cell)
	if err != nil {
		return err
	}
	v, err := s.itemView(c, item)
	if err != nil {
		return err
	}
	v.Problem = problem
	if problem != "" {
		v.Given, v.Why = c.FormValue("value"), c.FormValue("reason")
	}
	return s.render(c, status, "review", v)
}

func (s *Server) itemView(c echo.Context, item *people.Item) (itemView, error) {
	v := itemView{desk: s.newDesk(c, "复核读数"), Code: string(item.Cell), Left: item.Left, Texts: item.Texts, Year: item.Version.VersionHead.Year}
	ver := item.Version
	a, err := s.Store.Agency(ctxOf(c), ver.Agency)
	if err != nil {
		return v, err
	}
	v.Demo = a.Demo
	v.Report = link{Text: a.Name, Href: v.reportHref(ver.Agency, v.Year), Demo: a.Demo}
	v.File = "/originals/" + string(ver.Original)
	v.Skip = v.Href("/admin/review/next?version=" + strconv.FormatInt(int64(ver.ID), 10) + "&after=" + url.QueryEscape(string(item.Cell)))
	at := item.Value.Place
	if form := standard.FormOf(ver.Format); form != nil {
		if cell, ok := form.Cell(item.Cell); ok {
			v.Cell = v.cellName(cell)
		}
	}
	for _, d := range ver.Reading.Doubts {
		if d.Cell == item.Cell && at.IsZero() {
			at = d.Place
		}
	}
	v.Read, v.Raw, v.State = v.shown(item.Value), item.Value.Text, v.stateWord(item.Value)
	v.options(item)
	for _, f := range item.Repairs {
		v.Repairs = append(v.Repairs, v.findingText(f))
	}
	if w := item.Waiting; w != nil {
		v.Waiting = v.t("%s 认为：%s", w.Name, v.verdictWords(*w))
		v.Given, v.Why = typedText(w.Value), w.Reason
	}
	if err := s.settled(c, &v, item); err != nil {
		return v, err
	}
	if kind, _ := servedAs(ver.Source.ContentType); kind == "application/pdf" {
		v.Picture = v.placePicture(ver.Original, at)
	}
	v.Original, err = s.excerpt(c, v.page, ver, at)
	return v, err
}

// settled says what was said of a doubt before.
func (s *Server) settled(c echo.Context, v *itemView, item *people.Item) error {
	all, err := s.Store.OpenCorrections(ctxOf(c), item.Version.ID)
	for _, one := range all {
		if one.Cell == item.Cell && (item.Waiting == nil || one.ID != item.Waiting.ID) {
			v.Settled = v.t("%s 于 %s：%s", one.Name, moment(one.At), v.verdictWords(one))
		}
	}
	return err
}

// findingText is a finding's sentence in the language of the page.
func (p page) findingText(f report.Finding) string {
	if p.Lang == en && f.TextEN != "" {
		return f.TextEN
	}
	return f.Text
}

// options are the values that one key takes: what the readers propose, and what was
// read where that is a value.
func (v *itemView) options(item *people.Item) {
	add := func(value report.Value, from string) {
		typed := typedText(value)
		for _, o := range v.Options {
			if o.Value == typed {
				return
			}
		}
		if len(v.Options) < 9 {
			v.Options = append(v.Options, optionView{Key: strconv.Itoa(len(v.Options) + 1), Value: typed, Shown: v.shown(value), From: from})
		}
	}
	for _, p := range item.Proposals {
		add(p, v.t("读法提出"))
	}
	if item.Cell != "" && item.Value.State != report.Unread && item.Value.State != report.Absent {
		add(item.Value, v.t("读取结果"))
	}
}

// typedText is a value as a person would type it.
func typedText(v report.Value) string {
	switch v.State {
	case report.Printed:
		return v.Amount.String()
	case report.Dash:
		return "/"
	case report.Words:
		return strings.TrimSpace(v.Text)
	}
	return ""
}

// verdictWords say what a person found.
func (p page) verdictWords(c store.Correction) string {
	switch c.Verdict {
	case store.Illegible:
		return p.t("原件无法辨认")
	case store.WrongDocument:
		return p.t("不是这份报告")
	case store.Sound:
		return p.t("整份与原件一致")
	}
	return p.t("读作 %s", p.shown(c.Value))
}

// around is how many blocks of an original are shown before and after the place.
const around = 3

// excerpt is what the original says around a place, and all of it for the document as
// a whole.
func (s *Server) excerpt(c echo.Context, p page, ver store.Version, at report.Place) (originalView, error) {
	docs, err := s.documents(c, ver)
	if err != nil {
		v := originalView{page: p}
		v.Warnings = []string{p.t("原件在这里显示不出来：%s", err.Error())}
		return v, nil // the reviewer opens the file instead
	}
	v := newOriginalView(p, ver.Source, docs, at)
	if !v.Found {
		return v, nil
	}
	for i := range v.Docs {
		v.Docs[i].Blocks = near(v.Docs[i].Blocks)
	}
	return v, nil
}

// near keeps the blocks about the marked one.
func near(blocks []blockView) []blockView {
	for i, b := range blocks {
		if b.hit() {
			return blocks[max(0, i-around):min(len(blocks), i+around+1)]
		}
	}
	return nil
}

func (b blockView) hit() bool {
	if b.Paragraph != nil {
		return b.Paragraph.Hit
	}
	for _, row := range b.Grid.Rows {
		for _, cell := range row {
			if cell.Hit {
				return true
			}
		}
	}
	return false
}

// documents returns what an original holds; the last few are kept, since a report has
// many cells.
func (s *Server) documents(c echo.Context, ver store.Version) ([]*extract.Document, error) {
	if docs, ok := s.read.get(ver.Original); ok {
		return docs, nil
	}
	body, err := s.Bytes(ctxOf(c), ver.Original)
	if err != nil {
		return nil, err
	}
	docs, err := s.Reader.Documents(ctxOf(c), extract.Hint{URL: ver.Source.URL, ContentType: ver.Source.ContentType}, body)
	if err == nil {
		s.read.put(ver.Original, docs)
	}
	return docs, err
}

// settleItem serves POST /admin/review/:version.
func (s *Server) settleItem(c echo.Context) error {
	id, err := versionOf(c.Param("version"))
	if err != nil {
		return err
	}
	a, _ := actor(c)
	said := people.Said{Version: id, Cell: standard.CellCode(c.FormValue("cell")), Reason: c.FormValue("reason")}
	switch act := c.FormValue("act"); {
	case strings.HasPrefix(act, "take:"):
		said.Verdict, said.Text, said.Reason = store.Confirmed, strings.TrimPrefix(act, "take:"), ""
	case act == "correct":
		said.Verdict, said.Text = store.Corrected, c.FormValue("value")
	case act == "wrong":
		said.Cell, said.Verdict = "", store.WrongDocument
	default:
		said.Verdict = store.Verdict(act)
	}
	err = s.People.Settle(ctxOf(c), a, said)
	var wrong *report.ParameterError
	if errors.As(err, &wrong) {
		return s.renderItem(c, id, standard.CellCode(c.FormValue("cell")), s.newPage(c).allowed(wrong), http.StatusBadRequest)
	}
	if errors.Is(err, report.ErrBusy) {
		return s.renderItem(c, id, said.Cell, s.newPage(c).t("另一位复核员刚刚处理了这一格，请看现在的状态。"), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return s.goToNext(c, id, said.Cell)
}

// undoReview serves POST /admin/review/undo: it leads back to what was taken back.
func (s *Server) undoReview(c echo.Context) error {
	a, _ := actor(c)
	was, err := s.People.Undo(ctxOf(c), a)
	if errors.Is(err, report.ErrNotFound) {
		return s.redirect(c, "/admin/review?done=nothing")
	}
	if err != nil {
		return err
	}
	return s.redirect(c, itemPath(was.Version, was.Cell))
}

// revokeCorrection serves POST /admin/corrections/:id.
func (s *Server) revokeCorrection(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return report.ErrNotFound
	}
	a, _ := actor(c)
	if err := s.People.Revoke(ctxOf(c), a, id, c.FormValue("reason")); err != nil {
		return err
	}
	return s.redirect(c, "/admin/review?done=undone")
}
