package main

import (
	"fmt"
	"time"

	"gongkai/internal/store"
)

// scheduleHealth holds that the portal files can be read and that each portal which is
// enabled has a time to be looked at. It returns the plans of those.
func (s *settings) scheduleHealth(now time.Time) ([]plan, diagnosis) {
	const what = "日程"
	portals, err := s.readPortals()
	if err != nil {
		return nil, ill("门户文件", err, "按上面的行号改正")
	}
	var plans []plan
	var next time.Time
	for _, p := range portals {
		if !p.Enabled {
			continue
		}
		pl, err := newPlan(p, s.Schedule)
		if err != nil {
			return nil, ill(what, err, "在设置或门户文件的 schedule 中写 weekly、daily 或五段 cron，如 17 3 * * 1")
		}
		at := pl.Next(now)
		if at.IsZero() {
			return nil, ill(what, "门户 "+p.ID+" 的日程没有任何一天符合", "改正设置或门户文件的 schedule")
		}
		plans, next = append(plans, pl), sooner(next, at)
	}
	if len(plans) == 0 {
		return nil, ill(what, fmt.Sprintf("%d 个门户都未启用，不会自动更新", len(portals)), "在门户文件中写 enabled: true，或用 dashboard portals add 添加门户")
	}
	return plans, well(what, "%d 个门户已启用，下次更新 %s", len(plans), china(next))
}

// portalHealth is what the last look at each portal came to, and whether one is overdue.
func portalHealth(portals []plan, runs []store.Run, now time.Time) []diagnosis {
	last := make(map[string]store.PortalRun)
	for _, run := range runs {
		for _, p := range run.Portals {
			if _, later := last[p.Portal]; !later && run.Kind == refreshRun {
				last[p.Portal] = p
			}
		}
	}
	var all []diagnosis
	for _, p := range portals {
		all = append(all, lookHealth(p, last[p.portal.ID], now))
	}
	return all
}

// tolerance is how late a look may be: a machine may have been off for a day.
const tolerance = 24 * time.Hour

// lookHealth is what the last look at one portal came to; zero where there was none.
func lookHealth(p plan, last store.PortalRun, now time.Time) diagnosis {
	what := "门户 " + p.portal.ID
	if last.Portal == "" {
		return ill(what, "从未查看", "运行 dashboard refresh --portal "+p.portal.ID+"，或让 dashboard serve 运行")
	}
	if due := p.Next(last.StartedAt); now.Sub(due) > tolerance {
		return ill(what, fmt.Sprintf("最近一次查看在 %s，%s 应查看而未查看", china(last.StartedAt), china(due)),
			"核对 dashboard serve 是否在运行，或运行 dashboard refresh")
	}
	switch last.State {
	case store.PortalBlocked:
		return ill(what, "设有验证或禁止访问："+last.Message, "用浏览器打开核对；设有验证的门户无法自动查看，可联系其管理人员")
	case store.PortalChanged, store.PortalEmpty:
		return ill(what, "列表与门户文件不符："+last.Message, "用 dashboard portals test 核对列表地址和规则，改正门户文件")
	case store.PortalBroken, store.PortalUnreachable:
		return ill(what, "未能查看："+last.Message, "核对网络和地址，再用 dashboard refresh --portal "+p.portal.ID+" 重试")
	}
	return well(what, "最近一次查看在 %s，候选 %d，未取得 %d", china(last.StartedAt), last.Candidates, last.Failed+last.Blocked)
}
