package crawl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The presets whose portals no simulator shows, held against answers made up from
// what is known of them: three pages of one report each, then nothing.
func TestAPIFamilies(t *testing.T) {
	title := func(page int) string {
		return fmt.Sprintf("云杉街道办事处%d年政府信息公开工作年度报告", 2025-page)
	}
	number := func(r *http.Request, name string) (n int) {
		fmt.Sscan(r.URL.Query().Get(name), &n)
		return n
	}
	for _, c := range []struct {
		family string
		do     func(n int, w http.ResponseWriter, r *http.Request)
	}{
		{"ucap", func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gknb/" {
				fmt.Fprint(w, `<script>var url = "/common/search/0123456789abcdef0123456789abcdef?_isAgg=true";</script>`)
				return
			}
			q, page := r.URL.Query(), number(r, "page")
			if r.URL.Path != "/common/search/0123456789abcdef0123456789abcdef" || q.Get("_isJson") != "true" {
				w.WriteHeader(404)
				return
			}
			fmt.Fprintf(w, `{"data":{"total":3,"rows":1,"results":[{"title":%q,"url":"/site/c1/202201/%032d.shtml","publishedTimeStr":"2022-01-19 10:00:00"}]}}`, title(page), page)
		}},
		{"jpaas", func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gknb/" {
				fmt.Fprint(w, `<div class="box"></div><script>init({webId:'31ea', pageId: "9c2d", tplSetId:'5fb7', tagId:'当前栏目list', parseType:'bulidstatic', pageType:'column'})</script>`)
				return
			}
			q := r.URL.Query()
			var param struct{ PageNo, PageSize int }
			if q.Get("webId") != "31ea" || q.Get("tagId") != "当前栏目list" || json.Unmarshal([]byte(q.Get("paramJson")), &param) != nil || r.Header.Get("Referer") == "" {
				w.WriteHeader(403)
				return
			}
			markup := "<ul></ul>"
			if param.PageNo <= 3 {
				markup = fmt.Sprintf(`<ul><li><a href="../art/2022/art_%d.html" title="%s">云杉…</a></li></ul>`, 1000+param.PageNo, title(param.PageNo))
			}
			answer, _ := json.Marshal(map[string]any{"success": true, "data": map[string]string{"html": markup}})
			_, _ = w.Write(answer)
		}},
		{"label", func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gknb/" {
				fmt.Fprint(w, `<script>load({siteId: 6795621, organId: '1120', catId: "37", pageCount: 3});</script>`)
				return
			}
			q, page := r.URL.Query(), number(r, "pageIndex")
			if q.Get("siteId") != "6795621" || q.Get("organId") != "1120" || q.Get("catId") != "37" || page > 3 {
				w.WriteHeader(500)
				return
			}
			fmt.Fprintf(w, `<ul><li><a href="/public/1120/%d.html" title="%s">云杉…</a><span>2022-01-19</span></li></ul>`, 100000+page, title(page))
		}},
		{"openness", func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gknb/" {
				fmt.Fprint(w, `<iframe src="/opennessContent/iframe/?branch_id=54a0&amp;column_code=250400&amp;page=1"></iframe>`)
				return
			}
			q, page := r.URL.Query(), number(r, "page")
			if r.URL.Path != "/opennessContent/iframe/" || q.Get("branch_id") != "54a0" || q.Get("column_code") != "250400" {
				w.WriteHeader(404)
				return
			}
			fmt.Fprintf(w, `<table><tr><td><a href="/openness/detail/annual_report/5dbbf2fcabcabcabcabcab%02d.html">%s</a></td><td>2022-01-19</td></tr></table>`, min(page, 3), title(min(page, 3)))
		}},
	} {
		t.Run(c.family, func(t *testing.T) {
			far := serve(t, c.do)
			look, err := crawler(t, Options{}).Look(t.Context(), far.portal(t, "family: "+c.family+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]int{2022, 2023, 2024}, yearsOf(look)); diff != "" || !look.Good {
				t.Errorf("good %v, problems %v, years (-want +got):\n%s\n%q", look.Good, look.Problems, diff, far.paths())
			}
		})
	}
}
