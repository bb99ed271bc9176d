package api

import (
	"fmt"
	"net/http"
	"time"
)

// A retirement says that a resource will go: since when it is deprecated (RFC 9745), when
// it is answered for the last time (RFC 8594), and what to ask in its place. docs/api.md
// has the policy: a year between the two.
type retirement struct {
	since, sunset time.Time
	instead       string // resource that says the same
}

// announce tells a client with every answer. What does not retire says nothing.
func (r *retirement) announce(h http.Header) {
	if r == nil {
		return
	}
	h.Set("Deprecation", fmt.Sprintf("@%d", r.since.Unix()))
	h.Set("Sunset", r.sunset.UTC().Format(http.TimeFormat))
	h.Add("Link", fmt.Sprintf(`<%s/%s>; rel="successor-version", </data/api#deprecation>; rel="deprecation"`, root, r.instead))
}

// describe adds the retirement to the description of an operation.
func (r *retirement) describe(o map[string]any) {
	if r == nil {
		return
	}
	o["deprecated"] = true
	o["x-sunset"] = r.sunset.UTC().Format(time.DateOnly)
	o["x-instead"] = r.instead
}
