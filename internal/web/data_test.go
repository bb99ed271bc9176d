package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"gongkai/internal/export"
)

// TestExports: the page lists the files of the last whole export with the checksums that
// they have, a part of one can be had, and nothing else of the folder.
func TestExports(t *testing.T) {
	s := newFixture(t)
	if w := get(t, s, http.MethodGet, "/exports/gongkai.sqlite"); w.Code != http.StatusNotFound {
		t.Errorf("without exports: %d", w.Code)
	}
	s.Exports = t.TempDir()
	e := &export.Exporter{DB: s.Store, Software: "test", Now: time.Now}
	l, err := e.Publish(t.Context(), s.Exports, []string{"json", "datapackage"})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/data", "/en/data"} {
		body := get(t, s, http.MethodGet, page).Body.String()
		for _, f := range l.Files {
			if !strings.Contains(body, f.SHA256) || !strings.Contains(body, `href="/exports/`+f.Name+`"`) {
				t.Errorf("%s does not list %s", page, f.Name)
			}
			w := get(t, s, http.MethodGet, "/exports/"+f.Name)
			sum := sha256.Sum256(w.Body.Bytes())
			if hex.EncodeToString(sum[:]) != f.SHA256 {
				t.Errorf("%s is not what its checksum says", f.Name)
			}
			if w := get(t, s, http.MethodGet, "/exports/"+f.Name, "Range", "bytes=0-9"); w.Code != http.StatusPartialContent || w.Body.Len() != 10 {
				t.Errorf("a part of %s: %d with %d bytes", f.Name, w.Code, w.Body.Len())
			}
			if w := get(t, s, http.MethodGet, "/exports/"+f.Name, "If-None-Match", `"`+f.SHA256+`"`); w.Code != http.StatusNotModified {
				t.Errorf("%s again: %d", f.Name, w.Code)
			}
		}
	}
	for path, want := range map[string]int{"/exports/SHA256SUMS": 200, "/exports/latest.json": 404, "/exports/..%2flatest.json": 404} {
		if w := get(t, s, http.MethodGet, path); w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
}

// TestDataset: the page describes the data to search engines in JSON that says where and
// under which licence it is.
func TestDataset(t *testing.T) {
	s := newFixture(t)
	for _, page := range []string{"/data", "/en/data"} {
		var found *html.Node
		for _, n := range elements(t, get(t, s, http.MethodGet, page).Body.String()) {
			if kind, _ := attr(n, "type"); kind == "application/ld+json" {
				found = n
			}
		}
		if found == nil {
			t.Fatalf("%s has no description", page)
		}
		var d map[string]any
		if err := json.Unmarshal([]byte(found.FirstChild.Data), &d); err != nil {
			t.Fatal(err)
		}
		if d["@type"] != "Dataset" || d["@context"] != "https://schema.org/" || d["license"] != export.LicencePath || d["url"] != "http://example.com"+page {
			t.Errorf("%s: %v", page, d)
		}
		for _, name := range []string{"name", "description", "distribution", "creator", "dateModified", "spatialCoverage"} {
			if d[name] == nil {
				t.Errorf("%s: the description has no %s", page, name)
			}
		}
	}
}

// TestDictionary: every cell of every form is on the page, and the reference has every
// address of the API.
func TestDictionary(t *testing.T) {
	s := newFixture(t)
	for _, root := range []string{"", "/en"} {
		body := get(t, s, http.MethodGet, root+"/data/dictionary").Body.String()
		for row := range export.Dictionary().Rows(t.Context()) {
			if !strings.Contains(body, "<code>"+row[1].(string)+"</code>") {
				t.Errorf("%s: %s is missing", root, row[1])
			}
		}
		body = get(t, s, http.MethodGet, root+"/data/api").Body.String()
		doc, err := s.openAPI()
		if err != nil || len(doc.Paths) < 20 {
			t.Fatalf("%d addresses, %v", len(doc.Paths), err)
		}
		for path, methods := range doc.Paths {
			if !strings.Contains(body, "GET /api/v1"+path+"</code>") {
				t.Errorf("%s: %s is missing", root, path)
			}
			for _, p := range methods["get"].Parameters {
				if !strings.Contains(body, "<code>"+p.Name+"</code>") {
					t.Errorf("%s: parameter %s of %s is missing", root, p.Name, path)
				}
			}
		}
	}
}

// TestGuide: both documents have the same blocks, so that one is the other in another
// language, and nothing of a block's marks is left over.
func TestGuide(t *testing.T) {
	s := newFixture(t)
	count := make(map[string]string)
	for _, root := range []string{"", "/en"} {
		body := get(t, s, http.MethodGet, root+"/data/guide").Body.String()
		_, doc, _ := strings.Cut(body, `<div class="longread">`)
		doc, _, _ = strings.Cut(doc, "</main>")
		var kinds []string
		for _, n := range elements(t, doc) {
			if strings.Contains("h2 p pre ul table li", n.Data) {
				kinds = append(kinds, n.Data)
			}
			if n.Data == "p" || n.Data == "li" {
				for c := range n.Descendants() {
					if c.Type == html.TextNode && c.Parent.Data != "code" && (strings.Contains(c.Data, "**") || strings.Contains(c.Data, "`")) {
						t.Errorf("%s: %q is not rendered", root, c.Data)
					}
				}
			}
		}
		count[root] = strings.Join(kinds, " ")
	}
	if count[""] != count["/en"] || strings.Count(count[""], "pre") < 7 {
		t.Errorf("the documents differ:\n%s\n%s", count[""], count["/en"])
	}
	if _, blocks := readDoc("# a\n\n| b <i> |\n| --- |\n| `x` and **y** |\n```sh\n<k>\n"); len(blocks) != 2 ||
		blocks[0].Head[0] != "b &lt;i&gt;" || blocks[0].Rows[0][0] != "<code>x</code> and <b>y</b>" || blocks[1].Code != "<k>\n\n" {
		t.Errorf("blocks %+v", blocks)
	}
}
