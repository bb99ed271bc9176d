package crawl

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// Each case holds the rules of a portal, a page of a list, and the links read from
// it. A comment line gbk encodes the page so.
func TestItems(t *testing.T) {
	cases, err := filepath.Glob("testdata/pages/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, err %v", len(cases), err)
	}
	for _, name := range cases {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a := readCase(t, name)
			rules, page, want := part(a, "rules"), part(a, "page"), part(a, "items")
			body := []byte(page)
			if strings.Contains(a.comment, "GBK") {
				if body, err = simplifiedchinese.GBK.NewEncoder().Bytes(body); err != nil {
					t.Fatal(err)
				}
			}
			got := readItems(t, portal(t, rules), body)
			if *update {
				writePart(t, name, a, "items", got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
}

func readItems(t *testing.T, p *Portal, body []byte) string {
	t.Helper()
	f := &Fetched{URL: "http://a.test/zwgk/gknb/list.asp?classid=12", Header: http.Header{}, Body: body}
	pg, err := readPage(f, p.List)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	vars := parts(pg.url)
	var b strings.Builder
	for _, it := range pg.items(p.rules, p.List, vars) {
		fmt.Fprintf(&b, "%s\n  title %s", it.url, it.title)
		if it.cut {
			b.WriteString(" (cut)")
		}
		if !it.date.IsZero() {
			fmt.Fprintf(&b, "\n  date %d-%02d-%02d", it.date.Year, it.date.Month, it.date.Day)
		}
		if it.unit != "" || it.year != 0 {
			fmt.Fprintf(&b, "\n  unit %s %d", it.unit, it.year)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// A testCase is a text archive: why it exists, then parts headed by -- name --.
type testCase struct {
	comment string
	names   []string
	parts   map[string]string
}

func readCase(t testing.TB, file string) testCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{parts: map[string]string{}}
	name := ""
	for line := range strings.Lines(string(text)) {
		if head, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(head, " --\n") {
			name = strings.TrimSuffix(head, " --\n")
			c.names = append(c.names, name)
			continue
		}
		if name == "" {
			c.comment += line
		} else {
			c.parts[name] += line
		}
	}
	return c
}

func part(c testCase, name string) string { return c.parts[name] }

func writePart(t *testing.T, file string, c testCase, name, text string) {
	t.Helper()
	c.parts[name] = text
	out := c.comment
	for _, n := range c.names {
		out += "-- " + n + " --\n" + c.parts[n]
	}
	if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Whatever a list says, reading it ends, and what it gives are web addresses.
func FuzzItems(f *testing.F) {
	cases, _ := filepath.Glob("testdata/pages/*.txtar")
	var all []*Portal
	for _, family := range Families() {
		all = append(all, portal(f, "family: "+family+"\n"))
	}
	for _, name := range cases {
		for i := range all {
			f.Add(byte(i), []byte(part(readCase(f, name), "page")))
		}
	}
	f.Fuzz(func(t *testing.T, family byte, body []byte) {
		p := all[int(family)%len(all)]
		fetched := &Fetched{URL: "http://a.test/zwgk/", Header: http.Header{}, Body: body, Status: http.StatusOK}
		at, _ := resolve(nil, fetched.URL)
		jump(fetched, at)
		saysGone(fetched)
		challenge(fetched)
		pg, err := readPage(fetched, p.List)
		if err != nil {
			return
		}
		for _, it := range pg.items(p.rules, p.List, values{}) {
			if it.url.Scheme != "http" && it.url.Scheme != "https" || it.url.Host == "" {
				t.Errorf("address %s", it.url)
			}
			p.judge(it, &p.Entries[0], "")
		}
	})
}
