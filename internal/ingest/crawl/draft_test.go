package crawl

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDraft(t *testing.T) {
	far := serve(t, listing{pages: map[string]string{
		"/units.html":      `<ul id="units"><li><a href="/ys/">云杉街道</a></li><li><a href="/lw/">芦苇镇</a></li><li><a href="/qj/">云杉区</a></li></ul>`,
		"/ys/":             trsList(`createPageHTML(2, 0, "index", "html");`, 2024, 2023),
		"/ys/index_1.html": trsList(`createPageHTML(2, 1, "index", "html");`, 2022, 2021),
		"/lw/":             "<p>暂无</p>",
		"/qj/":             "<p>暂无</p>",
		"/none.html":       "<p>暂无</p>",
	}}.serve)
	c := crawler(t, Options{Clock: func() time.Time { return time.Date(2026, 1, 20, 3, 0, 0, 0, time.UTC) }})
	column := Column{ID: "test", Name: `云杉"区"`, Region: "990101", URL: far.URL + "/units.html",
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Delay: time.Millisecond}
	d, err := c.Draft(t.Context(), column)
	if err != nil {
		t.Fatal(err)
	}
	want := `id: test
name: "云杉\"区\""
region: "990101"
family: trs
note: "由列表页特征识别：createPageHTML("
entries:
  - {url: "{base}/units.html", unit: by-column, through: [{link: "#units a"}]}
networks: ["127.0.0.0/8"]
polite: {delay: 1ms}
expect: 3
tried: 2026-01-20
`
	if diff := cmp.Diff(strings.ReplaceAll(want, "{base}", far.URL), string(d.Text)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if len(d.Look.Candidates) != 4 || !d.Look.Good {
		t.Errorf("%d candidates, problems %v", len(d.Look.Candidates), d.Look.Problems)
	}

	column.URL = far.URL + "/none.html"
	if d, err := c.Draft(t.Context(), column); err != nil || d.Family != presetBase || d.Look.State != LookEmpty {
		t.Errorf("a page without reports: %+v, %v", d, err)
	}
	column.URL = far.URL + "/missing.html"
	if _, err := c.Draft(t.Context(), column); kindOf(err) != Gone {
		t.Errorf("a missing page: %v; want gone", err)
	}
	column.ID = "No Id"
	if _, err := c.Draft(t.Context(), column); err == nil || !strings.Contains(err.Error(), "id") {
		t.Errorf("a bad id: %v", err)
	}
}
