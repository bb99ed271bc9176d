package extract

import (
	"context"
	"image"
	"image/draw"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"

	"gongkai/internal/report"
)

// PictureDPI is how finely pages are drawn for people: enough to print, and an A4
// page stays under two million points.
const PictureDPI = 110

// picturePixels bounds the longer side of a page that is drawn, however large it says
// it is.
const picturePixels = 2400

// DrawPDFPage draws a page of a PDF, counted from 1, as a reader of the original sees
// it, and says how many points of the picture a point of the page takes.
func DrawPDFPage(ctx context.Context, body []byte, page int) (*image.RGBA, float64, error) {
	engine, err := sharedPDF()
	if err != nil {
		return nil, 0, err
	}
	limited, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	var picture *image.RGBA
	scale := 0.0
	err = engine.with(limited, func(pdf pdfium.Pdfium) error {
		opened, err := pdf.OpenDocument(&requests.OpenDocument{File: &body})
		if err != nil {
			return openError(err)
		}
		at := requests.Page{ByIndex: &requests.PageByIndex{Document: opened.Document, Index: page - 1}}
		size, err := pdf.GetPageSize(&requests.GetPageSize{Page: at})
		if err != nil {
			return report.ErrNotFound // the document has no such page
		}
		dpi := PictureDPI
		if side := max(size.Width, size.Height); side > 0 {
			dpi = max(1, min(dpi, int(picturePixels*72/side)))
		}
		drawn, err := pdf.RenderPageInDPI(&requests.RenderPageInDPI{Page: at, DPI: dpi})
		if err != nil {
			return err
		}
		defer drawn.Cleanup()
		// the library's memory ends with the document
		picture = image.NewRGBA(drawn.Result.RenderedImage.Bounds())
		draw.Draw(picture, picture.Bounds(), drawn.Result.RenderedImage, picture.Bounds().Min, draw.Src)
		scale = float64(dpi) / 72
		return nil
	})
	return picture, scale, err
}
