package standard

import "strings"

// ReportColumn reports whether the name of a portal's column is that of annual
// reports, 政府信息公开年报 by the statute.
func ReportColumn(name string) bool {
	return strings.Contains(name, "年报") || strings.Contains(name, "年度报告")
}

// OtherColumn reports whether the name of a portal's column is that of something else
// than annual reports: notices, news, documents. Of a name that says neither nothing
// is concluded.
func OtherColumn(name string) bool {
	if ReportColumn(name) {
		return false
	}
	for _, word := range otherColumns() {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// otherColumns are words by which portals call columns of notices, news and documents.
func otherColumns() []string {
	return []string{"通知公告", "公告公示", "公示公告", "通知通告", "通告公告", "公告通知", "动态", "新闻", "要闻", "资讯", "快讯",
		"政策文件", "规范性文件", "政策解读", "工作信息", "工作简报", "规划计划", "统计信息", "财政信息", "财政预决算", "人事信息", "招标采购", "互动交流"}
}
