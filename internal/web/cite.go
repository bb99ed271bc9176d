package web

import (
	"fmt"
	"strings"
)

// A citation is a ready reference to something with an address. The day of access
// is the reader's to give: it stands as a mark in the texts, which a script fills.
type citation struct {
	ID           string // of the elements
	GB, APA, Bib []string
}

// accessMark is where the day of access belongs; citations are cut there.
const accessMark = "\x00"

// A cited is what a citation is of.
type cited struct {
	id      string
	author  string // "" for us
	title   string
	medium  string // of GB/T 7714: R/OL a report, DB/OL a database
	year    int    // of publication
	note    string // version, data version
	address string // whole, for ever
}

// cites makes the three forms. The year is the data's own, so that a citation of
// one data version never changes.
func (p page) cites(of cited) citation {
	author := of.author
	if author == "" {
		author = p.t("公开 Gongkai")
	}
	year := ""
	if of.year > 0 {
		year = fmt.Sprint(of.year)
	}
	gb := fmt.Sprintf("%s. %s[%s]. %s[%s]. %s.", author, of.title, of.medium, withComma(year, of.note), accessMark, of.address)
	apa := fmt.Sprintf("%s. (%s). %s [%s]. %s %s", author, orText(year, "n.d."), of.title, of.note, p.t("检索日期 %s，", accessMark), of.address)
	bib := fmt.Sprintf("@misc{gongkai-%s,\n  author = {{%s}},\n  title = {{%s}},\n  year = {%s},\n  note = {%s},\n  url = {%s},\n  urldate = {%s}\n}",
		key(of.address), author, of.title, year, of.note, of.address, accessMark)
	return citation{ID: of.id, GB: strings.Split(gb, accessMark), APA: strings.Split(apa, accessMark), Bib: strings.Split(bib, accessMark)}
}

func withComma(year, note string) string { return joined(year, note, ", ") }

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// key is an address as a BibTeX key: letters, digits and dashes.
func key(address string) string {
	_, path, _ := strings.Cut(address, "://")
	_, path, _ = strings.Cut(path, "/")
	clean := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, path)
	return strings.Trim(strings.Join(strings.FieldsFunc(clean, func(r rune) bool { return r == '-' }), "-"), "-")
}

// Citation is the reference to the page itself, as of the data that it shows.
func (p page) Citation() citation {
	return p.cites(cited{id: "cite-page", title: p.Title, medium: "DB/OL", year: p.dataYear(), note: p.dataNote(), address: p.Base + p.Fixed})
}

// dataYear is the year of the data that a page shows, 0 where there are none.
func (p page) dataYear() int {
	if p.RunAt.IsZero() {
		return 0
	}
	return p.RunAt.Year()
}

// dataNote names the data version of a citation.
func (p page) dataNote() string {
	if p.Run == 0 {
		return p.t("尚无数据")
	}
	return p.t("数据截至第 %d 次采集", p.Run)
}
