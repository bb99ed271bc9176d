// Package draw makes pictures where no browser runs.
//
// In: an ECharts option, or shapes that a template drew; and what must be burnt
// into every picture that leaves the page: title, note, legend, source, date and
// address. Out: SVG that stands alone, and the PNG card that other sites show with
// a link. ECharts runs in one interpreter, started when first asked for and used by
// one caller at a time; finished pictures are kept up to a bound. The package knows
// neither figures nor pages: what it is told to write, it writes.
package draw

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/dop251/goja"
)

// An Engine draws ECharts options as SVG.
type Engine struct {
	files  fs.FS
	tokens Tokens
	slot   chan *machine // holds the one interpreter, nil before its first use
}

// A machine is an interpreter that has loaded ECharts.
type machine struct {
	vm   *goja.Runtime
	draw goja.Callable
}

//go:embed server.js
var server string

// The scripts that a machine runs, in order: the library, then the page's own way
// to read an option.
const library, reader = "static/vendor/echarts.min.js", "static/js/charts.js"

// Family is the type of all pictures: what Chinese systems have, then what browsers
// have for sure.
const Family = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"

// NewEngine returns an Engine on the product's static files. It loads nothing yet:
// an interpreter with ECharts takes some 0.3 s and 20 MB, and many a server never
// draws.
func NewEngine(files fs.FS, tokens Tokens) *Engine {
	e := &Engine{files: files, tokens: tokens, slot: make(chan *machine, 1)}
	e.slot <- nil
	return e
}

// SVG draws an option. It waits for its turn as long as ctx allows, and a drawing
// that outlasts ctx is stopped.
func (e *Engine) SVG(ctx context.Context, option json.RawMessage, width, height int) (string, error) {
	var m *machine
	select {
	case m = <-e.slot:
	case <-ctx.Done():
		return "", fmt.Errorf("draw a chart: %w", ctx.Err())
	}
	defer func() { e.slot <- m }()
	if m == nil {
		var err error
		if m, err = e.start(); err != nil {
			return "", fmt.Errorf("start the drawing of charts: %w", err)
		}
	}
	stop := context.AfterFunc(ctx, func() { m.vm.Interrupt(ctx.Err()) })
	answer, err := m.draw(goja.Undefined(), m.vm.ToValue(string(option)), m.vm.ToValue(width), m.vm.ToValue(height), m.vm.ToValue(Family))
	if !stop() {
		m = nil // it may have been interrupted anywhere: the next caller starts afresh
		return "", fmt.Errorf("draw a chart: %w", ctx.Err())
	}
	if err != nil {
		return "", fmt.Errorf("draw a chart: %w", err)
	}
	return renamed(answer.String()), nil
}

// counted are the names that ECharts numbers on from one drawing to the next.
var counted = regexp.MustCompile(`zr[0-9]+-(?:cls-|c|g|p|i|s)[0-9]+`)

// renamed numbers the names of a drawing by itself, so that the same chart is the same
// file whatever was drawn before it.
func renamed(svg string) string {
	names := make(map[string]string)
	return counted.ReplaceAllStringFunc(svg, func(name string) string {
		if _, ok := names[name]; !ok {
			names[name] = "z-" + strconv.Itoa(len(names))
		}
		return names[name]
	})
}

// start loads the scripts into a new interpreter.
func (e *Engine) start() (*machine, error) {
	vm := goja.New()
	if err := vm.Set("tokens", map[string]string(e.tokens)); err != nil {
		return nil, err
	}
	run := func(name, source string) error {
		if _, err := vm.RunScript(name, source); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if err := run("server.js", server); err != nil {
		return nil, err
	}
	for _, name := range []string{library, reader} {
		source, err := fs.ReadFile(e.files, name)
		if err != nil {
			return nil, err
		}
		if err := run(name, string(bytes.TrimPrefix(source, []byte("\ufeff")))); err != nil {
			return nil, err
		}
	}
	draw, ok := goja.AssertFunction(vm.Get("draw"))
	if !ok {
		return nil, errors.New("server.js: no function draw")
	}
	return &machine{vm: vm, draw: draw}, nil
}
