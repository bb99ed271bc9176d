package extract

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
)

// TestHostile reads a megabyte of each pattern that would cost the square of its length
// in a careless reader. At that size the square takes minutes; a linear reader takes
// well under the limit, on a busy machine too.
func TestHostile(t *testing.T) {
	const size, limit = 1 << 20, 20 * time.Second
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	cases := map[string]string{
		"style comments":    "<style>none" + fill("/**/") + "</style><p>x",
		"style rules":       "<style>none" + fill("a{display:none}@x{") + "</style><p>x",
		"hidden panes":      fill(`<div id="abcdef" style="display:none">` + strings.Repeat("字", 40) + "</div>"),
		"nested panes":      strings.Repeat(`<div class="tab" style="display:none">`, 400) + fill("字 "),
		"empty tables":      fill("<p>x</p><table><tr><td></table>"),
		"nested tables":     strings.Repeat("<table><tr><td>", 150) + fill("1 "),
		"wide cells":        "<table>" + fill("<td colspan=1000 rowspan=1000>"),
		"file links":        fill("<a href=a.pdf>x</a>"),
		"open quotes":       fill(`<a href="`),
		"open entities":     fill("&#"),
		"script quotes":     "<script>" + fill(`'"`) + "</script><p>x",
		"script slashes":    "<script>" + fill("/*") + "</script><p>x",
		"unclosed inlines":  fill("<font color=red>"),
		"tab continuation":  "年报\n\t甲\n" + fill("续行\n"),
		"torn pipes":        "年报\n" + fill("甲 |\n"),
		"head labels":       "年报\n" + fill("自然人\n") + fill("1\n"),
		"row labels":        "年报\n信息内容\n规章\n" + fill("一、行政许可\n"),
		"blank-set words":   "年报\n" + fill("规 "),
		"open brackets":     "年报\n" + fill("（"),
		"spaced slashes":    "年报\n" + fill("规章 / "),
		"json nesting":      `{"a":` + fill("[") + "1",
		"mime boundaries":   "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n" + fill("--x\n"),
		"csv quotes":        "a,b,c\n1,2,3\n1,2,3\n" + fill(`"`),
		"broken utf-8":      fill("政\xe6\x94"),
		"no known encoding": fill("\x81\x20\xff"),
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Read(t.Context(), Hint{}, []byte(body), Limits{})
			if err != nil && !errors.Is(err, report.ErrUnreadable) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(start); took > limit {
				t.Errorf("took %v, want less than %v", took, limit)
			}
		})
	}
}
