package draw

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"gongkai/templates"
)

func engine(t testing.TB) (*Engine, Tokens) {
	t.Helper()
	tokens, err := ReadTokens(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return NewEngine(templates.Files, tokens), tokens
}

const bars = `{"xAxis":[{"type":"category","data":["2019","2020","2021"],"axisLabel":{}}],"yAxis":[{"type":"value","axisLabel":{"formatter":"ƒcount"}}],
"series":[{"type":"bar","name":"甲","data":[{"value":1000,"name":"1,000"},{"value":"-"},{"value":3000,"name":"3,000"}],"itemStyle":{"color":"@pattern:pending"},
"label":{"show":true,"formatter":"{b}"}}]}`

// wellFormed fails where a picture is no XML.
func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatalf("%v in %.2000s", err, svg)
			}
			return
		}
	}
}

// TestSVG holds that an option with tokens, textures and named functions is drawn,
// and that what is missing has no shape.
func TestSVG(t *testing.T) {
	e, _ := engine(t)
	svg, err := e.SVG(t.Context(), json.RawMessage(bars), 600, 300)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, svg)
	if n := strings.Count(svg, "url(#"); n != 2 {
		t.Errorf("%d textured columns, want 2: the missing year has none\n%s", n, svg)
	}
	for _, want := range []string{"1,000", "3,000", "<pattern"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in the drawing", want)
		}
	}
}

// TestSVGEnds holds that a caller who gives up ends, and that the next one is served.
func TestSVGEnds(t *testing.T) {
	e, _ := engine(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.SVG(ctx, json.RawMessage(bars), 600, 300); !errors.Is(err, context.Canceled) {
		t.Errorf("drawn in a context that has ended: %v", err)
	}
	if _, err := e.SVG(t.Context(), json.RawMessage(`{"no`), 600, 300); err == nil {
		t.Error("half an option was drawn")
	}
	if _, err := e.SVG(t.Context(), json.RawMessage(bars), 600, 300); err != nil {
		t.Errorf("after a failure: %v", err)
	}
}

// TestFrame holds that everything a picture must carry is in it, and escaped.
func TestFrame(t *testing.T) {
	_, tokens := engine(t)
	style, err := tokens.Shapes(templates.Files, "marks", "figures", "report", "work")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(style, "var(") || !strings.Contains(style, tokens["o-granted"]) {
		t.Errorf("style %s", style)
	}
	svg := string(tokens.Frame(Picture{Lang: "zh-CN", Title: "甲 < 乙", About: "件", Key: []Swatch{{Fill: "o-denied", Text: "不予公开"}, {Fill: "pattern:pending", Text: "尚未审结"}},
		Drawing: `<svg width="100" height="50"/>`, Width: 300, Height: 50, Notes: []string{"口径"}, Source: "数据截至第 3 次采集", Address: "http://x/?a=1&b=2", Style: style}))
	wellFormed(t, svg)
	for _, want := range []string{"甲 &lt; 乙", "不予公开", "尚未审结", "url(#t-pending)", tokens["o-denied"], "口径", "第 3 次采集", "a=1&amp;b=2"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, line := range Wrap("公开与部分公开：2019 年 61 / 117 件，2024 年 1,234 / 5,678 件。", 20, 200) {
		if Measure(line, 20) > 220 || strings.HasPrefix(line, "，") || strings.HasPrefix(line, "。") {
			t.Errorf("line %q", line)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	e, _ := engine(b)
	for b.Loop() {
		if _, err := e.SVG(b.Context(), json.RawMessage(bars), 760, 340); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRenamed holds that a drawing is the same whatever was drawn before it.
func TestRenamed(t *testing.T) {
	first := renamed(`<g clip-path="url(#zr0-c0)"><path class="zr0-cls-3"/></g><clipPath id="zr0-c0"/>`)
	later := renamed(`<g clip-path="url(#zr7-c4)"><path class="zr7-cls-9"/></g><clipPath id="zr7-c4"/>`)
	if first != later || first != `<g clip-path="url(#z-0)"><path class="z-1"/></g><clipPath id="z-0"/>` {
		t.Errorf("%s\n%s", first, later)
	}
}
