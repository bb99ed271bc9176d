package web

// english is the catalogue of the English pages, by the Chinese text. Statutory
// terms are not here: they have their English in package standard.
var english = map[string]string{
	"总览": "Overview", "发布情况": "Publication", "比较": "Compare", "指标": "Indicators",
	"变化": "Changes", "数据": "Data", "方法": "Methods",
	"已核验": "Verified", "勾稽不符": "Inconsistent", "待复核": "Under review", "无法读取": "Unreadable",
	"未发布": "Not published", "未能查看": "Could not look", "未纳入": "Not watched", "未到期": "Not due",
}
