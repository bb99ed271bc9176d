package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// readDOCX reads a Word document in Office Open XML, transitional or strict. Only
// members of the package are read: relationships to elsewhere, macros and external
// entities are never followed.
func readDOCX(ctx context.Context, in input) (*Document, error) {
	pkg, err := openOffice(in)
	if err != nil {
		return nil, err
	}
	main := pkg.mainPart("word/document.xml")
	body, err := pkg.read(main)
	if err != nil {
		return nil, err
	}
	doc := &Document{Type: DOCX, Route: "ooxml"}
	r := &docxReader{ctx: ctx, doc: doc, in: in, pkg: pkg, dec: newXML(body), rels: pkg.relations(main), labels: map[int64]string{}}
	if r.styles, err = readDOCXStyles(pkg, r.rels.part(relStyles, "word/styles.xml")); err != nil {
		return nil, err
	}
	if r.numbers, err = readDOCXNumbers(pkg, r.rels.part(relNumbering, "word/numbering.xml")); err != nil {
		return nil, err
	}
	blocks, err := r.document()
	if err != nil {
		return nil, badXML(main, err)
	}
	if err := layFlow(ctx, doc, blocks, in.limits); err != nil {
		return nil, err
	}
	digits, tables := docxDigits(body, r.labels)
	if doc.Digits == nil {
		doc.Tables = tables
	}
	doc.Digits = append(digits, doc.Digits...) // behind those of the chunks
	return doc, nil
}

// badXML puts the member's name before an XML error, and lets other errors pass.
func badXML(name string, err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return unreadable("文件内部的 %s 已损坏（%v）；请用 Word 或 WPS 打开原件另存后重试", name, err)
	}
	return err
}

// newXML returns a decoder that resolves no entity beyond the five of XML itself.
func newXML(body []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") {
			return r, nil
		}
		return nil, fmt.Errorf("xml encoding %q: office packages are UTF-8", charset)
	}
	return d
}

// An officePackage is a zip file of parts that name each other by relationships.
type officePackage struct {
	files  map[string]*zip.File // by name without leading slash, slashes forward
	limits Limits
	spent  int64 // decompressed so far
}

func openOffice(in input) (*officePackage, error) {
	z, err := zip.NewReader(bytes.NewReader(in.body), int64(len(in.body)))
	if err != nil {
		return nil, unreadable("压缩结构已损坏（%v）；请重新下载，或打开原件另存后重试", err)
	}
	pkg := &officePackage{files: make(map[string]*zip.File, len(z.File)), limits: in.limits}
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if _, twice := pkg.files[name]; !twice {
			pkg.files[name] = f
		}
	}
	return pkg, nil
}

// has reports whether the package has a part.
func (p *officePackage) has(name string) bool {
	_, ok := p.files[strings.ToLower(name)]
	return ok
}

// read decompresses a part within the limits.
func (p *officePackage) read(name string) ([]byte, error) {
	f := p.files[strings.ToLower(name)]
	if f == nil {
		return nil, unreadable("文件内部缺少 %s；请打开原件另存后重试", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, unreadable("文件内部的 %s 无法解压（%v）；请打开原件另存后重试", name, err)
	}
	defer r.Close()
	body, spent, err := p.limits.inflate(r, int64(f.CompressedSize64), p.spent)
	p.spent = spent
	if err != nil {
		return nil, fmt.Errorf("解压 %s: %w", name, err)
	}
	return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), nil
}

// Kinds of relationship, by the last element of their type, which transitional and
// strict packages share.
const (
	relDocument  = "officeDocument"
	relStyles    = "styles"
	relNumbering = "numbering"
	relHyperlink = "hyperlink"
)

// A relation is what a part calls another by.
type relation struct {
	kind, target string // target as written
	part         string // the member it means; "" where it lies outside
}

// relations maps ids to relations.
type relations map[string]relation

// relations returns what a part names. A package without the list, or with a
// broken one, has none: no text depends on it.
func (p *officePackage) relations(of string) relations {
	dir, base := path.Split(of)
	name := dir + "_rels/" + base + ".rels"
	if !p.has(name) {
		return nil
	}
	body, err := p.read(name)
	if err != nil {
		return nil
	}
	var list struct {
		Relationship []struct {
			ID         string `xml:"Id,attr"`
			Type       string `xml:"Type,attr"`
			Target     string `xml:"Target,attr"`
			TargetMode string `xml:"TargetMode,attr"`
		}
	}
	if err := newXML(body).Decode(&list); err != nil {
		return nil
	}
	rels := make(relations, len(list.Relationship))
	for _, r := range list.Relationship {
		rel := relation{kind: path.Base(r.Type), target: r.Target}
		if r.TargetMode != "External" {
			rel.part = strings.TrimPrefix(r.Target, "/")
			if rel.part == r.Target {
				rel.part = path.Join(dir, r.Target)
			}
		}
		rels[r.ID] = rel
	}
	return rels
}

// part returns the member of a kind, or usual where the relations name none.
func (r relations) part(kind, usual string) string {
	for _, rel := range r {
		if rel.kind == kind && rel.part != "" {
			return rel.part
		}
	}
	return usual
}

// mainPart returns the part that the package opens with.
func (p *officePackage) mainPart(usual string) string {
	if name := p.relations("").part(relDocument, usual); p.has(name) {
		return name
	}
	return usual
}
