package extract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	pdfium_errors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"

	"gongkai/internal/report"
)

// pdfTime is what one document may take.
const pdfTime = 60 * time.Second

// readPDF reads a PDF: characters with their boxes and the rulings around them make the
// tables. The digits come from the library's own text extraction.
func readPDF(ctx context.Context, in input) (*Document, error) {
	engine, err := sharedPDF()
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	doc := &Document{Type: PDF, Route: "pdfium"}
	err = engine.with(limited, func(pdf pdfium.Pdfium) error {
		return readPDFPages(limited, pdf, in, doc)
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, &report.LimitError{Limit: "seconds", Max: int64(pdfTime / time.Second)}
	case err != nil:
		return nil, err
	}
	return doc, nil
}

// readPDFPages fills doc with what the pages say.
func readPDFPages(ctx context.Context, pdf pdfium.Pdfium, in input, doc *Document) error {
	opened, err := pdf.OpenDocument(&requests.OpenDocument{File: &in.body})
	if err != nil {
		return openError(err)
	}
	count, err := pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	switch {
	case err != nil:
		return err
	case count.PageCount > in.limits.Pages:
		return &report.LimitError{Limit: "pages", Max: int64(in.limits.Pages)}
	case count.PageCount == 0:
		return unreadable("PDF 没有任何页面；请重新下载")
	}
	var layouts []*pageLayout
	var stream strings.Builder
	hidden, glyphs := 0, 0
	for i := range count.PageCount {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := readPDFPage(pdf, opened.Document, i)
		if err != nil {
			return fmt.Errorf("第 %d 页：%w", i+1, err)
		}
		layouts = append(layouts, p.layout)
		stream.WriteString(p.text)
		stream.WriteByte('\n')
		hidden += p.hidden
		glyphs += len(p.layout.glyphs)
		doc.Pictures += p.layout.pictures
	}
	if glyphs == 0 {
		return readScan(ctx, pdf, opened.Document, count.PageCount, doc)
	}
	doc.Blocks, doc.Warnings = layoutBlocks(layouts)
	doc.Digits = textDigits(closeUnits(stream.String()))
	if n := unmapped(doc.Blocks); n > 0 {
		doc.Warnings = append(doc.Warnings, Warning{Rule: "read.encoding", Text: fmt.Sprintf("表格中有 %d 个字符，字体没有说明是什么字；请核对原件", n)})
	}
	if hidden > 0 {
		doc.Warnings = append(doc.Warnings, Warning{Rule: "read.hidden", Text: fmt.Sprintf("有 %d 个数字在页面上看不见，未采用；请核对原件", hidden)})
	}
	return nil
}

// unmapped counts the characters in tables whose meaning is not known, or all of them
// where the text holds many.
func unmapped(blocks []Block) int {
	inTables, inText, all := 0, 0, 0
	for _, b := range blocks {
		if p := b.Paragraph; p != nil {
			inText += strings.Count(p.Text, "\ufffd")
			all += utf8.RuneCountInString(p.Text)
			continue
		}
		for i := range b.Grid.Cells {
			inTables += strings.Count(b.Grid.Cells[i].Text, "\ufffd")
		}
	}
	if 20*inText > all {
		return inTables + inText
	}
	return inTables
}

// openError says why a document did not open.
func openError(err error) error {
	switch {
	case errors.Is(err, pdfium_errors.ErrPassword), errors.Is(err, pdfium_errors.ErrSecurity):
		return unreadable("PDF 已加密，需要密码才能打开；请向发布单位索取未加密的版本")
	case errors.Is(err, pdfium_errors.ErrFormat), errors.Is(err, pdfium_errors.ErrFile):
		return unreadable("PDF 无法打开：文件已损坏或不完整；请重新下载")
	}
	return fmt.Errorf("打开 PDF：%w", err)
}

// closeUnits takes out the white space between a figure and the word that belongs to
// it: figures and words are of two fonts on most pages, and the stream parts them.
func closeUnits(stream string) string {
	var b strings.Builder
	b.Grow(len(stream))
	var last rune
	gap := ""
	for i, r := range stream {
		if unicode.IsSpace(r) {
			gap = stream[i-len(gap) : i+utf8.RuneLen(r)]
			continue
		}
		if !(isDigit(last) && strings.ContainsRune("元万亿萬億", r)) && !(last == '减' || last == '減') {
			b.WriteString(gap)
		}
		b.WriteRune(r)
		last, gap = r, ""
	}
	return b.String()
}
