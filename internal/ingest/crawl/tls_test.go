package crawl

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A certificate that nobody vouches for is never waved through, and says what is
// wrong; nor is one asked for again.
func TestFetchTLS(t *testing.T) {
	var asked atomic.Int32
	far := &farSide{Server: httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(goodPage))
	}))}
	far.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	far.StartTLS()
	defer far.Close()
	_, err := crawler(t, Options{}).Fetch(t.Context(), far.portal(t, ""), far.URL+"/a.html", nil)
	if kindOf(err) != Broken || !strings.Contains(err.Error(), "certificate") || asked.Load() != 0 {
		t.Errorf("%v, %d requests; want broken for its certificate, and none", err, asked.Load())
	}
	plain := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(goodPage)) })
	plain.URL = strings.Replace(plain.URL, "http://", "https://", 1)
	_, err = crawler(t, Options{}).Fetch(t.Context(), plain.portal(t, ""), plain.URL+"/a.html", nil)
	if kindOf(err) != Broken || !strings.Contains(err.Error(), "http://") {
		t.Errorf("%v; want broken, with the way out", err)
	}
}
