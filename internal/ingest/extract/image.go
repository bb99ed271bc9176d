package extract

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/gif"  // so that image.Decode knows it
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise

	"gongkai/internal/report"
)

const (
	mostPixels = 100_000_000 // of a picture; memory grows with them
	imageDPI   = 150         // taken for a picture's, which rarely tells
)

// readImage reads a picture as a page: by character recognition where that is
// installed, else the document only says that it is one.
func readImage(ctx context.Context, in input) (*Document, error) {
	doc := &Document{Type: Image, Route: "picture", Pictures: 1}
	config, _, err := image.DecodeConfig(bytes.NewReader(in.body))
	switch {
	case errors.Is(err, image.ErrFormat):
		doc.Warnings = append(doc.Warnings, Warning{Rule: "form.image_table", Text: "文件是图片，这种格式不能识别文字；请另存为 PNG 或人工录入"})
		return doc, nil
	case err != nil:
		return nil, unreadable("图片已损坏：%v；请重新下载", err)
	case config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels/config.Height:
		return nil, &report.LimitError{Limit: "pixels", Max: mostPixels}
	}
	engine := findOCR()
	if engine == nil {
		doc.Warnings = append(doc.Warnings, pictureWarning())
		return doc, nil
	}
	img, _, err := image.Decode(bytes.NewReader(in.body))
	if err != nil {
		return nil, unreadable("图片已损坏：%v；请重新下载", err)
	}
	return doc, engine.read(ctx, 1, func(int) (*ocrImage, error) { return newOCRImage(img, imageDPI) }, doc)
}
