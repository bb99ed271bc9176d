package draw

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Tokens are the colours of the light page by name, without their dashes. Pictures
// take them from the page's own style sheet, so that a colour means the same in
// both.
type Tokens map[string]string

var (
	tokenPattern = regexp.MustCompile(`--([a-z0-9-]+):\s*([^;]+);`)
	usePattern   = regexp.MustCompile(`var\(--([a-z0-9-]+)\)`)
	rulePattern  = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	shapePattern = regexp.MustCompile(`^(\.sketch[ .]|\.c-|\.g-|\.f-|\.k[1-6-]|\.b[1-6]\b|\.m-|\.s-|\.flow|\.link-|\.(chain|drawn|spread|dots|units-grid) [.a-z])`)
)

// ReadTokens reads the first block of tokens.css, which is the light page.
func ReadTokens(files fs.FS) (Tokens, error) {
	sheet, err := fs.ReadFile(files, "static/css/tokens.css")
	if err != nil {
		return nil, err
	}
	block, _, _ := strings.Cut(string(sheet), "}")
	t := Tokens{}
	for _, m := range tokenPattern.FindAllStringSubmatch(block, -1) {
		t[m[1]] = strings.TrimSpace(m[2])
	}
	for _, name := range []string{"paper", "ink", "o-granted"} {
		if t[name] == "" {
			return nil, fmt.Errorf("tokens.css: no token --%s in its first block", name)
		}
	}
	t["sans"] = Family // one family, quoted so that it may stand in an attribute
	t["serif"] = Family
	return t, nil
}

// Shapes are the rules of the page's style sheets that concern drawn shapes, with
// their tokens filled in: what a drawing of a template needs to stand alone.
func (t Tokens) Shapes(files fs.FS, sheets ...string) (string, error) {
	var b strings.Builder
	for _, name := range sheets {
		sheet, err := fs.ReadFile(files, "static/css/"+name+".css")
		if err != nil {
			return "", err
		}
		for _, rule := range rulePattern.FindAllStringSubmatch(string(sheet), -1) {
			selector := strings.TrimSpace(rule[1])
			if i := strings.LastIndex(selector, "*/"); i >= 0 {
				selector = strings.TrimSpace(selector[i+2:])
			}
			if shapePattern.MatchString(selector) {
				fmt.Fprintf(&b, "%s{%s}", selector, t.fill(strings.TrimSpace(rule[2])))
			}
		}
	}
	return b.String(), nil
}

// fill replaces the uses of tokens by their values.
func (t Tokens) fill(text string) string {
	return usePattern.ReplaceAllStringFunc(text, func(use string) string {
		if value, ok := t[usePattern.FindStringSubmatch(use)[1]]; ok {
			return value
		}
		return use
	})
}
