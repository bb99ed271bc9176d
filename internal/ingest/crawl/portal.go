package crawl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gongkai/internal/standard"
)

// A Portal says where a government publishes. Portals are files, so that adding
// one takes no Go.
type Portal struct {
	ID     string              `yaml:"id"`
	Name   string              `yaml:"name"`
	Region standard.RegionCode `yaml:"region"` // of the government whose portal it is
	Family string              `yaml:"family"` // preset of rules; those given here override it

	Enabled bool   `yaml:"enabled"` // true if not given; a refresh leaves others out
	Note    string `yaml:"note"`    // why it is as it is, for people
	Tried   string `yaml:"tried"`   // day of the last trial against the real portal, or never
	Demo    bool   `yaml:"demo"`    // fictitious, shown as 示例 everywhere

	Entries  []Entry        `yaml:"entries"`  // the lists to begin with
	Hosts    []string       `yaml:"hosts"`    // allowed beside the hosts of the entries
	Networks []netip.Prefix `yaml:"networks"` // private address ranges it may be in

	Rules  `yaml:",inline"`
	Polite Polite `yaml:"polite"`

	// Expect is the least number of reports that a good look finds. Below it no
	// absence is inferred and an alarm is raised.
	Expect   int    `yaml:"expect"`
	Schedule string `yaml:"schedule"` // weekly if not given, daily, or five cron fields

	rules *rules // compiled by ReadPortal
}

// An Entry is an address to begin with, and what it stands for.
type Entry struct {
	URL string `yaml:"url"`
	// Unit says whose reports the entry lists: by-title (the default), by-column
	// (the text of the link that led to the list), by-row (of a matrix), or one
	// agency: the region code of a street, town or government, or an agency's id.
	Unit   string `yaml:"unit"`
	Year   string `yaml:"year"`   // by-title (the default), by-column, by-folder, or one year
	Offset int    `yaml:"offset"` // added to the year of a column or folder: -1 for those of publication
	Expect int    `yaml:"expect"` // least reports of this entry
	// Through are the pages to pass before the lists, one rule for each step:
	// directories of units, folders of years, frames.
	Through []Hop `yaml:"through"`
}

// A Hop leads from a page to the pages that its links name.
type Hop struct {
	Link   string `yaml:"link"`   // what to follow: selector@attribute
	Text   string `yaml:"text"`   // pattern that the text of the link must match
	Reject string `yaml:"reject"` // pattern that it must not match
}

// Polite is the pace on each host of a portal.
type Polite struct {
	Delay       time.Duration `yaml:"delay"`       // between two requests; 2s if not given
	Concurrency int           `yaml:"concurrency"` // requests at a time; 1 if not given
	Robots      string        `yaml:"robots"`      // obey; there is no other way
	UserAgent   string        `yaml:"user_agent"`  // in place of the crawler's own
	Budget      int           `yaml:"budget"`      // requests to a host in one run; 5000 if not given
}

// The ways to know the unit or the year of what a list links.
const (
	ByTitle  = "by-title"
	ByColumn = "by-column"
	ByRow    = "by-row"
	ByFolder = "by-folder"
)

// ReadPortal reads a portal file; name is for its errors. A key that Portal lacks
// is an error: a misspelt key would be a default that nobody chose. All faults are
// reported at once, each with its line.
func ReadPortal(name string, r io.Reader) (*Portal, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPortalFile+1))
	if err != nil {
		return nil, fmt.Errorf("portal %s: %w", name, err)
	}
	if len(text) > maxPortalFile {
		return nil, fmt.Errorf("portal %s: more than %d bytes; is it a portal file?", name, maxPortalFile)
	}
	p, err := readPortal(text)
	if err != nil {
		return nil, fmt.Errorf("portal %s: %w", name, err)
	}
	return p, nil
}

const maxPortalFile = 1 << 20

func readPortal(text []byte) (*Portal, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	p := &Portal{Enabled: true, Schedule: "weekly",
		Polite: Polite{Delay: 2 * time.Second, Concurrency: 1, Robots: "obey", Budget: 5000}}
	if len(doc.Content) == 0 {
		return nil, errors.New("the file is empty; give at least id, name, region and entries")
	}
	at := locator{&doc}
	if err := loadPreset(at.text("family"), p); err != nil {
		return nil, at.fault("family", err.Error())
	}
	// What can be checked is checked even where a key is wrong, so that all faults
	// are told at once.
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var faults []error
	if err := d.Decode(p); err != nil {
		var te *yaml.TypeError
		if !errors.As(err, &te) {
			return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
		}
		for _, e := range te.Errors {
			faults = append(faults, errors.New(plainFault(e)))
		}
	}
	if len(faults) == 0 && d.Decode(new(yaml.Node)) != io.EOF {
		faults = append(faults, errors.New("more than one document; give each portal a file of its own"))
	}
	faults = append(faults, p.validate(at)...)
	slices.SortStableFunc(faults, func(a, b error) int { return lineOf(a) - lineOf(b) })
	return p, errors.Join(faults...)
}

// plainFault turns the decoder's words into the house's.
func plainFault(s string) string {
	line, rest, ok := strings.Cut(s, ": ")
	if field, found := strings.CutPrefix(rest, "field "); ok && found {
		if field, _, found = strings.Cut(field, " not found in type "); found {
			return line + ": unknown key " + field + "; data/portals/README.md says which keys there are"
		}
	}
	return s
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
