package extract

import (
	"context"
	"errors"
	"fmt"

	"gongkai/internal/report"
)

// An input is one document's bytes on their way to the reader of its type.
type input struct {
	name        string // as the caller named it; the member's name inside archives
	url         string
	contentType string // as the server said, "" when not known
	body        []byte
	limits      Limits // no field is zero
	depth       int    // how many archives it lies in
	inScript    bool   // the page was a string in another page's script
}

// Read returns the documents in body: one, or one for each member of an archive.
// The type is found from the bytes; names and headers lie. Every error is a
// report.ErrUnreadable that says what to do, or comes from ctx. A reader that
// panics on its input is an error too: one bad file must not end a night's run.
func Read(ctx context.Context, hint Hint, body []byte, limits Limits) ([]*Document, error) {
	in := input{
		name: hint.Name, url: hint.URL, contentType: hint.ContentType,
		body: body, limits: limits.WithDefaults(),
	}
	docs, err := readAny(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("读取 %s: %w", nameOf(in), err)
	}
	return docs, nil
}

// readAny reads an input of any type. It is called again for each member of an
// archive.
func readAny(ctx context.Context, in input) ([]*Document, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if int64(len(in.body)) > in.limits.Bytes {
		return nil, &report.LimitError{Limit: "bytes", Max: in.limits.Bytes}
	}
	if len(in.body) == 0 {
		return nil, unreadable("文件为空，没有任何内容；请重新下载或向发布单位核实")
	}
	t := sniff(in.body)
	if t == ZIP {
		var docs []*Document
		err := guarded(t, func() (err error) {
			docs, err = readZIP(ctx, in)
			return err
		})
		return docs, err
	}
	doc, err := readOne(ctx, t, in)
	if err != nil {
		return nil, err
	}
	doc.Name = in.name
	return []*Document{doc}, nil
}

// readOne calls the reader of a type. Whatever it gives up with is an ErrUnreadable.
func readOne(ctx context.Context, t Type, in input) (doc *Document, err error) {
	err = guarded(t, func() error {
		doc, err = dispatch(ctx, t, in)
		return err
	})
	switch {
	case err == nil:
		doc.Type = t
		return doc, nil
	case errors.Is(err, report.ErrUnreadable), ctx.Err() != nil:
		return nil, err
	}
	return nil, fmt.Errorf("%w: %s 文件无法解析：%w；请打开原件核对是否损坏", report.ErrUnreadable, t, err)
}

// guarded turns a panic into an error of the document.
func guarded(t Type, read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unreadable("%s 文件结构异常（%v）；请核对原件，并将此文件报告给维护人员", t, p)
		}
	}()
	return read()
}

// dispatch is the one list of readers by type.
func dispatch(ctx context.Context, t Type, in input) (*Document, error) {
	switch t {
	case DOC:
		return readDOC(ctx, in)
	case XLS:
		return readXLS(ctx, in)
	case XLSX:
		return readXLSX(ctx, in)
	case RTF:
		return readRTF(ctx, in)
	case DOCX:
		return readDOCX(ctx, in)
	case HTML:
		return readHTML(ctx, in)
	case MHTML:
		return readMHTML(ctx, in)
	case Text:
		return readText(ctx, in)
	case CSV:
		return readCSV(ctx, in)
	case JSON:
		return readJSON(ctx, in)
	case PDF:
		return readPDF(ctx, in)
	case OFD:
		return readOFD(ctx, in)
	case Image:
		return readImage(ctx, in)
	}
	return nil, unreadable("不支持的文件类型 %s；请另存为网页、Word、Excel 或 PDF 后重试", t)
}

// unreadable returns an ErrUnreadable with plain words: what, why, what to do.
func unreadable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", report.ErrUnreadable, fmt.Sprintf(format, args...))
}

// nameOf returns what messages call an input.
func nameOf(in input) string {
	switch {
	case in.name != "":
		return in.name
	case in.url != "":
		return in.url
	}
	return "（未命名文件）"
}
