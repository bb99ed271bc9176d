package crawl

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// keysAreIn names the page that says which keys a portal file may have.
const keysAreIn = "docs/portals.md"

// The decoder's faults, which name a line and what stands there.
var (
	onLine       = regexp.MustCompile(`^line (\d+): `)
	unknownField = regexp.MustCompile(`^field (.+) not found in type crawl\.(\w+)`)
	fieldTwice   = regexp.MustCompile(`^(?:field (.+) already set in type|mapping key "(.+)" already defined at line)`)
	wrongType    = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.+)$")
)

// wanted says what a type takes, as people write it.
func wanted(into string) string {
	switch into {
	case "time.Duration":
		return "a time with its unit, such as 2s or 500ms"
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	case "string":
		return "a word, or a text in quotes"
	case "standard.RegionCode":
		return "a region code in quotes"
	}
	if strings.HasPrefix(into, "[]") {
		return "a list"
	}
	return "keys and values"
}

// plainFault turns the decoder's words into the house's, with the column of what
// is wrong.
func (l locator) plainFault(s string) string {
	m := onLine.FindStringSubmatch(s)
	if m == nil {
		return s // of our own decoders, which name the column themselves
	}
	line, _ := strconv.Atoi(m[1]) // digits
	rest := s[len(m[0]):]
	at := func(n *yaml.Node, why string) string {
		return fmt.Sprintf("line %d column %d: %s", line, max(n.Column, 1), why)
	}
	key := func(name string) *yaml.Node {
		return l.on(line, func(n *yaml.Node) bool { return n.Value == name })
	}
	if f := unknownField.FindStringSubmatch(rest); f != nil {
		return at(key(f[1]), "unknown key "+f[1]+meant(f[1], keysOf(f[2])...)+"; want one of "+strings.Join(keysOf(f[2]), ", ")+"; see "+keysAreIn)
	}
	if f := fieldTwice.FindStringSubmatch(rest); f != nil {
		return at(key(f[1]+f[2]), "the key "+f[1]+f[2]+" stands here a second time; leave one out")
	}
	if f := wrongType.FindStringSubmatch(rest); f != nil {
		n := l.on(line, holds(f[1], f[2]))
		return at(n, wrongTypeWords(n, f[3]))
	}
	return at(l.on(line, func(*yaml.Node) bool { return false }), rest)
}

// holds returns what recognises the node of a value that the decoder has quoted,
// cut after some letters where it is long.
func holds(tag, value string) func(*yaml.Node) bool {
	start, cut := strings.CutSuffix(value, "...")
	return func(n *yaml.Node) bool {
		switch {
		case tag == "seq":
			return n.Kind == yaml.SequenceNode
		case tag == "map":
			return n.Kind == yaml.MappingNode
		case cut:
			return strings.HasPrefix(n.Value, start)
		}
		return n.Value == value
	}
}

func wrongTypeWords(n *yaml.Node, into string) string {
	want := wanted(into)
	switch n.Kind {
	case yaml.SequenceNode:
		return "got a list; want " + want
	case yaml.MappingNode:
		return "got keys and values; want " + want
	}
	return fmt.Sprintf("got %q; want %s", n.Value, want)
}

// on returns the node on a line that fits, or else the first one on it.
func (l locator) on(line int, fits func(*yaml.Node) bool) *yaml.Node {
	first, found := &yaml.Node{}, (*yaml.Node)(nil)
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Line == line && n.Kind != yaml.DocumentNode {
			if first.Line == 0 {
				first = n
			}
			if found == nil && fits(n) {
				found = n
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	if walk(l.doc); found == nil {
		return first
	}
	return found
}

// syntaxFault says where a file ceases to be YAML: the line as the parser has it,
// and the column where that line begins. The parser counts lines from 0 in the
// faults of structure and from 1 in others.
func syntaxFault(text []byte, err error) error {
	s := strings.TrimPrefix(err.Error(), "yaml: ")
	m := onLine.FindStringSubmatch(s)
	if m == nil {
		return fmt.Errorf("line 1 column 1: %s", s)
	}
	line, _ := strconv.Atoi(m[1]) // digits
	why := s[len(m[0]):]
	if strings.HasPrefix(why, "did not find expected") {
		line++
	}
	column := 1
	if lines := bytes.Split(text, []byte("\n")); line <= len(lines) {
		column += len(lines[line-1]) - len(bytes.TrimLeft(lines[line-1], " "))
	}
	return fmt.Errorf("line %d column %d: %s", line, column, why)
}

// networkFault finds the address range that could not be read: the decoder tells
// only what is wrong with it.
func (l locator) networkFault(err error) error {
	ranges, _ := l.node("networks")
	for i, n := range ranges.Content {
		if _, wrong := netip.ParsePrefix(n.Value); wrong != nil {
			return l.faultAt(fmt.Sprintf("got %q; want a range of addresses such as 127.0.0.0/8", n.Value), "networks", i)
		}
	}
	return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
}

// lineOf returns the line that a fault names, 0 where it names none.
func lineOf(fault error) int {
	n := 0
	_, _ = fmt.Sscanf(fault.Error(), "line %d", &n) // not found is 0
	return n
}

// A locator finds the lines of keys in a file.
type locator struct{ doc *yaml.Node }

// node follows keys (string) and positions (int) as far as they exist.
func (l locator) node(path ...any) (n *yaml.Node, exact bool) {
	n = l.doc
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range path {
		next := child(n, step)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

func child(n *yaml.Node, step any) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

func (l locator) text(path ...any) string {
	n, exact := l.node(path...)
	if !exact {
		return ""
	}
	return n.Value
}

// faultAt says what is wrong with the value at a path, with the line of it or of
// the nearest thing around it.
func (l locator) faultAt(why string, path ...any) error {
	var words []string
	for _, step := range path {
		if i, ok := step.(int); ok {
			words = append(words, fmt.Sprint(i+1))
			continue
		}
		words = append(words, fmt.Sprint(step))
	}
	what := strings.Join(words, " ")
	n, _ := l.node(path...)
	if n.Line == 0 {
		return fmt.Errorf("%s: %s", what, why)
	}
	return fmt.Errorf("line %d column %d: %s: %s", n.Line, n.Column, what, why)
}

func (l locator) fault(key, why string) error { return l.faultAt(why, key) }

// keysOf returns the keys that a type of a portal file may have, in its order.
func keysOf(name string) []string {
	var find func(t reflect.Type) []string
	find = func(t reflect.Type) []string {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Portal]().PkgPath() {
			return nil
		}
		if t.Name() == name {
			return keysIn(t)
		}
		for i := range t.NumField() {
			if !t.Field(i).IsExported() {
				continue
			}
			if keys := find(t.Field(i).Type); keys != nil {
				return keys
			}
		}
		return nil
	}
	return find(reflect.TypeFor[Portal]())
}

func keysIn(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		key, inline, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case inline == "inline":
			keys = append(keys, keysIn(f.Type)...)
		case key != "":
			keys = append(keys, key)
		}
	}
	return keys
}

// meant proposes the word that a misspelt one may have been meant for, in brackets; ""
// where none is near.
func meant(got string, words ...string) string {
	best, at := 3, ""
	for _, w := range words {
		if d := distance(strings.ToLower(got), w); d < best && d < len(w) {
			best, at = d, w
		}
	}
	if at == "" {
		return ""
	}
	return " (did you mean " + at + "?)"
}

// distance counts the letters to change, add or leave out to make one word of another;
// two that changed places count as one.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
