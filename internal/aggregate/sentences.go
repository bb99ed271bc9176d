package aggregate

import (
	"regexp"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// A Sentence is a sentence of a report with where it stands.
type Sentence struct {
	Text      string
	Section   int
	Paragraph int
}

// sentences calls f with the sentences of a report in their order; section 0 is all.
func sentences(p *store.Prose, section int, f func(Sentence)) {
	for _, s := range p.Sections {
		if section != 0 && s.Number != section {
			continue
		}
		for _, one := range s.Paragraphs {
			for _, text := range strings.FieldsFunc(one.Text, func(r rune) bool { return strings.ContainsRune("。；！？\n", r) }) {
				if text = strings.TrimSpace(text); text != "" {
					f(Sentence{Text: text, Section: s.Number, Paragraph: one.Number})
				}
			}
		}
	}
}

// moneyText is an amount with its unit; the unit decides what it is worth.
var moneyText = regexp.MustCompile(`(\d[\d,，]*(?:\.\d{1,6})?)\s*(亿元|万元|元)`)

// yuan returns the first amount of money of a text, in 元, and false where there is
// none. A unit is never guessed.
func yuan(text string) (report.Amount, bool) {
	m := moneyText.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	a, err := report.ParseAmount(strings.NewReplacer(",", "", "，", "").Replace(m[1]))
	times := map[string]report.Amount{"元": 1, "万元": 1e4, "亿元": 1e8}[m[2]]
	if err != nil || a > 1<<62/times {
		return 0, false
	}
	return a * times, true
}
