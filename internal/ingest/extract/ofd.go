package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"path"
	"strconv"
	"strings"

	"gongkai/internal/report"
)

// readOFD reads an OFD document (GB/T 33190): an archive of XML pages whose text and
// paths stand at places, from which the tables are rebuilt as those of a PDF are. Only
// members of the archive are opened, whatever the pages refer to.
func readOFD(ctx context.Context, in input) (*Document, error) {
	z, err := zip.NewReader(bytes.NewReader(in.body), int64(len(in.body)))
	if err != nil {
		return nil, unreadable("OFD 无法打开：%v；请重新下载", err)
	}
	o := &ofdFile{in: in, members: map[string]*zip.File{}, seen: map[string]bool{}}
	for _, f := range z.File {
		o.members[ofdPath("", f.Name)] = f
	}
	doc := &Document{Type: OFD, Route: "ofd"}
	if err := o.document(ctx, doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// An ofdFile is an OFD archive being read.
type ofdFile struct {
	in      input
	members map[string]*zip.File
	spent   int64
	seen    map[string]bool // pages read
	digits  strings.Builder
	hidden  int
}

// ofdPath returns the member that a reference in a file means. Absolute ones begin at
// the root of the archive; none leaves it.
func ofdPath(from, to string) string {
	to = strings.ReplaceAll(strings.TrimSpace(to), `\`, "/")
	if !strings.HasPrefix(to, "/") {
		to = path.Join("/", path.Dir("/"+from), to)
	}
	return strings.TrimPrefix(path.Clean(to), "/")
}

// member returns the bytes of a member.
func (o *ofdFile) member(name string) ([]byte, error) {
	f, ok := o.members[name]
	if !ok {
		return nil, unreadable("OFD 缺少部件 %s；文件可能不完整，请重新下载", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, unreadable("OFD 部件 %s 无法解压：%v；请重新下载", name, err)
	}
	defer r.Close()
	body, spent, err := o.in.limits.inflate(r, min(int64(f.CompressedSize64), int64(len(o.in.body))), o.spent)
	if err != nil {
		var limit *report.LimitError
		if errors.As(err, &limit) {
			return nil, err
		}
		return nil, unreadable("OFD 部件 %s 无法解压：%v；请重新下载", name, err)
	}
	o.spent = spent
	return body, nil
}

// parse reads a member as XML. The decoder resolves no external entity.
func (o *ofdFile) parse(name string, into any) ([]byte, error) {
	body, err := o.member(name)
	if err != nil {
		return nil, err
	}
	if err := xml.Unmarshal(body, into); err != nil {
		return nil, unreadable("OFD 部件 %s 不是有效的 XML：%v；请重新下载", name, err)
	}
	return body, nil
}

// An ofdRoot is OFD.xml.
type ofdRoot struct {
	Bodies []struct {
		Root string `xml:"DocRoot"`
	} `xml:"DocBody"`
}

// An ofdDocument is Document.xml.
type ofdDocument struct {
	Common struct {
		Area      ofdArea `xml:"PageArea"`
		Templates []struct {
			ID   string `xml:"ID,attr"`
			Base string `xml:"BaseLoc,attr"`
		} `xml:"TemplatePage"`
	} `xml:"CommonData"`
	Pages []struct {
		Base string `xml:"BaseLoc,attr"`
	} `xml:"Pages>Page"`
}

// An ofdArea says how large pages are.
type ofdArea struct {
	Physical string `xml:"PhysicalBox"`
}

// document reads the pages of all documents in the archive.
func (o *ofdFile) document(ctx context.Context, doc *Document) error {
	var root ofdRoot
	if _, err := o.parse("OFD.xml", &root); err != nil {
		return err
	}
	var layouts []*pageLayout
	for _, body := range root.Bodies {
		pages, err := o.pages(ctx, ofdPath("", body.Root), len(layouts))
		if err != nil {
			return err
		}
		layouts = append(layouts, pages...)
	}
	glyphs := 0
	for _, p := range layouts {
		glyphs += len(p.glyphs)
		doc.Pictures += p.pictures
	}
	if glyphs == 0 {
		doc.Pictures = max(1, doc.Pictures)
		doc.Warnings = append(doc.Warnings, Warning{Rule: "form.image_table", Text: "OFD 页面没有文字，表格可能是图片；请人工录入或向发布单位索取可复制文字的版本"})
		return nil
	}
	doc.Blocks, doc.Warnings = layoutBlocks(layouts)
	doc.Digits = textDigits(closeUnits(o.digits.String()))
	if o.hidden > 0 {
		doc.Warnings = append(doc.Warnings, Warning{Rule: "read.hidden", Text: "有 " + itoa(o.hidden) + " 个数字在页面上看不见，未采用；请核对原件"})
	}
	return nil
}

// pages reads the pages of one document.
func (o *ofdFile) pages(ctx context.Context, name string, before int) ([]*pageLayout, error) {
	var d ofdDocument
	if _, err := o.parse(name, &d); err != nil {
		return nil, err
	}
	if before+len(d.Pages) > o.in.limits.Pages {
		return nil, &report.LimitError{Limit: "pages", Max: int64(o.in.limits.Pages)}
	}
	templates := map[string]string{}
	for _, t := range d.Common.Templates {
		templates[t.ID] = ofdPath(name, t.Base)
	}
	var out []*pageLayout
	for i, page := range d.Pages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l, err := o.page(ofdPath(name, page.Base), templates, d.Common.Area, before+i+1)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// ofdNumbers reads numbers set apart by blanks.
func ofdNumbers(s string) []float64 {
	fields := strings.Fields(s)
	out := make([]float64, 0, len(fields))
	for _, f := range fields {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil || n != n || n > 1e7 || n < -1e7 {
			return out
		}
		out = append(out, n)
	}
	return out
}

// ofdBox reads a box: x, y, width, height in millimetres.
func ofdBox(s string) (rect, bool) {
	n := ofdNumbers(s)
	if len(n) < 4 {
		return rect{}, false
	}
	return rect{n[0], n[1], n[0] + n[2], n[1] + n[3]}, true
}
