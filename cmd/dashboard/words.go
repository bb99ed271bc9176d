package main

import (
	"gongkai/internal/store"
)

// portalWord says how a look at a portal ended.
func portalWord(s store.PortalState) string {
	switch s {
	case store.PortalRunning:
		return "正在进行"
	case store.PortalOK:
		return "正常"
	case store.PortalEmpty:
		return "少于预期"
	case store.PortalBlocked:
		return "有页面受阻"
	case store.PortalChanged:
		return "页面结构有变"
	case store.PortalBroken:
		return "未能读全"
	case store.PortalUnreachable:
		return "无法连接"
	}
	return string(s)
}

// runWord says how a run ended.
func runWord(s store.RunState) string {
	switch s {
	case store.RunRunning:
		return "正在进行"
	case store.RunOK:
		return "完成"
	case store.RunPartial:
		return "完成，有未取得的页面"
	case store.RunFailed:
		return "失败"
	case store.RunInterrupted:
		return "中断"
	}
	return string(s)
}
