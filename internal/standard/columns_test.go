package standard

import "testing"

// TestColumns: a column is that of annual reports, another, or nothing can be said.
func TestColumns(t *testing.T) {
	for name, want := range map[string][2]bool{
		"政府信息公开年报": {true, false}, "政府信息公开工作年度报告": {true, false}, "动态_政府信息公开年报": {true, false},
		"通知公告": {false, true}, "云杉区_工作动态": {false, true}, "政务新闻": {false, true},
		"法定主动公开内容": {}, "专题": {}, "": {},
	} {
		if got := [2]bool{ReportColumn(name), OtherColumn(name)}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
