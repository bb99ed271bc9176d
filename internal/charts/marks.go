package charts

import (
	"slices"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// The legend of states travels with a drawing: what its reader must know to tell a
// gap from a zero, a hollow mark from a full one, and how many reports it rests on.

// stackMarks is the legend of a stack of years.
func stackMarks(years []aggregate.YearParts, slices []slice, cols []column, lacks func(i int) bool, words Words) []string {
	bases := make([]aggregate.Basis, len(years))
	known := make([]bool, len(years))
	for i, y := range years {
		bases[i], known[i] = y.Basis, drawn(y, slices)
	}
	return yearMarks(cols, bases, known, lacks, words, func(i int) int { return years[i].Year })
}

// seriesMarks is the legend of columns of one series.
func seriesMarks(s aggregate.Series, cols []column, words Words) []string {
	bases := make([]aggregate.Basis, len(s.Figures))
	known := make([]bool, len(s.Figures))
	for i, f := range s.Figures {
		bases[i], known[i] = f.Basis, f.Known
	}
	lacks := func(i int) bool { return notInForm(s.Indicator, s.Figures[i]) }
	marks := yearMarks(cols, bases, known, lacks, words, func(i int) int { return s.Figures[i].Year })
	if slices.ContainsFunc(s.Figures, unverified) {
		marks = append(marks, words("空心：读数尚未核验，或勾稽不符而照列"))
	}
	return marks
}

// yearMarks says what the years of a drawing rest on.
func yearMarks(cols []column, bases []aggregate.Basis, known []bool, lacks func(i int) bool, words Words, year func(i int) int) []string {
	var marks []string
	last, short, missing, field := -1, false, false, false
	for i, b := range bases {
		switch {
		case known[i]:
			last, short = i, short || b.Usable < b.Due
		case lacks(i):
			field = true
		default:
			missing = true
		}
	}
	if last >= 0 && bases[last].Due > 1 {
		marks = append(marks, words("%d 年度计入 %d / %d 份报告", year(last), bases[last].Usable, bases[last].Due))
	}
	if short {
		marks = append(marks, words("▽ 当年有应计入而未计入的报告"))
	}
	if missing {
		marks = append(marks, words("没有图形的年份没有可计入的数字，不是零"))
	}
	if field {
		marks = append(marks, words("斜纹：当年的格式没有此项，不是零"))
	}
	return append(marks, breakMark(cols, words)...)
}

// breakMark explains the dotted rules.
func breakMark(cols []column, words Words) []string {
	if slices.ContainsFunc(cols, func(c column) bool { return c.index < 0 }) {
		return []string{words("点线：口径变更，两侧不相连，不直接比较")}
	}
	return nil
}

// comparisonMarks is the legend of a comparison.
func comparisonMarks(cmp aggregate.Comparison, cols []column, words Words) []string {
	var marks []string
	hollow, missing := false, false
	for _, s := range cmp.Series {
		for _, f := range s.Figures {
			hollow = hollow || unverified(f)
			missing = missing || !f.Defined
		}
	}
	if hollow {
		marks = append(marks, words("空心：读数尚未核验，或勾稽不符而照列"))
	}
	if missing {
		marks = append(marks, words("缺数之处不画，也不连线；不是零"))
	}
	return append(marks, breakMark(cols, words)...)
}

// unverified reports whether a figure is drawn hollow.
func unverified(f aggregate.Figure) bool {
	return f.Defined && f.Status != "" && f.Status != report.Verified
}

// short reports whether reports are left out of a figure that they belong to.
func short(f aggregate.Figure) bool { return f.Known && f.Basis.Usable < f.Basis.Due }
