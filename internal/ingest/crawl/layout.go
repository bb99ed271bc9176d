package crawl

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// The layout of a list is a sketch of what its pages are built of: which elements with
// which classes stand in which, or the keys of its records, whatever they say and
// however many there are. Lists that are alike have sketches that are alike, so that a
// new banner does not make another list of it, and a rebuilt page does.
const (
	sketchSize = 16 // values of a sketch, two bytes each
	sketchSame = 8  // of them the same in lists that are alike
	sketchMost = 50_000
)

// A shape is the set of what pages are built of.
type shape map[uint64]struct{}

// add takes a feature.
func (s shape) add(parts ...string) {
	if len(s) >= sketchMost {
		return
	}
	h := fnv.New64a()
	for _, part := range parts {
		_, _ = h.Write([]byte(part)) // never fails
		_, _ = h.Write([]byte{0})
	}
	s[h.Sum64()] = struct{}{}
}

// of takes the features of a page of a list.
func (s shape) of(p *page) {
	switch {
	case p.doc != nil && len(p.doc.Nodes) > 0:
		for n := range p.doc.Nodes[0].Descendants() {
			if n.Type == html.ElementNode && n.Parent != nil {
				s.add(kindOfElement(n.Parent), kindOfElement(n))
			}
		}
	case p.data != nil:
		s.ofData("", p.data, 0)
	}
}

// kindOfElement is an element by its name and classes. Classes with digits are left out:
// many are counters, or made anew with each page.
func kindOfElement(n *html.Node) string {
	var classes []string
	for _, a := range n.Attr {
		if a.Key == "class" {
			classes = strings.FieldsFunc(a.Val, unicode.IsSpace)
		}
	}
	classes = slices.DeleteFunc(classes, func(c string) bool { return strings.ContainsFunc(c, unicode.IsDigit) })
	slices.Sort(classes)
	return n.Data + "." + strings.Join(classes, ".")
}

// deepestData bounds how deep records are followed.
const deepestData = 40

func (s shape) ofData(path string, v any, depth int) {
	if depth > deepestData {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			s.add(path, key)
			s.ofData(path+"/"+key, below, depth+1)
		}
	case []any:
		for _, below := range v {
			s.ofData(path, below, depth+1)
		}
	}
}

// sketch returns the layout of what was taken, "" for nothing.
func (s shape) sketch() string {
	if len(s) == 0 {
		return ""
	}
	var b []byte
	for i := range uint64(sketchSize) {
		least := uint64(math.MaxUint64)
		for feature := range s {
			least = min(least, mixed(feature, i+1))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(least>>8)) // its highest bits are zeros for many features
	}
	return hex.EncodeToString(b)
}

// mixed is another number for each number, in an order of its own for each seed
// (SplitMix64).
func mixed(x, seed uint64) uint64 {
	x += seed * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Alike reports whether two layouts are those of lists that are built alike. A layout
// that is not known is like every other.
func Alike(a, b string) bool {
	if a == "" || b == "" || len(a) != len(b) {
		return true
	}
	same := 0
	for i := 0; i+4 <= len(a); i += 4 {
		if a[i:i+4] == b[i:i+4] {
			same++
		}
	}
	return same >= sketchSame
}
