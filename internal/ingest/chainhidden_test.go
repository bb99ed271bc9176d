package ingest_test

import (
	"fmt"
	"html"
	"strings"
)

// hiddenLayouts put other figures where a reader of the page does not see them.
func hiddenLayouts() []layout {
	rows := func(open string) func(d dice, p *paper) {
		return func(d dice, p *paper) {
			p.dress.plainRow = func() string {
				if d(6) > 0 {
					return ""
				}
				return open + fmt.Sprintf("<td>行政许可</td><td>%d</td><td>%d</td><td>7</td></tr>", d(99), d(99))
			}
		}
	}
	inner := func(markup func(d dice, text string) string) func(d dice, p *paper) {
		return func(d dice, p *paper) {
			for _, s := range p.sheets() {
				s.each(func(b *box) {
					if b.code != "" && strings.ContainsAny(b.text, "0123456789０１２３４５６７８９") && d(5) == 0 {
						b.inner = markup(d, html.EscapeString(b.text))
					}
				})
			}
		}
	}
	wrapped := func(before, behind string) func(d dice, p *paper) {
		return inner(func(d dice, text string) string {
			return fmt.Sprintf("<p>%s%d%s%s</p>", before, d(500), behind, text)
		})
	}
	return []layout{
		{name: "rows hidden by style", kind: "hidden rows", apply: rows(`<tr style="display:none">`)},
		{name: "rows hidden by attribute", kind: "hidden rows", apply: rows(`<tr hidden>`)},
		{name: "figures hidden by style", kind: "inner", apply: wrapped(`<span style="display: none;">`, `</span>`)},
		{name: "figures deleted", kind: "inner", apply: wrapped(`<del>`, `</del>`)},
		{name: "figures struck", kind: "inner", apply: wrapped(`<s>`, `</s>`)},
		{name: "figures in comments", kind: "inner", apply: wrapped(`<!-- `, ` -->`)},
		{name: "figures in templates", kind: "inner", apply: wrapped(`<template>`, `</template>`)},
		{name: "figures in scripts", kind: "inner", apply: wrapped(`<script>var n = `, `;</script>`)},
		{name: "figures as attributes", kind: "inner", apply: inner(func(d dice, text string) string {
			return fmt.Sprintf(`<p title="%d" data-old='%d'>%s<input type="hidden" value="%d"></p>`, d(500), d(500), text, d(500))
		})},
		{name: "earlier table in a comment", apply: func(d dice, p *paper) { p.before("<!--", "-->", d) }},
		{name: "earlier table hidden", apply: func(d dice, p *paper) { p.before(`<div style="display:none">`, "</div>", d) }},
		{name: "earlier table in a template", apply: func(d dice, p *paper) { p.before("<template>", "</template>", d) }},
	}
}

// before puts a copy of the last table with other figures, that nobody sees, before
// the table.
func (p *paper) before(open, end string, d dice) {
	at := 0
	for i, x := range p.pieces {
		if x.sheet != nil {
			at = i
		}
	}
	old := p.pieces[at].sheet.clone()
	old.each(func(b *box) {
		if b.code != "" {
			b.text = fmt.Sprint(d(900))
		}
	})
	var b strings.Builder
	(&dress{}).table(&b, old)
	p.pieces = append(p.pieces[:at:at], append([]piece{{raw: true, text: open + b.String() + end}}, p.pieces[at:]...)...)
}
