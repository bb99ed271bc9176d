package web

import (
	"context"
	"html/template"
	"strings"

	"gongkai/internal/draw"
	"gongkai/internal/report"
	"gongkai/templates"
)

// A studio makes pictures and keeps the finished ones.
type studio struct {
	tokens draw.Tokens
	engine *draw.Engine
	shapes string // style of what templates draw
	done   *cache[[]byte]
}

// keptPictures is how many bytes of finished pictures a server holds.
const keptPictures = 24 << 20

func newStudio() (*studio, error) {
	tokens, err := draw.ReadTokens(templates.Files)
	if err != nil {
		return nil, err
	}
	shapes, err := tokens.Shapes(templates.Files, sheets...)
	if err != nil {
		return nil, err
	}
	return &studio{tokens: tokens, engine: draw.NewEngine(templates.Files, tokens), shapes: shapes, done: newCache(keptPictures, func(b []byte) int { return len(b) })}, nil
}

// Widths of a picture: a reader's phone, a page, a poster.
const (
	leastWidth, usualWidth, mostWidth = 320, 760, 1600
)

// picture makes the SVG of a figure with all that must leave the page with it.
func (t *studio) picture(ctx context.Context, p page, f figureView, width int) ([]byte, error) {
	pic := draw.Picture{Lang: p.Lang.HTML(), Title: joined(f.Of, f.Title, " | "), About: f.About, Width: draw.Room(float64(width)),
		Source: p.SourceLine(), Address: p.Base + f.Fixed, Notes: f.Marks}
	if f.Note != "" {
		pic.Notes = append([]string{f.Note}, f.Marks...)
	}
	for _, k := range f.Key {
		pic.Key = append(pic.Key, draw.Swatch{Fill: fillOf(k.Class), Text: k.Text, Outlined: k.Outlined})
	}
	if f.Shape != "" {
		pic.Height = pic.Width * f.Box[1] / f.Box[0]
		pic.Drawing, pic.Style = sized(f.Shape, pic.Width, pic.Height), t.shapes
		return markup(t.tokens.Frame(pic)), nil
	}
	pic.Height = 340
	if f.Low {
		pic.Height = 280
	}
	var err error
	pic.Drawing, err = t.engine.SVG(ctx, f.Option, int(pic.Width), int(pic.Height))
	if err != nil {
		return nil, err
	}
	return markup(t.tokens.Frame(pic)), nil
}

// sized gives the svg element of a template its size: a file has no style sheet
// that would.
func sized(shape template.HTML, width, height float64) string {
	return strings.Replace(string(shape), "<svg ", `<svg width="`+report.Count(int64(width)).String()+`" height="`+report.Count(int64(height)).String()+`" `, 1)
}

// fillOf is the colour behind a class of a key.
func fillOf(class string) string {
	if fill, ok := map[string]string{"c-granted": "o-granted", "c-partial": "pattern:partial", "c-denied": "pattern:denied", "c-unavailable": "pattern:unavailable",
		"c-unprocessed": "pattern:unprocessed", "c-other": "pattern:other", "c-corrected": "a-corrected", "c-upheld": "pattern:upheld", "c-aother": "pattern:aother",
		"c-pending": "pattern:pending", "c-oldform": "pattern:oldform", "c-may": "pattern:may", "m-ok": "brand-tint", "m-err": "err", "m-rev": "rev-bg", "m-bad": "sheet", "m-mis": "pattern:hatch", "m-unk": "pattern:unknown",
		"m-late": "late", "m-bydate": "late-bg", "m-tick": "brand", "g-before": "median", "g-after": "ink", "f-in": "median", "f-new": "ink-2", "f-out": "median", "f-decided": "ink-3", "f-gap": "err"}[class]; ok {
		return fill
	}
	return class
}

// SourceLine says whose figures a picture shows and as of when. That they are
// fictitious comes first: a card cuts off what does not fit.
func (p page) SourceLine() string {
	source := p.t("来源：各单位公布的政府信息公开工作年度报告；公开 Gongkai 归档与核验，%s（%s）。", p.dataNote(), moment(p.RunAt))
	return joined(p.demoWords(), source, map[lang]string{en: " "}[p.Lang])
}

// demoWords says of what is fictitious that it is.
func (p page) demoWords() string {
	if p.Demo {
		return p.t("示例：区划、单位和数字均为虚构。")
	}
	return ""
}
