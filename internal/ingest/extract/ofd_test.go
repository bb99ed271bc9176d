package extract

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// An ofdWriter writes an OFD document of one page.
type ofdWriter struct{ layer strings.Builder }

func (w *ofdWriter) text(x, y, size float64, text, attributes string) {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text))
	advance := size
	if text[0] < utf8.RuneSelf {
		advance = size / 2
	}
	deltas := ""
	if n := utf8.RuneCountInString(text); n > 1 {
		deltas = fmt.Sprintf(` DeltaX="g %d %.2f"`, n-1, advance)
	}
	fmt.Fprintf(&w.layer, `<ofd:TextObject ID="1" Boundary="%.2f %.2f 150 %.2f" Font="1" Size="%.2f" %s><ofd:TextCode X="0" Y="%.2f"%s>%s</ofd:TextCode></ofd:TextObject>`,
		x, y, size*1.2, size, attributes, size, deltas, escaped.String())
}

func (w *ofdWriter) line(x0, y0, x1, y1 float64) {
	fmt.Fprintf(&w.layer, `<ofd:PathObject ID="2" Boundary="%.2f %.2f %.2f %.2f" LineWidth="0.25"><ofd:AbbreviatedData>M 0 0 L %.2f %.2f</ofd:AbbreviatedData></ofd:PathObject>`,
		x0, y0, max(x1-x0, 0.25), max(y1-y0, 0.25), x1-x0, y1-y0)
}

// bytes returns the archive; template is drawn beneath the page.
func (w *ofdWriter) bytes(t testing.TB, template string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`
	for name, body := range map[string]string{
		"OFD.xml":                        `<ofd:OFD ` + ns + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml":             `<ofd:Document ` + ns + `><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages><ofd:Page ID="3" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`,
		"Doc_0/Tpls/Tpl_0/Content.xml":   `<ofd:Page ` + ns + `><ofd:Content><ofd:Layer ID="5">` + template + `</ofd:Layer></ofd:Content></ofd:Page>`,
		"Doc_0/Pages/Page_0/Content.xml": `<ofd:Page ` + ns + `><ofd:Template TemplateID="9" ZOrder="Background"/><ofd:Content><ofd:Layer ID="6" Type="Body">` + w.layer.String() + `</ofd:Layer></ofd:Content></ofd:Page>`,
	} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sampleOFD draws a small table under a title. All of it is made up.
func sampleOFD() *ofdWriter {
	w := &ofdWriter{}
	w.text(60, 20, 6, "示例街道2022年政府信息公开工作年度报告", "")
	rows := [][]string{{"信息内容", "本年制发件数", "本年废止件数", "现行有效件数"}, {"规章", "0", "0", "0"}, {"行政规范性文件", "12", "3", "105"}}
	xs := []float64{20, 70, 110, 150, 190}
	for y, row := range rows {
		for x, text := range row {
			w.text(xs[x]+2, 40+10*float64(y)+2, 4, text, "")
		}
	}
	for y := range 4 {
		w.line(20, 40+10*float64(y), 190, 40+10*float64(y))
	}
	for _, x := range xs {
		w.line(x, 40, x, 70)
	}
	return w
}

func TestOFD(t *testing.T) {
	w := sampleOFD()
	w.text(20, 100, 4, "8888", `Visible="false"`)
	w.layer.WriteString(`<ofd:ImageObject ID="8" Boundary="0 0 10 10" ResourceID="http://example.invalid/x.png"/>`)
	template := &ofdWriter{}
	template.text(95, 285, 3, "— 1 —", "")
	docs, err := Read(t.Context(), Hint{Name: "示例.ofd"}, w.bytes(t, template.layer.String()), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d := docs[0]
	want := `p1 示例街道2022年政府信息公开工作年度报告
grid 1: 3 rows, 4 columns
  0,0 信息内容
  0,1 本年制发件数
  0,2 本年废止件数
  0,3 现行有效件数
  1,0 规章
  1,1 0
  1,2 0
  1,3 0
  2,0 行政规范性文件
  2,1 12
  2,2 3
  2,3 105
p2 —1 —
warning read.hidden 有 4 个数字在页面上看不见，未采用；请核对原件
`
	if diff := cmp.Diff(want, show(d)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if !d.Blocks[2].Paragraph.Chrome {
		t.Error("the page number is part of the article")
	}
	if lost := d.Unwitnessed(); len(lost) > 0 {
		t.Errorf("not witnessed: %v", lost)
	}
	if p := d.Blocks[1].Grid.Cells[9].Place; p.Page != 1 || p.Box[0] < 195 || p.Box[0] > 200 || p.Table != 1 || p.Row != 3 || p.Column != 2 {
		t.Errorf("place %+v", p)
	}
}

// FuzzOFD reads a page whose content is foreign.
func FuzzOFD(f *testing.F) {
	f.Add(sampleOFD().layer.String())
	f.Add(`<ofd:PageBlock><ofd:TextObject Boundary="0 0 9 9" CTM="0 1 -1 0 9 9" Size="4"><ofd:TextCode X="1" Y="1" DeltaX="g 99999999 1">１２</ofd:TextCode></ofd:TextObject></ofd:PageBlock>`)
	f.Fuzz(func(t *testing.T, layer string) {
		w := &ofdWriter{}
		w.layer.WriteString(layer)
		holds(t, w.bytes(t, ""))
	})
}
