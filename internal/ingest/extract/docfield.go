package extract

import "strings"

// A flowField is a field that has begun and not ended. Only its result shows.
type flowField struct {
	code, result strings.Builder
	inResult     bool
	hidden       bool   // its begin mark is hidden
	shows        string // what a form field without a result shows
}

// flowFields are the open fields of a text, outermost first.
type flowFields []*flowField

// show reports whether text here is shown: no open field is at its code.
func (fs flowFields) show() bool {
	for _, f := range fs {
		if !f.inResult {
			return false
		}
	}
	return true
}

// say gives a piece of text to the fields that it belongs to.
func (fs flowFields) say(s string) {
	n := len(fs)
	if n > 0 && !fs[n-1].inResult {
		fs[n-1].code.WriteString(s)
		return
	}
	for _, f := range fs {
		f.result.WriteString(s)
	}
}

func (fs *flowFields) begin(hidden bool) *flowField {
	f := &flowField{hidden: hidden}
	*fs = append(*fs, f)
	return f
}

func (fs flowFields) separate() {
	if n := len(fs); n > 0 {
		fs[n-1].inResult = true
	}
}

// end closes the innermost field; an end without a begin is an empty field.
func (fs *flowFields) end() *flowField {
	n := len(*fs)
	if n == 0 {
		return &flowField{}
	}
	f := (*fs)[n-1]
	*fs = (*fs)[:n-1]
	return f
}

// link notes in the document where a HYPERLINK field leads.
func (f *flowField) link(doc *Document) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(f.code.String()), "HYPERLINK")
	if !ok || f.hidden {
		return
	}
	rest = strings.TrimSpace(rest)
	href, _, _ := strings.Cut(rest, " ")
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		href, _, _ = strings.Cut(quoted, `"`)
	}
	if href != "" && !strings.HasPrefix(href, `\`) {
		doc.Links = append(doc.Links, Link{Text: squeeze(f.result.String()), Href: href})
	}
}
