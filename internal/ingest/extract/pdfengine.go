package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	pdfInstances   = 2     // at work at a time; each may hold pdfMemoryPages
	pdfMemoryPages = 12288 // of 64 KiB: 768 MiB
)

// A pdfEngine is PDFium compiled to WebAssembly. It runs in a sandbox of its own
// memory, without files and network, and each document gets a fresh instance, so that
// what one document does to it ends with that document.
type pdfEngine struct {
	pool pdfium.Pool
}

// sharedPDF starts the engine when the first PDF is read. Compiling takes seconds, and
// the compiled code serves all documents of the process.
var sharedPDF = sync.OnceValues(newPDFEngine)

func newPDFEngine() (*pdfEngine, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pdfMemoryPages).
		WithCloseOnContextDone(true)
	if cache := compiledCode(); cache != nil {
		config = config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal:      pdfInstances,
		FSConfig:      wazero.NewFSConfig(), // without this the library mounts /
		RuntimeConfig: config,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("PDFium 无法启动：%w", err)
	}
	return &pdfEngine{pool: pool}, nil
}

// compiledCode returns the cache of compiled code in the user's cache folder, nil
// where there is none to write to: the next start then takes seconds longer.
func compiledCode() wazero.CompilationCache {
	folder, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(folder, "gongkai", "wazero"))
	if err != nil {
		return nil
	}
	return cache
}

// with lends a fresh instance to f, at most pdfInstances at a time. If ctx ends, the
// instance is killed and f's calls fail.
func (e *pdfEngine) with(ctx context.Context, f func(pdfium.Pdfium) error) error {
	instance, err := e.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return errors.Join(ctx.Err(), err)
	}
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		_ = instance.Kill() // it ends with its memory either way
	})
	defer func() {
		if stop() {
			_ = instance.Close()
		} else {
			<-killed
		}
	}()
	if err := f(instance); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return ctx.Err()
}
