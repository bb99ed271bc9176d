package crawl

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/report"
)

// fromJSON reads items from an array of objects, of JSON or XML.
func (p *page) fromJSON(r *rules, l List) []item {
	list, ok := follow(p.data, l.Item).([]any)
	if one := follow(p.data, l.Item); !ok && one != nil {
		list = []any{one} // a list of one in XML
	}
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

// readXML turns elements into objects: an element by its name, several of a name
// as a list, attributes as @name, and an element of text alone as that text.
func readXML(text string) (any, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	root, err := readElement(d, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("xml: %w", err)
	}
	return root, nil
}

const maxDepth = 100

// readElement reads up to the end of an element; the outermost ends with the text.
func readElement(d *xml.Decoder, start *xml.StartElement, depth int) (any, error) {
	object, words := map[string]any{}, ""
	if start != nil {
		for _, a := range start.Attr {
			object["@"+a.Name.Local] = a.Value
		}
	}
	for {
		token, err := d.Token()
		if err == io.EOF && start == nil {
			return object, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			words += string(t)
		case xml.EndElement:
			if len(object) == 0 {
				return strings.TrimSpace(words), nil
			}
			return object, nil
		case xml.StartElement:
			if depth >= maxDepth {
				return nil, fmt.Errorf("elements nested more than %d deep", maxDepth)
			}
			inner, err := readElement(d, &t, depth+1)
			if err != nil {
				return nil, err
			}
			switch before := object[t.Name.Local].(type) {
			case nil:
				object[t.Name.Local] = inner
			case []any:
				object[t.Name.Local] = append(before, inner)
			default:
				object[t.Name.Local] = []any{before, inner}
			}
		}
	}
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
