package web

import (
	"strings"

	"gongkai/internal/standard"
)

// terms are the statutory terms by their Chinese, for sentences that quote the form.
// A term that two tables translate differently keeps the first.
func terms() map[string]string {
	all := map[string]string{}
	add := func(l standard.Label) {
		if _, ok := all[l.ZH]; !ok && l.ZH != "" && l.EN != "" {
			all[l.ZH] = plainTerm(l.EN)
		}
	}
	for _, format := range standard.Formats() {
		for _, c := range standard.FormOf(format).Cells {
			add(c.RowLabel)
			add(c.ColumnLabel)
			add(standard.Label{ZH: lastPart(c.RowLabel.ZH, "/"), EN: lastPart(c.RowLabel.EN, " / ")})
		}
	}
	for _, i := range standard.Indicators() {
		add(i.Name)
	}
	for _, r := range standard.Rules() {
		add(r.Name)
	}
	for _, b := range standard.Breaks() {
		add(b.Reason)
	}
	return all
}

// lastPart is a nested label without the groups that it stands in.
func lastPart(label, sep string) string {
	if i := strings.LastIndex(label, sep); i >= 0 {
		label = label[i+len(sep):]
	}
	return label
}

// plainTerm leaves out the Chinese that a term gives in brackets: Rules (规章).
func plainTerm(english string) string {
	before, rest, ok := strings.Cut(english, " (")
	inside, after, closed := strings.Cut(rest, ")")
	if !ok || !closed || !hasHan(inside) || strings.ContainsAny(inside, "abcdefghijklmnopqrstuvwxyz") {
		return english
	}
	return before + after
}
