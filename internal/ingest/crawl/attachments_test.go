package crawl

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAttachments(t *testing.T) {
	for _, c := range []struct {
		name, markup string
		want         []Attachment
	}{
		{"link beside the article", `<div class="TRS_Editor"><p>见附件</p><a href="./P020210118.docx" title="年报.docx">年报…</a><a href="/x.html">返回</a></div>`,
			[]Attachment{{"http://a.test/gknb/202101/P020210118.docx", "年报.docx"}}},
		{"frame", `<iframe src="/upload/2021/7.pdf"></iframe>`, []Attachment{{"http://a.test/upload/2021/7.pdf", ""}}},
		{"viewer", `<iframe src="/js/web/viewer.html?file=/upload/7.pdf"></iframe>`, []Attachment{{"http://a.test/upload/7.pdf", ""}}},
		{"script", `<a href="javascript:;" onclick="window.open('/upload/7.doc')">点击下载：2020年年报</a>`, []Attachment{{"http://a.test/upload/7.doc", "点击下载：2020年年报"}}},
		{"servlet without an ending", `<div id="vsb_content_2"><a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=7">附件1</a></div>`,
			[]Attachment{{"http://a.test/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=7", "附件1"}}},
		{"name in the query", `<a href="/module/download/downfile.jsp?classid=0&filename=0a.doc">附件</a>`,
			[]Attachment{{"http://a.test/module/download/downfile.jsp?classid=0&filename=0a.doc", "附件"}}},
		{"the article before the foot", `<div class="TRS_Editor"><a href="1.doc">甲</a></div><a href="/help/手册.doc">使用手册</a>`,
			[]Attachment{{"http://a.test/gknb/202101/1.doc", "甲"}}},
		{"files below the article", `<div class="TRS_Editor">见附件</div><ul><li><a href="1.doc">甲</a></li></ul>`,
			[]Attachment{{"http://a.test/gknb/202101/1.doc", "甲"}}},
		{"none", `<div class="TRS_Editor"><a href="/index.html">首页</a></div>`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := portal(t, "detail: {body: \".TRS_Editor\"}\n")
			got := p.Attachments(&Fetched{URL: "http://a.test/gknb/202101/t1.html", Header: http.Header{}, Body: []byte(c.markup)})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
