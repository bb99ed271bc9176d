package crawl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Ways are ways to the next page of a list. In a file they are a list, or one of
// them alone. The short form index_{n}.html from 1 names the second page's number.
type Ways []Next

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *Ways) UnmarshalYAML(node *yaml.Node) error {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	all := make(Ways, len(nodes))
	faults := &yaml.TypeError{}
	for i, n := range nodes {
		switch n.Kind {
		case yaml.ScalarNode:
			way, err := shortWay(n.Value)
			if err != nil {
				faults.Errors = append(faults.Errors, fmt.Sprintf("line %d column %d: %v", n.Line, n.Column, err))
			}
			all[i] = way
		case yaml.MappingNode:
			faults.Errors = append(faults.Errors, unknownKeys(n, "pattern", "url", "body", "form", "follow", "link")...)
			if err := n.Decode((*looseNext)(&all[i])); err != nil {
				faults.Errors = append(faults.Errors, strings.TrimPrefix(err.Error(), "yaml: "))
			}
		default:
			faults.Errors = append(faults.Errors, fmt.Sprintf("line %d column %d: want a rule with url, follow, link or form, or a template", n.Line, n.Column))
		}
	}
	if len(faults.Errors) > 0 {
		return faults
	}
	*w = all
	return nil
}

// looseNext lets url be one template as well as several.
type looseNext Next

func (l *looseNext) UnmarshalYAML(n *yaml.Node) error {
	var one struct {
		Pattern, Body, Form, Follow, Link string
		URL                               yaml.Node
	}
	if err := n.Decode(&one); err != nil {
		return err
	}
	*l = looseNext{Pattern: one.Pattern, Body: one.Body, Form: one.Form, Follow: one.Follow, Link: one.Link}
	switch one.URL.Kind {
	case 0:
		return nil
	case yaml.ScalarNode:
		l.URL = []string{one.URL.Value}
		return nil
	}
	return one.URL.Decode(&l.URL)
}

// unknownKeys tells the keys of a mapping that are none of those known.
func unknownKeys(n *yaml.Node, known ...string) []string {
	var faults []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			faults = append(faults, fmt.Sprintf("line %d column %d: unknown key %s%s; want one of %s", key.Line, key.Column, key.Value, meant(key.Value, known...), strings.Join(known, ", ")))
		}
	}
	return faults
}

// shortWay reads a template with the number of the second page.
func shortWay(s string) (Next, error) {
	template, from, ok := strings.Cut(s, " from ")
	second := 2
	if ok {
		n, err := strconv.Atoi(strings.TrimSpace(from))
		if err != nil {
			return Next{}, fmt.Errorf("got %q; want a template and the number of the second page, such as index_{n}.html from 1", s)
		}
		second = n
	}
	number := "{n}"
	if second > 2 {
		number = fmt.Sprintf("{n+%d}", second-2)
	} else if second < 2 {
		number = fmt.Sprintf("{n-%d}", 2-second)
	}
	return Next{URL: []string{strings.ReplaceAll(strings.TrimSpace(template), "{n}", number)}}, nil
}
