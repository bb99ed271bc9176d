package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAccept: without a format the Accept header chooses the form, JSON among equals; what
// takes none of them is refused with the forms there are, and no form answers 304 with
// another's tag.
func TestAccept(t *testing.T) {
	server, _ := serve(t)
	ask := func(path, accept, tag string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		r.Header.Set("If-None-Match", tag)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	for _, path := range []string{"/reports", "/reports/" + string(first) + "/2023"} {
		for accept, want := range map[string]string{
			"": "application/json", "*/*": "application/json", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "application/json",
			"text/csv": "text/csv", "text/*": "text/csv", "application/json;q=0.5, text/csv": "text/csv", "text/csv;q=0, */*": "application/json",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"application/xml": "", "text/csv;q=0": "", "nonsense": "",
		} {
			answer := ask(path, accept, "")
			kind := answer.Header.Get("Content-Type")
			switch {
			case want == "" && (answer.StatusCode != http.StatusNotAcceptable || kind != "application/problem+json"):
				t.Errorf("%s with Accept %q: %d as %s, want 406", path, accept, answer.StatusCode, kind)
			case want != "" && !strings.HasPrefix(kind, want):
				t.Errorf("%s with Accept %q: %d as %s, want %s", path, accept, answer.StatusCode, kind, want)
			}
			if !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Accept") {
				t.Errorf("%s with Accept %q does not vary with it", path, accept)
			}
		}
		if answer := ask(path+"?format=csv", "application/xml", ""); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: the parameter does not go before the header: %d", path, answer.StatusCode)
		}
		tag := ask(path, "", "").Header.Get("ETag")
		if same, other := ask(path, "", tag).StatusCode, ask(path, "text/csv", tag).StatusCode; same != http.StatusNotModified || other != http.StatusOK {
			t.Errorf("%s with the tag of its JSON: %d as JSON, %d as CSV", path, same, other)
		}
	}
}
