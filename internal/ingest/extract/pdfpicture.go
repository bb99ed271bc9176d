package extract

import (
	"bytes"
	"context"
	"image"
	"image/draw"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	scaler "golang.org/x/image/draw"

	"gongkai/internal/report"
)

// PictureDPI is how finely pages are drawn for people: enough to print, and an A4
// page stays under two million points.
const PictureDPI = 110

// picturePixels bounds the longer side of a page that is drawn, however large it says
// it is.
const picturePixels = 2400

// DrawPage draws a page of an original of a type that has pages, counted from 1, as a
// reader of it sees it, and says how many points of the picture a point of the page
// takes. A type without pages is ErrNotFound.
func DrawPage(ctx context.Context, t Type, body []byte, page int) (*image.RGBA, float64, error) {
	switch {
	case t == PDF:
		return drawPDFPage(ctx, body, page)
	case t == Image && page == 1:
		return drawImage(body)
	}
	return nil, 0, report.ErrNotFound
}

// drawImage makes a picture no larger than that of a page.
func drawImage(body []byte) (*image.RGBA, float64, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels/config.Height {
		return nil, 0, unreadable("图片已损坏或过大；请重新下载")
	}
	img, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, 0, unreadable("图片已损坏：%v；请重新下载", err)
	}
	by := min(1, picturePixels/float64(max(config.Width, config.Height)))
	picture := image.NewRGBA(image.Rect(0, 0, max(1, int(by*float64(config.Width))), max(1, int(by*float64(config.Height)))))
	scaler.ApproxBiLinear.Scale(picture, picture.Bounds(), img, img.Bounds(), scaler.Src, nil)
	return picture, by * imageDPI / 72, nil
}

// drawPDFPage draws a page of a PDF.
func drawPDFPage(ctx context.Context, body []byte, page int) (*image.RGBA, float64, error) {
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
			dpi = min(dpi, int(picturePixels*72/side))
		}
		if dpi < 1 {
			return unreadable("第 %d 页大过 %d 英寸，不画", page, picturePixels)
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
