package web

import (
	archives "archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"gongkai/internal/report"
)

// bombs are small files that grow when they are unpacked.
func bombs(t *testing.T) map[string][]byte {
	t.Helper()
	zeros := make([]byte, 1<<20)
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		z := archives.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			for range 256 {
				_, _ = w.Write(zeros)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	plain := zipped("a.html")
	nested := plain
	for range 3 {
		var b bytes.Buffer
		z := archives.NewWriter(&b)
		for i := range 8 {
			w, _ := z.Create(fmt.Sprintf("%d.zip", i))
			_, _ = w.Write(nested)
		}
		_ = z.Close()
		nested = b.Bytes()
	}
	var gz, pdf bytes.Buffer
	w := gzip.NewWriter(&gz)
	for range 256 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	var stream bytes.Buffer
	flate := zlib.NewWriter(&stream)
	for range 256 {
		_, _ = flate.Write(zeros)
	}
	_ = flate.Close()
	fmt.Fprintf(&pdf, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n", stream.Len(), stream.Bytes())
	deep := "<html><body>" + strings.Repeat("<table><tr><td>", 200_000)
	wide := "<html><body><table><tr>" + strings.Repeat(`<td rowspan="65534" colspan="1000">1</td>`, 2000) + "</tr></table>"
	return map[string][]byte{"a.zip": plain, "nested.zip": nested, "a.html.gz": gz.Bytes(), "a.pdf": pdf.Bytes(), "deep.html": []byte(deep), "wide.html": []byte(wide),
		"a.docx": zipped("[Content_Types].xml", "word/document.xml"), "a.xlsx": zipped("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")}
}

// TestBombs holds that no file which grows when it is unpacked ends the program or fills
// its memory, wherever one is taken: the draft of a reader, and that of a unit in a round.
func TestBombs(t *testing.T) {
	c := newCrowd(t, Access{})
	c.Reader.Limits.Time = 3 * time.Second // a document that goes on for ever is cut off
	if w := c.post("/admin/rounds", "u-local", url.Values{"region": {"990101"}, "year": {"2024"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("begin a round: %d", w.Code)
	}
	for name, bomb := range bombs(t) {

		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		part, err := m.CreateFormFile("draft", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(bomb)
		_ = m.Close()
		r := httptest.NewRequest(http.MethodPost, "/check", &body)
		r.Header.Set("Content-Type", m.FormDataContentType())
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `class="st ok"`) {
			t.Errorf("%s to /check: %d", name, w.Code)
		}
		if w := c.hand("/admin/rounds/1/hand-in", "u-local", "draft", name, bomb, map[string]string{"agency": "990101001"}); w.Code != http.StatusSeeOther {
			t.Errorf("%s to a round: %d", name, w.Code)
		}
		d, err := c.Store.Draft(t.Context(), 1, "990101001")
		if err != nil || d.Status != report.Unreadable && d.Status != report.NeedsReview {
			t.Errorf("%s in a round is %s, %v", name, d.Status, err)
		}
		runtime.GC()
		var mem runtime.MemStats
		if runtime.ReadMemStats(&mem); mem.HeapAlloc > 512<<20 {
			t.Errorf("after %s %d MB are in use", name, mem.HeapAlloc>>20)
		}
	}
	large := bytes.Repeat([]byte("x"), maxDraft+1)
	if w := c.hand("/admin/rounds/1/hand-in", "u-local", "draft", "large.html", large, map[string]string{"agency": "990101001"}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a draft that is too large: %d", w.Code)
	}
	if w := c.hand("/admin/rounds/1/hand-in", "u-viewer", "draft", "large.html", large, map[string]string{"agency": "990101001"}); w.Code != http.StatusForbidden {
		t.Errorf("a draft that is too large, by a viewer: %d", w.Code)
	}
}
