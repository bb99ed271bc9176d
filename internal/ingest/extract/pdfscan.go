package extract

import (
	"context"
	"fmt"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// scanDPI is the resolution at which pages are drawn for character recognition. The
// picture of a page is no larger than scanPixels on a side, whatever the page claims.
const (
	scanDPI    = 200
	scanPixels = 4000
	scanPages  = 40 // more are left to a person
)

// readScan reads a document whose pages are pictures: by character recognition where
// that is installed, else not at all. Either way the document says that it is a picture.
func readScan(ctx context.Context, pdf pdfium.Pdfium, document references.FPDF_DOCUMENT, pages int, doc *Document) error {
	doc.Pictures = max(doc.Pictures, pages)
	doc.Digits = nil
	engine := findOCR()
	if engine == nil || pages > scanPages {
		doc.Warnings = append(doc.Warnings, pictureWarning())
		return nil
	}
	return engine.read(ctx, pages, func(i int) (*ocrImage, error) {
		image, err := drawPage(pdf, requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: i}})
		if err != nil {
			return nil, fmt.Errorf("第 %d 页：%w", i+1, err)
		}
		return image, nil
	}, doc)
}

// drawPage draws a page for character recognition.
func drawPage(pdf pdfium.Pdfium, page requests.Page) (*ocrImage, error) {
	size, err := pdf.GetPageSize(&requests.GetPageSize{Page: page})
	if err != nil {
		return nil, err
	}
	dpi := scanDPI
	if side := max(size.Width, size.Height); side > 0 {
		dpi = max(1, min(dpi, int(scanPixels*72/side)))
	}
	drawn, err := pdf.RenderPageInDPI(&requests.RenderPageInDPI{Page: page, DPI: dpi})
	if err != nil {
		return nil, err
	}
	defer drawn.Cleanup()
	return newOCRImage(drawn.Result.RenderedImage, float64(dpi))
}
