package web

import (
	"strconv"
	"strings"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/charts"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// day writes a date as tables do: 2025-01-31; "" where there is none.
func day(d report.Date) string {
	if d.IsZero() {
		return ""
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// moment writes a time in China's time as tables do.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(standard.China()).Format("2006-01-02 15:04")
}

// spoken writes a date as sentences do: 2025 年 1 月 31 日.
func (p page) spoken(t time.Time) string {
	t = t.In(standard.China())
	if p.Lang == en {
		return t.Format("2 January 2006")
	}
	return p.t("%d 年 %d 月 %d 日", t.Year(), int(t.Month()), t.Day())
}

// dayOfYear writes a day where its year is plain: 1 月 31 日, 31 Jan.
func (p page) dayOfYear(t time.Time) string {
	t = t.In(standard.China())
	if p.Lang == en {
		return t.Format("2 Jan")
	}
	return p.t("%d 月 %d 日", int(t.Month()), t.Day())
}

// size writes a number of bytes.
func size(n int64) string {
	if n < 10_000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatInt(n/1024, 10) + " KB"
}

// figure writes a figure with its unit, as sentences do.
func (p page) figure(f aggregate.Figure, unit string) string {
	text := charts.Show(f, unit, p.t)
	if !f.Known || f.Ratio && (unit == "%" || f.Small == "fraction") {
		return text
	}
	return text + " " + p.t(unit)
}

// short keeps a hash readable.
func short(h report.SHA256) string {
	if len(h) > 12 {
		return string(h[:12])
	}
	return string(h)
}

// place writes where something stands in an original.
func (p page) place(at report.Place) string {
	var parts []string
	add := func(text string, n int) {
		if n > 0 {
			parts = append(parts, p.t(text, n))
		}
	}
	add("第 %d 页", at.Page)
	if at.Sheet != "" {
		parts = append(parts, p.t("工作表 %s", p.name(at.Sheet)))
	}
	if at.Address != "" {
		parts = append(parts, p.t("单元格 %s", at.Address))
	}
	add("第 %d 个表格", at.Table)
	add("第 %d 行", at.Row)
	add("第 %d 列", at.Column)
	add("第 %d 段", at.Paragraph)
	add("文本第 %d 行", at.Line)
	if len(parts) == 0 {
		return p.t("位置未记录")
	}
	return strings.Join(parts, " ")
}

// formName is what a format is called on pages.
func (p page) formName(f standard.Format) string {
	switch f {
	case standard.F2014:
		return p.t("2014 格式")
	case standard.F2019:
		return p.t("2019 格式")
	case standard.F2021:
		return p.t("2021 格式")
	}
	return p.t("格式不明")
}

// kindName is what a kind of agency is called.
func (p page) kindName(k standard.Kind) string {
	names := map[standard.Kind]string{standard.Street: "街道", standard.Town: "镇", standard.Township: "乡",
		standard.Department: "部门", standard.Government: "人民政府"}
	return p.t(names[k])
}
