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
	Pattern bool   `yaml:"pattern"` // an example to copy, with addresses of nobody: never looked at

	Entries  []Entry        `yaml:"entries"`  // the lists to begin with
	Hosts    []string       `yaml:"hosts"`    // allowed beside the hosts of the entries
	Networks []netip.Prefix `yaml:"networks"` // private address ranges it may be in

	Rules  `yaml:",inline"`
	Polite Polite `yaml:"polite"`

	// Expect is the least number of reports that a good look finds. Below it no
	// absence is inferred and an alarm is raised.
	Expect   int    `yaml:"expect"`
	Schedule string `yaml:"schedule"` // weekly if not given, daily, or five cron fields in China's time

	rules *rules // compiled by ReadPortal
	text  []byte // that ReadPortal read
}

// Text returns the file that the portal was read from; nil where it was read from none.
func (p *Portal) Text() []byte { return p.text }

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
	Page   bool   `yaml:"page"`   // the address is that of a report, or of a page that holds several, and no list
	// Column is the name of the portal's column that the entry lists, such as
	// 政府信息公开年报; the page says it itself if not given.
	Column string `yaml:"column"`
	// Values are values for the templates of this entry: the number of its channel.
	Values map[string]string `yaml:"values"`
	// Through are the pages to pass before the lists, one rule for each step:
	// directories of units, folders of years, frames.
	Through []Hop `yaml:"through"`
}

// Polite is the pace on each host of a portal.
type Polite struct {
	Delay       time.Duration `yaml:"delay"`       // between two requests; 2s if not given
	Concurrency int           `yaml:"concurrency"` // requests at a time; 1 if not given
	Robots      string        `yaml:"robots"`      // obey; there is no other way
	UserAgent   string        `yaml:"user_agent"`  // in place of the crawler's own
	Budget      int           `yaml:"budget"`      // requests to a host in one run; 5000 if not given
	Hours       string        `yaml:"hours"`       // of the day in China, such as 22:00-06:00; the whole day if not given
}

// usualPace is the pace where a file says nothing.
func usualPace() Polite {
	return Polite{Delay: 2 * time.Second, Concurrency: 1, Robots: "obey", Budget: 5000}
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
// reported at once, each with its line and column.
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
	p.text = text
	return p, nil
}

const maxPortalFile = 1 << 20

func readPortal(text []byte) (*Portal, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, syntaxFault(text, err)
	}
	p := &Portal{Enabled: true, Schedule: "weekly", Polite: usualPace()}
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
			return nil, at.networkFault(err)
		}
		for _, e := range te.Errors {
			faults = append(faults, errors.New(at.plainFault(e)))
		}
		if slices.ContainsFunc(te.Errors, func(s string) bool { return strings.Contains(s, " already defined at line ") }) {
			return nil, errors.Join(faults...) // nothing else was read
		}
	}
	if len(faults) == 0 && d.Decode(new(yaml.Node)) != io.EOF {
		faults = append(faults, errors.New("more than one document; give each portal a file of its own"))
	}
	faults = append(faults, p.validate(at)...)
	slices.SortStableFunc(faults, func(a, b error) int { return lineOf(a) - lineOf(b) })
	return p, errors.Join(faults...)
}
