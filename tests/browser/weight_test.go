package browser

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestCriticalPath: what the overview needs before it shows anything is small enough
// for a slow line. A fast-3G line carries some 180 KB a second after half a second of
// its own delays, so 100 KB leave room for first content within 1.5 s.
func TestCriticalPath(t *testing.T) {
	const most = 100_000
	for _, path := range []string{"/", "/en/"} {
		page := weigh(t, path)
		total := page.size
		// A script that waits (defer) is off the path.
		for _, m := range regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)"|<script src="([^"]+)"></script>`).FindAllStringSubmatch(page.body, -1) {
			total += weigh(t, m[1]+m[2]).size
		}
		t.Logf("%s: %d bytes, the page %d of them", path, total, page.size)
		if total > most {
			t.Errorf("%s needs %d bytes before it shows anything, want %d at most", path, total, most)
		}
		if regexp.MustCompile(`(?:src|href)="(?:https?:)?//[^"]*"[^>]*(?:stylesheet|script)`).MatchString(page.body) {
			t.Errorf("%s waits for another host", path)
		}
	}
}

type weighed struct {
	size int
	body string
}

// weigh fetches an address as a browser would, and tells what went over the line.
func weigh(t *testing.T, path string) weighed {
	t.Helper()
	line := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	var w weighed
	for _, coding := range []string{"gzip", "identity"} {
		ask, err := http.NewRequest(http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("Accept-Encoding", coding)
		answer, err := line.Do(ask)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %s, %v", path, answer.Status, err)
		}
		if coding == "gzip" {
			w.size = len(body)
		}
		w.body = string(body)
	}
	return w
}
