package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A drawnOption is what the walk looks at of an option.
type drawnOption struct {
	Animation *bool `json:"animation"`
	XAxis     []struct {
		Data []string `json:"data"`
	} `json:"xAxis"`
	Series []struct {
		Name         string `json:"name"`
		Type         string `json:"type"`
		Stack        string `json:"stack"`
		ConnectNulls any    `json:"connectNulls"`
		ItemStyle    struct {
			Color string `json:"color"`
		} `json:"itemStyle"`
		Data []struct {
			Value any `json:"value"`
		} `json:"data"`
	} `json:"series"`
}

// fills are the one fill of each outcome and result wherever it is drawn.
var fills = map[string]string{
	"予以公开": "@o-granted", "部分公开": "@pattern:partial", "不予公开": "@pattern:denied", "无法提供": "@pattern:unavailable",
	"不予处理": "@pattern:unprocessed", "其他处理": "@pattern:other", "旧格式的其余答复": "@pattern:oldform",
	"结果纠正": "@a-corrected", "结果维持": "@pattern:upheld", "其他结果": "@pattern:aother", "尚未审结": "@pattern:pending",
}

// TestEveryOption walks every option of every page: nothing moves, nothing is joined
// across a gap, a break and a missing year have no value, what its table has is drawn
// as it is, and the parts of a stack are told apart by more than colour.
func TestEveryOption(t *testing.T) {
	s, n := newFixture(t), 0
	for _, path := range routes() {
		all := elements(t, get(t, s, http.MethodGet, path).Body.String())
		for _, place := range all {
			name, ok := attr(place, "data-chart")
			if !ok {
				continue
			}
			var o drawnOption
			for _, script := range all {
				if id, _ := attr(script, "id"); id == name {
					if err := json.Unmarshal([]byte(script.FirstChild.Data), &o); err != nil {
						t.Fatal(err)
					}
				}
			}
			n++
			checkOption(t, path+" "+name, o)
			checkTable(t, path+" "+name, o, tableOf(place.Parent))
		}
	}
	if n < 60 {
		t.Errorf("only %d options were looked at", n)
	}
}

func checkOption(t *testing.T, at string, o drawnOption) {
	t.Helper()
	if o.Animation == nil || *o.Animation {
		t.Errorf("%s moves", at)
	}
	plainFills := make(map[string][]string) // of a stack
	for _, s := range o.Series {
		if s.ConnectNulls != nil && s.ConnectNulls != false {
			t.Errorf("%s joins %s across gaps", at, s.Name)
		}
		name, _, _ := strings.Cut(s.Name, "，") // what the old form does not tell apart says so
		if want, ok := fills[name]; ok && s.ItemStyle.Color != want {
			t.Errorf("%s fills %s with %q, want %q everywhere", at, s.Name, s.ItemStyle.Color, want)
		}
		if s.Stack != "" && !strings.HasPrefix(s.ItemStyle.Color, "@pattern:") {
			plainFills[s.Stack] = append(plainFills[s.Stack], s.Name)
		}
		for i, d := range s.Data {
			if strings.TrimSpace(o.XAxis[0].Data[i]) == "" && d.Value != "-" {
				t.Errorf("%s draws %v in a break", at, d.Value)
			}
		}
	}
	for _, names := range plainFills {
		if len(names) > 1 {
			t.Errorf("%s tells %v apart by colour alone", at, names)
		}
	}
}

// checkTable holds an option against its table: a word in the table is a gap in the
// drawing, and a number in the table is that number.
func checkTable(t *testing.T, at string, o drawnOption, rows [][]string) {
	t.Helper()
	if len(rows) < 2 {
		t.Errorf("%s has no table", at)
		return
	}
	seen := 0
	for _, s := range o.Series {
		column := slices.Index(rows[0], s.Name)
		for i, d := range s.Data {
			row := slices.IndexFunc(rows[1:], func(r []string) bool { return r[0] == o.XAxis[0].Data[i] }) + 1
			if s.Name == "" || column < 0 || row < 1 {
				continue
			}
			seen++
			text := rows[row][column]
			_, known := d.Value.(float64)
			if has := regexp.MustCompile(`^−?[0-9]`).MatchString(text); has != known {
				t.Errorf("%s draws %v for %s %s, and its table says %q", at, d.Value, s.Name, rows[row][0], text)
			}
			if known && d.Value == 0.0 && !strings.HasPrefix(text, "0") {
				t.Errorf("%s draws a zero for %q", at, text)
			}
		}
	}
	if seen == 0 && !strings.Contains(at, "bars") { // its table has years in rows, its axis units
		t.Errorf("%s has nothing in common with its table %v", at, rows[0])
	}
}

// tableOf is the text of the first table below an element.
func tableOf(n *html.Node) (rows [][]string) {
	for d := range n.Descendants() {
		switch {
		case d.Type == html.ElementNode && d.Data == "table" && len(rows) > 0:
			return rows
		case d.Type == html.ElementNode && d.Data == "tr":
			rows = append(rows, nil)
		case d.Type == html.ElementNode && (d.Data == "td" || d.Data == "th") && len(rows) > 0:
			rows[len(rows)-1] = append(rows[len(rows)-1], textOf(d))
		}
	}
	return rows
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestEveryPicture follows every chart that a page leads to: it is a picture that says
// its source and date, a region's says of how many reports, and its page has a table.
func TestEveryPicture(t *testing.T) {
	s := newFixture(t)
	asked := make(map[string]bool)
	for _, path := range routes() {
		for _, n := range elements(t, get(t, s, http.MethodGet, path).Body.String()) {
			href, _ := attr(n, "href")
			href, _, _ = strings.Cut(href, "#")
			at, _, _ := strings.Cut(href, "?")
			if !strings.HasPrefix(at, "/charts/") || strings.HasSuffix(at, ".svg") || asked[at] {
				continue
			}
			asked[at] = true
			svg := get(t, s, http.MethodGet, strings.Replace(href, at, at+".svg", 1)).Body.String()
			for _, want := range []string{`来源：`, `[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}`, `第 [0-9]+ 次`} {
				if !regexp.MustCompile(want).MatchString(plainText(svg)) {
					t.Errorf("%s: its picture has no %s", href, want)
				}
			}
			if of := strings.HasPrefix(at, "/charts/regions/") || strings.HasPrefix(at, "/charts/indicators/"); of && !strings.HasSuffix(at, "/matrix") &&
				!regexp.MustCompile(`[0-9]+ / [0-9]+ 份`).MatchString(plainText(svg)) {
				t.Errorf("%s: its picture does not say how many reports it rests on", href)
			}
			if rows := tableOf(parsed(t, get(t, s, http.MethodGet, href).Body.String())); len(rows) < 2 {
				t.Errorf("%s: its page has a table of %d rows", href, len(rows))
			}
		}
	}
	for _, want := range []string{"/charts/regions/990101/matrix", "/charts/regions/990101/strips", "/charts/regions/990101/grounds", "/charts/regions/990101/movers",
		"/charts/requests/990101/2024/asking", "/charts/compare/asking", "/charts/requests/990101003/2021/split", "/charts/indicators/open_rate/ranking", "/charts/indicators/open_rate/spread"} {
		if !asked[want] {
			t.Errorf("no page leads to %s", want)
		}
	}
}

// plainText joins the lines of a picture's texts.
func plainText(svg string) string {
	return regexp.MustCompile(`</text><text[^>]*>`).ReplaceAllString(svg, "")
}

func parsed(t *testing.T, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
