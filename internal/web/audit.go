package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// An auditView is a page of the audit log.
type auditView struct {
	desk
	Heads   []orderHead
	Entries []entryView
	Older   string
}

type entryView struct {
	At, Who, Action, Subject, Client, Reason, Detail string
}

// auditShown is how many lines a page of the log has.
const auditShown = 200

// actionWord is what an action is called.
func (p page) actionWord(action string) string {
	words := map[string]string{
		"account.add": "添加账号", "account.change": "更改账号", "account.password": "设密码", "session.end": "结束登录",
		"login.ok": "登录", "login.refused": "登录被拒", "logout": "退出",
		"review.confirmed": "复核：认定", "review.corrected": "复核：更正", "review.illegible": "复核：无法辨认",
		"review.sound": "复核：整份属实", "review.wrong_document": "复核：不是这份报告", "review.undo": "复核：撤回",
		"review.second": "复核：第二人认可", "review.restore": "复核：重新读取后保留更正",
		"job.retry": "任务：现在做", "job.cancel": "任务：取消",
		"portal.queued": "门户：现在查看", "portal.retry": "门户：重试", "portal.dismissed": "门户：不需处理", "portal.saved": "门户：保存文件",
		"portal.tried": "门户：试看", "portal.stop": "门户：停止查看", "portal.enabled": "门户：启用", "portal.disabled": "门户：停用", "portal.visited": "门户：取一个网址", "portal.handed": "门户：交入文件",
		"round.begin": "草稿报送：开始", "round.end": "草稿报送：结束", "round.hand_in": "草稿报送：交入草稿",
		"round.checked": "草稿报送：核对完毕", "round.unchecked": "草稿报送：撤回核对",
		"notice.subscribed": "通知：订阅", "notice.removed": "通知：退订", "notice.tested": "通知：测试",
		"error.answer": "答复错误报告", "note.add": "通联单备注",
		"finding.confirmed": "问题：属实", "finding.dismissed": "问题：不采纳", "finding.answered": "问题：单位答复", "finding.open": "问题：撤回处理",
	}
	if word, ok := words[action]; ok {
		return p.t(word)
	}
	return action
}

// showAudit serves GET /admin/audit.
func (s *Server) showAudit(c echo.Context) error {
	before, err := strconv.ParseInt("0"+c.QueryParam("before"), 10, 64)
	if err != nil {
		return &report.ParameterError{Name: "before", Got: c.QueryParam("before"), Want: "操作日志中的编号"}
	}
	all, err := s.Store.Audit(ctxOf(c), before, auditShown)
	if err != nil {
		return err
	}
	v := auditView{desk: s.newDesk(c, "操作日志")}
	for _, e := range all {
		v.Entries = append(v.Entries, entryView{At: moment(e.At), Who: e.Name, Action: v.actionWord(e.Action), Subject: e.Subject,
			Client: e.Client, Reason: e.Reason, Detail: e.Detail})
	}
	o, err := readOrder(c)
	if err != nil {
		return err
	}
	v.Entries = order(v.Entries, o, func(e entryView, i int) string {
		return column([]string{e.At, e.Who, e.Action, e.Subject, e.Client, e.Reason}, i)
	})
	v.Heads = v.orderHeads(c, o, "#log", func(int) bool { return false }, v.t("时间"), v.t("谁"), v.t("做了什么"), v.t("对象"), v.t("从"), v.t("理由与变化"))
	if len(all) == auditShown {
		v.Older = v.Href("/admin/audit?before=" + strconv.FormatInt(all[len(all)-1].ID, 10))
	}
	return s.render(c, http.StatusOK, "audit", v)
}

// serveAudit serves GET /admin/audit.csv: the whole log, newest first.
func (s *Server) serveAudit(c echo.Context) error {
	all, err := s.Store.Audit(ctxOf(c), 0, 0)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="gongkai-audit.csv"`)
	w := csv.NewWriter(c.Response())
	_ = w.Write([]string{"id", "at", "who", "action", "subject", "client", "reason", "detail"}) // the last error stays
	for _, e := range all {
		_ = w.Write(auditRow(e))
	}
	w.Flush()
	return w.Error()
}

// auditRow is a line of the log for a spreadsheet, in which no text is a formula.
func auditRow(e store.Entry) []string {
	return []string{strconv.FormatInt(e.ID, 10), e.At.UTC().Format(time.RFC3339), tame(e.Name), e.Action, tame(e.Subject),
		tame(e.Client), tame(e.Reason), tame(e.Detail)}
}

// tame keeps a spreadsheet from taking a text for a formula.
func tame(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}
