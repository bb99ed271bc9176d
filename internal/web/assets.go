package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"gongkai/internal/report"
	"gongkai/templates"
)

// sheets are the style sheets in the order in which they are joined into one file.
var sheets = []string{"tokens", "base", "chrome", "marks", "tables", "figures", "matrix", "report", "work", "people", "embed", "pages", "paper", "print"}

// An asset is a static file under a name that holds the hash of its bytes, so that
// it may be cached for ever.
type asset struct {
	kind   string
	body   []byte
	zipped func() []byte // made once, when first asked for
}

// assets holds the static files.
type assets struct {
	files map[string]asset  // by hashed name
	names map[string]string // plain name to hashed name
	sum   string            // of all of them
}

// newAssets joins the style sheets and names every file by its content.
func newAssets() (*assets, error) {
	a := &assets{files: make(map[string]asset), names: make(map[string]string)}
	var css bytes.Buffer
	for _, name := range sheets {
		b, err := templates.Files.ReadFile("static/css/" + name + ".css")
		if err != nil {
			return nil, err
		}
		css.Write(b)
	}
	a.add("gongkai.css", css.Bytes())
	for _, dir := range []string{"static/js", "static/vendor"} {
		entries, err := fs.ReadDir(templates.Files, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			b, err := templates.Files.ReadFile(path.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			a.add(e.Name(), b)
		}
	}
	return a, nil
}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	kind := mime.TypeByExtension(ext)
	if kind == "" || !strings.HasPrefix(ext, ".js") && !strings.HasPrefix(ext, ".css") {
		kind = "text/plain; charset=utf-8"
	}
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.files[hashed] = asset{kind: kind, body: body, zipped: sync.OnceValue(func() []byte { return zip(body) })}
	a.names[name] = hashed
	all := sha256.Sum256([]byte(a.sum + hashed))
	a.sum = hex.EncodeToString(all[:4])
}

func zip(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

// url is the address of a static file. An unknown name fails the template.
func (a *assets) url(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no static file %s", name)
	}
	return "/static/" + hashed, nil
}

// serve serves GET /static/:name.
func (a *assets) serve(c echo.Context) error {
	file, ok := a.files[c.Param("name")]
	if !ok {
		return report.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := file.body
	if strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = file.zipped()
	}
	return c.Blob(http.StatusOK, file.kind, body)
}
