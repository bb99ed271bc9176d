package web

import (
	"strconv"
	"strings"

	"gongkai/internal/store"
)

// run tells what one run did, portal by portal.
func (p page) run(r store.Run) runView {
	words := map[store.RunState][2]string{store.RunRunning: {"正在进行", "due"}, store.RunOK: {"完成", "ok"}, store.RunPartial: {"完成，有失败", "rev"},
		store.RunFailed: {"失败", "bad"}, store.RunInterrupted: {"中断", "bad"}}
	kinds := map[string]string{"refresh": "更新", "register": "登记", "reread": "重读", "import": "导入", "recheck": "重新核验"}
	word := words[r.State]
	kind, ok := kinds[r.Kind]
	if !ok {
		kind = r.Kind
	}
	v := runView{ID: int64(r.ID), Href: p.Lang.href("/?as_of=" + strconv.FormatInt(int64(r.ID), 10)), Brought: p.Href("/changes?run=" + strconv.FormatInt(int64(r.ID), 10)), State: p.t(kind) + " · " + p.t(word[0]), Class: word[1],
		Start: moment(r.StartedAt), End: moment(r.FinishedAt), Message: p.retell(r.Message)}
	for _, portal := range r.Portals {
		v.Portals = append(v.Portals, p.portal(portal))
		if portal.Message != "" && strings.Contains(r.Message, portal.Message) {
			v.Message = "" // the portals' lines say it
		}
	}
	return v
}

func (p page) portal(r store.PortalRun) portalView {
	words := map[store.PortalState]string{store.PortalRunning: "正在进行", store.PortalOK: "正常", store.PortalEmpty: "找到的少于预期",
		store.PortalBlocked: "被拦截", store.PortalChanged: "页面结构有变", store.PortalBroken: "未能读全",
		store.PortalUnreachable: "无法连接"}
	v := portalView{Name: p.name(r.Name), State: p.t(words[r.State]), Message: p.retell(r.Message)}
	if v.Name == "" {
		v.Name = r.Portal
	}
	v.Text = p.t("列表 %d 页，取回 %d 页，未变 %d", r.Lists, r.Fetched, r.Unchanged)
	for _, part := range []struct {
		n    int
		text string
	}{{r.New, "新报告 %d"}, {r.Revised, "新版本 %d"}, {r.Failed, "失败 %d"}, {r.Blocked, "被拦截 %d"}} {
		if part.n > 0 {
			v.Text += p.t("，") + p.t(part.text, part.n)
		}
	}
	return v
}
