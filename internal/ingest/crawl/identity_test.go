package crawl

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An article that stands in several columns is one candidate: its number within the
// site tells it, not its address.
func TestIdentity(t *testing.T) {
	link := func(column, id, year int) string {
		return fmt.Sprintf(`<![CDATA[<li><a href="/art/2022/1/25/art_%d_%d.html">云杉街道办事处%d年政府信息公开工作年度报告</a></li>]]>`, column, id, year)
	}
	far := serve(t, listing{pages: map[string]string{
		"/gknb/": link(11, 501, 2021) + link(12, 501, 2021) + link(11, 502, 2020),
		"/jz/":   link(13, 501, 2021) + link(13, 503, 2019),
	}}.serve)
	look, err := crawler(t, Options{}).Look(t.Context(), far.portal(t, "family: hanweb\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2020, 2021}, yearsOf(look)); diff != "" {
		t.Errorf("years (-want +got):\n%s", diff)
	}
	p := far.portal(t, "family: hanweb\n")
	if a, b := p.Identity("http://www.a.test/art/2022/1/25/art_11_501.html"), p.Identity("https://a.test/art/2022/2/1/art_12_501.html"); a != b {
		t.Errorf("%q and %q; want one identity", a, b)
	}
	if a, b := p.Identity("http://a.test/art/2022/1/25/art_11_501.html"), p.Identity("http://b.test/art/2022/1/25/art_11_501.html"); a == b {
		t.Errorf("%q on two hosts; want two", a)
	}
	if a := p.Identity("http://a.test/x.html"); a != "http://a.test/x.html" {
		t.Errorf("%q; want the address", a)
	}
}

// The canonical link counts where it leads to another page of the portal.
func TestCanonical(t *testing.T) {
	for link, want := range map[string]string{
		`<link rel="canonical" href="/gknb/t1.html?id=1&amp;x=2">`:        "{base}/gknb/t1.html?id=1&x=2",
		`<LINK href='t2.html' REL=canonical />`:                           "{base}/gknb/t2.html",
		`<link rel="canonical" href="/">`:                                 "",
		`<link rel="canonical" href="http://elsewhere.test/t1.html">`:     "",
		`<link rel="canonical">`:                                          "",
		`<link rel="stylesheet" href="/a.css"><p>rel="canonical" href=/x`: "",
	} {
		far := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<html><head>"+link+"</head>"+goodPage)
		})
		f, err := crawler(t, Options{}).Fetch(t.Context(), far.portal(t, ""), far.URL+"/gknb/a.html", nil)
		if err != nil {
			t.Fatal(err)
		}
		if want != "" {
			want = far.URL + want[len("{base}"):]
		}
		if f.Canonical != want {
			t.Errorf("%s: %q; want %q", link, f.Canonical, want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add(`<link rel="canonical" href="/gknb/t1.html">`)
	p := &Portal{Entries: []Entry{{URL: "http://a.test/"}}}
	f.Fuzz(func(t *testing.T, markup string) {
		if got := p.canonical(&Fetched{URL: "http://a.test/x/", Body: []byte(markup)}); got != "" {
			if u, err := resolve(nil, got); err != nil || !p.allows(u.Host) {
				t.Errorf("%q leaves the portal", got)
			}
		}
	})
}
