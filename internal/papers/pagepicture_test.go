package papers

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	portal "gongkai/internal/demo"
	"gongkai/internal/draw"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/templates"
)

// made is the folder of documents beside the repository; without it the test is
// skipped aloud.
func made(t *testing.T) string {
	t.Helper()
	root := os.Getenv("SHARED")
	for dir, up := ".", 0; root == "" && up < 6; dir, up = filepath.Join("..", dir), up+1 {
		if _, err := os.Stat(filepath.Join(dir, "shared", "corpus", "made")); err == nil {
			root = filepath.Join(dir, "shared")
		}
	}
	if root == "" {
		t.Skip("no folder of shared documents; set SHARED to it")
	}
	return filepath.Join(root, "corpus", "made")
}

func lightPage(t *testing.T) draw.Tokens {
	t.Helper()
	tokens, err := draw.ReadTokens(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// figuresOn are some places of figures in a document: of each table the first and the
// last cell that holds a number.
func figuresOn(docs []*extract.Document) []report.Place {
	var list []report.Place
	for _, doc := range docs {
		for _, b := range doc.Blocks {
			if b.Grid == nil {
				continue
			}
			var found []report.Place
			for _, c := range b.Grid.Cells {
				if c.Text != "" && strings.Trim(c.Text, "0123456789") == "" {
					found = append(found, c.Place)
				}
			}
			if len(found) > 0 {
				list = append(list, found[0], found[len(found)-1])
			}
		}
	}
	return list
}

// framed reports whether a picture has the frame of a marked place, and how much of
// what is inside is ink.
func framed(t *testing.T, body []byte) (bool, int) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r, g, b, _ := lightPage(t).Colour("err").RGBA()
	red := color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
	box, ink := image.Rectangle{}, 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if color.RGBAModel.Convert(img.At(x, y)) == red {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	for y := box.Min.Y + 4; y < box.Max.Y-4; y++ {
		for x := box.Min.X + 4; x < box.Max.X-4; x++ {
			if lum := color.GrayModel.Convert(img.At(x, y)).(color.Gray); lum.Y < 128 {
				ink++
			}
		}
	}
	return !box.Empty(), ink
}

// drawPlaces draws places of a document, each framed with ink inside.
func drawPlaces(t *testing.T, name string, body []byte, most int) {
	t.Helper()
	docs, err := extract.Read(t.Context(), extract.Hint{Name: name}, body, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	places := figuresOn(docs)
	if len(places) == 0 {
		t.Skip("no figures in tables were read; is there character recognition for scans?")
	}
	for i, at := range places[:min(most, len(places))] {
		made, ok, err := PlacePicture(t.Context(), lightPage(t), Source{Body: body, Docs: docs}, []report.Place{at}, "原址 http://127.0.0.1/a/b/c.pdf", nil)
		if err != nil || !ok {
			t.Fatalf("%v: drawn %v, err %v", at, ok, err)
		}
		if dir := os.Getenv("PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", filepath.Base(name), i)), made.PNG, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if is, ink := framed(t, made.PNG); !is || ink < 5 {
			t.Errorf("%v: framed %v with %d points of ink", at, is, ink)
		}
	}
}

// firstPage is a PDF of the first picture of a scan: recognising a page takes ten seconds.
func firstPage(t *testing.T, body []byte) []byte {
	t.Helper()
	start := bytes.Index(body, []byte("\xff\xd8\xff"))
	end := start + bytes.Index(body[start:], []byte("endstream"))
	picture := bytes.TrimRight(body[start:end], "\r\n")
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	page := "q 595 0 0 842 0 0 cm /I Do Q"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream",
			size.Width, size.Height, len(picture), picture),
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// TestPagePicture draws figures of the PDFs of the corpus, and of a page of one scan
// among them.
func TestPagePicture(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(made(t), "*.pdf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, err %v", len(files), err)
	}
	scans := 0
	for i, name := range files {
		if testing.Short() && i%4 != 0 {
			continue
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("/DCTDecode")) {
			if scans++; scans != 1 || testing.Short() {
				continue
			}
			body = firstPage(t, body)
		}
		t.Run(filepath.Base(name), func(t *testing.T) { drawPlaces(t, name, body, 2) })
	}
}

// demoPDF is the report that the demonstration portal has as a PDF. Its table of
// requests goes on over a page.
func demoPDF(t *testing.T) []byte {
	t.Helper()
	site, err := portal.Start(t.Context(), "", portal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	fetch := func(address string) []byte {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for _, r := range site.Truth() {
		if r.Case == portal.PDFFile {
			_, after, _ := strings.Cut(string(fetch(r.URL)), `href="./`)
			name, _, _ := strings.Cut(after, `"`)
			return fetch(r.URL[:strings.LastIndexByte(r.URL, '/')+1] + name)
		}
	}
	t.Fatal("the demonstration portal has no PDF")
	return nil
}

// TestPagesAcross holds that a table that spans pages is shown on each page with a
// marked cell, and that the wording is the caller's.
func TestPagesAcross(t *testing.T) {
	body := demoPDF(t)
	drawPlaces(t, "demo.pdf", body, 2)
	docs, err := extract.Read(t.Context(), extract.Hint{Name: "demo.pdf"}, body, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[int]report.Place) // the last figure of each page
	for _, b := range docs[0].Blocks {
		if b.Grid != nil && b.Grid.Columns == 10 {
			for _, c := range b.Grid.Cells {
				if c.Text == "0" {
					pages[c.Place.Page] = c.Place
				}
			}
		}
	}
	if len(pages) != 2 {
		t.Fatalf("figures of the table of requests on %d pages, want 2", len(pages))
	}
	labels := 0
	picture, ok, err := PlacePicture(t.Context(), lightPage(t), Source{Body: body, Docs: docs}, slices.Collect(maps.Values(pages)), "原址", func(text string, args ...any) string {
		labels += strings.Count(text, "归档原件第 %d 页")
		return fmt.Sprintf(text, args...)
	})
	if err != nil || !ok || labels != 2 {
		t.Errorf("drawn %v with %d of 2 pages, %v", ok, labels, err)
	}
	if dir := os.Getenv("PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "across.png"), picture.PNG, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPageWithoutType holds that a page that brings no type for its texts is drawn
// again from what was read: its own picture would show an empty frame. Neither is a
// page drawn that is as large as a house.
func TestPageWithoutType(t *testing.T) {
	for name, size := range map[string]string{"no type": "595 842", "large": "900000 900000"} {
		page := "BT /F1 12 Tf 1 0 0 1 120 700 Tm <0033> Tj ET"
		body := []byte("%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n" +
			"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 " + size + "]/Resources<</Font<</F1 4 0 R>>>>/Contents 6 0 R>>endobj\n" +
			"4 0 obj<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>endobj\n" +
			"5 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000>>endobj\n" +
			fmt.Sprintf("6 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n", len(page), page))
		at := report.Place{Table: 1, Row: 1, Column: 1, Page: 1, Box: [4]int{300, 300, 330, 320}}
		grid := &extract.Grid{Number: 1, Rows: 1, Columns: 1, Cells: []extract.Cell{{RowSpan: 1, ColSpan: 1, Text: "3", Place: at}}}
		said := ""
		_, ok, err := PlacePicture(t.Context(), lightPage(t), Source{Body: body, Docs: []*extract.Document{{Type: extract.PDF, Blocks: []extract.Block{{Grid: grid}}}}},
			[]report.Place{at}, "原址", func(text string, args ...any) string { said += text; return fmt.Sprintf(text, args...) })
		if err != nil || !ok || !strings.Contains(said, "重绘") {
			t.Errorf("%s: drawn %v, %v, saying %q; want the table drawn again", name, ok, err, said)
		}
	}
}

// TestImagePage holds that a picture is shown as it is, scaled down where it is large,
// with the frame where the cell stands.
func TestImagePage(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 5000, 3000))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := 1050; y < 1150; y++ {
		for x := 1050; x < 1150; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	at := report.Place{Table: 1, Row: 1, Column: 1, Page: 1, Box: [4]int{480, 480, 580, 580}} // points of 1/72 inch at 150 to the inch
	grid := &extract.Grid{Number: 1, Rows: 1, Columns: 1, Cells: []extract.Cell{{RowSpan: 1, ColSpan: 1, Text: "3", Place: at}}}
	made, ok, err := PlacePicture(t.Context(), lightPage(t), Source{Body: b.Bytes(), Docs: []*extract.Document{{Type: extract.Image, Blocks: []extract.Block{{Grid: grid}}}}}, []report.Place{at}, "原址", nil)
	if err != nil || !ok || made.Width > 2400 {
		t.Fatalf("drawn %v, %d wide, %v", ok, made.Width, err)
	}
	if is, ink := framed(t, made.PNG); !is || ink < 2000 {
		t.Errorf("framed %v with %d points of ink", is, ink)
	}
}
