package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// An ocr is a program that recognises characters in pictures. What it reads is a
// proposal: the document carries a Warning, so that no reading of it is ever verified.
type ocr struct {
	program string
}

const (
	ocrTime     = 45 * time.Second // for one document
	ocrOutput   = 32 << 20         // bytes of answer
	ocrLanguage = "chi_sim"
)

// findOCR returns Tesseract with Chinese, nil where it is not installed.
var findOCR = sync.OnceValue(func() *ocr {
	program, err := exec.LookPath("tesseract")
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	languages, err := exec.CommandContext(ctx, program, "--list-langs").Output()
	if err != nil || !strings.Contains(string(languages), ocrLanguage) {
		return nil
	}
	return &ocr{program: program}
})

// An ocrImage is a page as a picture.
type ocrImage struct {
	png     []byte
	dpi     float64
	width   int
	height  int
	rulings []ruling // in pixels
}

// newOCRImage makes the picture ready for recognition and finds its rulings, which it
// leaves out: a recogniser takes them for characters.
func newOCRImage(img image.Image, dpi float64) (*ocrImage, error) {
	gray, rulings := inkRulings(img)
	var b bytes.Buffer
	if err := png.Encode(&b, gray); err != nil {
		return nil, err
	}
	size := gray.Bounds().Size()
	return &ocrImage{png: b.Bytes(), dpi: dpi, width: size.X, height: size.Y, rulings: rulings}, nil
}

// page recognises the characters of a page, by a process of its own that ends with ctx.
func (o *ocr) page(ctx context.Context, img *ocrImage, number int) (*pageLayout, error) {
	cmd := exec.CommandContext(ctx, o.program, "stdin", "stdout", "-l", ocrLanguage, "--psm", "6", "--dpi", strconv.Itoa(int(img.dpi)),
		"-c", "tessedit_create_tsv=1", "-c", "preserve_interword_spaces=1")
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1") // its threads wait for each other more than they work
	cmd.Stdin = bytes.NewReader(img.png)
	cmd.WaitDelay = time.Second
	var out limitedBuffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(ctx.Err(), fmt.Errorf("文字识别失败：%w", err))
	}
	return img.layout(out.String(), number), nil
}

// A limitedBuffer keeps what a program says, within ocrOutput.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > ocrOutput {
		return 0, errors.New("answer too long")
	}
	return b.Buffer.Write(p)
}

// layout reads the recogniser's table of words. Its boxes are those of words: each
// character gets its share.
func (img *ocrImage) layout(tsv string, number int) *pageLayout {
	scale := 72 / img.dpi
	p := &pageLayout{number: number, width: float64(img.width) * scale, height: float64(img.height) * scale, pictures: 1}
	for _, r := range img.rulings {
		r.at, r.from, r.to = r.at*scale, r.from*scale, r.to*scale
		p.rulings = append(p.rulings, r)
	}
	order := 0
	for line := range strings.SplitSeq(tsv, "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if len(f) < 12 || f[0] != "5" {
			continue
		}
		var at [4]float64 // left, top, width, height
		for i := range at {
			n, err := strconv.ParseFloat(f[6+i], 64)
			if err != nil || math.IsNaN(n) {
				n = 0
			}
			at[i] = n * scale
		}
		text := strings.TrimSpace(f[11])
		n := utf8.RuneCountInString(text)
		for i, r := range []rune(text) {
			order++
			if unicode.IsSpace(r) || unicode.IsControl(r) {
				continue
			}
			width := at[2] / float64(n)
			left := at[0] + float64(i)*width
			p.glyphs = append(p.glyphs, glyph{char: r, box: rect{left, at[1], left + width, at[1] + at[3]}, order: order, spaced: i == 0})
		}
		order++
	}
	return p
}

// read recognises the pages that draw returns, within what is left of a document's
// time. What cannot be recognised stays a picture.
func (o *ocr) read(ctx context.Context, pages int, draw func(page int) (*ocrImage, error), doc *Document) error {
	limited, cancel := context.WithTimeout(ctx, ocrTime)
	defer cancel()
	var layouts []*pageLayout
	for i := range pages {
		img, err := draw(i)
		if err != nil {
			return err
		}
		layout, err := o.page(limited, img, i+1)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			doc.Warnings = append(doc.Warnings, Warning{Rule: "form.image_table", Text: "文件是图片或扫描件，文字识别未能完成；请人工录入"})
			return nil
		}
		layouts = append(layouts, layout)
	}
	doc.Route = "ocr tesseract " + ocrLanguage
	doc.Blocks, doc.Warnings = layoutBlocks(layouts)
	doc.Warnings = append(doc.Warnings,
		Warning{Rule: "read.confidence", Text: fmt.Sprintf("文字由图片识别（Tesseract %s），只能作为待复核的参考；请逐格核对原件", ocrLanguage)})
	return nil
}

// pictureWarning says why a picture was not read.
func pictureWarning() Warning {
	return Warning{Rule: "form.image_table", Text: "文件是图片或扫描件，没有文字层，本机也没有安装文字识别（tesseract 与 chi_sim）；请人工录入或向发布单位索取可复制文字的版本"}
}
