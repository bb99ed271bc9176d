package crawl

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/report"
)

// fromJSON reads items from an array of objects.
func (p *page) fromJSON(r *rules, l List) []item {
	list, _ := follow(p.data, l.Item).([]any)
	var all []item
	for _, object := range list {
		u, err := resolve(p.url, firstKey(object, r.link))
		if err != nil {
			continue
		}
		it := item{url: u, title: textOf(firstKey(object, r.title)), unit: firstKey(object, r.unit)}
		when := firstKey(object, r.date)
		if it.date = findDate(when); it.date.IsZero() {
			it.date = unixDate(when)
		}
		all = append(all, it)
	}
	return all
}

// follow walks down the keys and positions of a path such as data.results.
func follow(v any, path string) any {
	if path == "" || path == "." {
		return v
	}
	for key := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

func firstKey(v any, picks []pick) string {
	for _, p := range picks {
		if s := word(follow(v, p.source)); s != "" {
			return s
		}
	}
	return ""
}

func word(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}

// unixDate reads seconds or milliseconds since 1970 as a day in China.
func unixDate(s string) report.Date {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1e8 {
		return report.Date{}
	}
	if n > 1e11 {
		n /= 1000
	}
	t := time.Unix(n, 0).In(time.FixedZone("CST", 8*60*60))
	return report.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// matrix reads tables whose rows are units and whose columns are years. A link
// outside such a table is an item like any other.
func (p *page) matrix(r *rules, l List, vars values) []item {
	var all []item
	p.doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		var years []int
		table.Find("tr").Each(func(_ int, row *goquery.Selection) {
			cells := row.ChildrenFiltered("td, th")
			if heads := headYears(cells); heads != nil {
				years = heads
				return
			}
			unit := squeeze(cells.First().Text())
			cells.Each(func(i int, cell *goquery.Selection) {
				if i == 0 || i >= len(years) || years[i] == 0 {
					return
				}
				cell.Find("a").Each(func(_ int, a *goquery.Selection) {
					if it, ok := p.item(a, r, l, vars); ok {
						it.unit, it.year, it.cut = unit, years[i], false
						all = append(all, it)
					}
				})
			})
		})
	})
	p.doc.Find("a").Each(func(_ int, a *goquery.Selection) {
		if it, ok := p.item(a, r, l, vars); ok && a.Closest("td").Length() == 0 {
			all = append(all, it)
		}
	})
	return all
}

// headYears returns the year of each column of a head row, and nil for a row that
// heads no years.
func headYears(cells *goquery.Selection) []int {
	years := make([]int, cells.Length())
	found := 0
	cells.Each(func(i int, c *goquery.Selection) {
		if c.Find("a").Length() == 0 {
			if years[i] = yearIn(c.Text()); years[i] != 0 {
				found++
			}
		}
	})
	if found == 0 || found < cells.Length()-1 {
		return nil
	}
	return years
}
