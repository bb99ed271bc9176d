package crawl

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// values are what templates may use, by name.
type values map[string]string

var (
	// Braces around quotes, colons or nothing are those of JSON.
	placeholder = regexp.MustCompile(`\{([^{}"':,]+)\}`)
	term        = regexp.MustCompile(`^\s*(\w+)(?:\s*\*\s*(\w+))?\s*`)
)

// expand fills a template's placeholders. A placeholder is the name of a value,
// or a sum of names, numbers and products of two: {pages-n+1}, {n*45-44}. It
// fails where a value is not known.
func expand(template string, v values) (string, error) {
	return expandAs(template, v, func(s string) string { return s })
}

// expandBody fills the template of a posted body: a form, or JSON where it begins
// as JSON does. What is filled in is escaped, so that a page's hidden state comes
// back as it was.
func expandBody(template string, v values) (string, error) {
	if isJSON(template) {
		return expandAs(template, v, func(s string) string {
			quoted, _ := json.Marshal(s) // a string does not fail
			return string(quoted[1 : len(quoted)-1])
		})
	}
	return expandAs(template, v, url.QueryEscape)
}

func isJSON(body string) bool {
	return strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[")
}

func expandAs(template string, v values, escape func(string) string) (string, error) {
	var fault error
	template = strings.ReplaceAll(template, `\{`, literalBrace)
	out := placeholder.ReplaceAllStringFunc(template, func(m string) string {
		s, err := v.evaluate(m[1 : len(m)-1])
		if err != nil && fault == nil {
			fault = err
		}
		return escape(s)
	})
	return strings.ReplaceAll(out, literalBrace, "{"), fault
}

// literalBrace stands for \{, a brace that begins no placeholder.
const literalBrace = "\x00"

// shaped applies what stands behind | in a placeholder: query encodes a value for the
// query of an address, unquery and unbase64 undo what a page has encoded, and a number is
// the least count of digits: {n|2} is 03.
func shaped(s, how string) (string, error) {
	switch width, err := strconv.Atoi(how); {
	case how == "query":
		return url.QueryEscape(s), nil
	case how == "unquery":
		return url.QueryUnescape(s)
	case how == "unbase64":
		b, err := unbase64(s)
		return string(b), err
	case err == nil && width > 0 && width < 20:
		return strings.Repeat("0", max(0, width-len(s))) + s, nil
	}
	return "", fmt.Errorf("got |%s; want |query, |unquery, |unbase64, or a number of digits such as |2", how)
}

// evaluate returns the value of one placeholder.
func (v values) evaluate(expr string) (string, error) {
	if expr, how, ok := strings.Cut(expr, "|"); ok {
		s, err := v.evaluate(strings.TrimSpace(expr))
		if err != nil {
			return "", err
		}
		return shaped(s, strings.TrimSpace(how))
	}
	if s, ok := v[expr]; ok {
		return s, nil
	}
	sum, sign, rest := 0, 1, expr
	for {
		m := term.FindStringSubmatch(rest)
		if m == nil {
			return "", fmt.Errorf("{%s}: want names and numbers joined by + - *", expr)
		}
		a, err := v.number(m[1])
		if err != nil {
			return "", fmt.Errorf("{%s}: %w", expr, err)
		}
		if m[2] != "" {
			b, err := v.number(m[2])
			if err != nil {
				return "", fmt.Errorf("{%s}: %w", expr, err)
			}
			a *= b
		}
		sum += sign * a
		if rest = rest[len(m[0]):]; rest == "" {
			return strconv.Itoa(sum), nil
		}
		switch rest[0] {
		case '+':
			sign = 1
		case '-':
			sign = -1
		default:
			return "", fmt.Errorf("{%s}: want names and numbers joined by + - *", expr)
		}
		rest = rest[1:]
	}
}

func (v values) number(name string) (int, error) {
	s, ok := v[name]
	if !ok {
		s = name
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > 1<<31 || n < -1<<31 {
		return 0, fmt.Errorf("%s is not known, or is no number", name)
	}
	return n, nil
}

// checkAddress reports a template of an address that no values could fill, or that has a
// brace too many.
func checkAddress(t string) error {
	if err := checkTemplate(t); err != nil {
		return err
	}
	rest := placeholder.ReplaceAllString(strings.ReplaceAll(t, `\{`, ""), "")
	if strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("template %q: a brace without its other half; want such as index_{n}.html", t)
	}
	return nil
}

// checkTemplate reports a template that no values could fill.
func checkTemplate(t string) error {
	for _, m := range placeholder.FindAllStringSubmatch(strings.ReplaceAll(t, `\{`, literalBrace), -1) {
		rest, how, ok := strings.Cut(m[1], "|")
		if ok {
			if _, err := shaped("", strings.TrimSpace(how)); err != nil {
				return fmt.Errorf("template %q: {%s}: %w", t, m[1], err)
			}
		}
		for first := true; first || rest != ""; first = false {
			if !first {
				rest = strings.TrimLeft(rest[1:], " ")
			}
			n := term.FindString(rest)
			if rest = rest[len(n):]; n == "" || rest != "" && rest[0] != '+' && rest[0] != '-' {
				return fmt.Errorf("template %q: {%s}: want names and numbers joined by + - * (write \\{ for a brace that is meant)", t, m[1])
			}
		}
	}
	return nil
}

// takeFrom adds what a pattern's named groups match in text. It reports whether
// the pattern matched.
func (v values) takeFrom(re *regexp.Regexp, text string) bool {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	for i, name := range re.SubexpNames() {
		if name != "" && m[i] != "" {
			v[name] = html.UnescapeString(m[i])
		}
	}
	return true
}
