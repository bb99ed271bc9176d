package crawl

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// validate returns all that is wrong with a portal, and compiles its rules.
func (p *Portal) validate(at locator) []error {
	var faults []error
	wrong := func(why string, path ...any) { faults = append(faults, at.faultAt(why, path...)) }
	if !idPattern.MatchString(p.ID) {
		wrong(fmt.Sprintf("got %q; want lower case letters, digits and hyphens, such as tj-dongli", p.ID), "id")
	}
	if p.Name == "" {
		wrong("missing; give the portal's name in Chinese", "name")
	}
	if !isRegionCode(string(p.Region)) {
		wrong(fmt.Sprintf("got %q; want a region code of 2, 4, 6 or 9 digits in quotes", p.Region), "region")
	}
	if len(p.Entries) == 0 {
		wrong("missing; give at least one address of a list", "entries")
	}
	for i, e := range p.Entries {
		for name := range e.Values {
			compiler{wrong}.name(name, []any{"entries", i, "values", name})
		}
		p.validateEntry(e, func(why, key string) { wrong(why, "entries", i, key) })
	}
	for i, h := range p.Hosts {
		if h == "" || strings.ContainsAny(h, "/ ") {
			wrong(fmt.Sprintf("got %q; want a host name without scheme and path", h), "hosts", i)
		}
	}
	if p.Pattern && p.Enabled {
		wrong("a pattern has addresses of nobody; write enabled: false, or leave pattern out once the addresses are real", "pattern")
	}
	p.validatePolite(wrong)
	if p.Expect < 0 {
		wrong("must not be negative", "expect")
	}
	if p.Schedule != "weekly" && p.Schedule != "daily" && len(strings.Fields(p.Schedule)) != 5 {
		wrong(fmt.Sprintf("got %q; want weekly, daily or five cron fields, such as 17 3 * * 1", p.Schedule)+meant(p.Schedule, "weekly", "daily"), "schedule")
	}
	p.rules = p.compile(wrong)
	return faults
}

func (p *Portal) validatePolite(wrong func(string, ...any)) {
	if p.Polite.Robots != "obey" {
		wrong(fmt.Sprintf("got %q; robots.txt is always obeyed: want obey", p.Polite.Robots), "polite", "robots")
	}
	if p.Polite.Delay < 0 {
		wrong("must not be negative", "polite", "delay")
	}
	if p.Polite.Concurrency < 1 || p.Polite.Concurrency > 16 {
		wrong(fmt.Sprintf("got %d; want 1 to 16", p.Polite.Concurrency), "polite", "concurrency")
	}
	if _, err := parseHours(p.Polite.Hours); err != nil {
		wrong(err.Error(), "polite", "hours")
	}
	if p.Polite.Budget < 1 {
		wrong(fmt.Sprintf("got %d; want at least 1", p.Polite.Budget), "polite", "budget")
	}
}

func (p *Portal) validateEntry(e Entry, wrong func(why, key string)) {
	u, err := url.Parse(e.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		wrong(fmt.Sprintf("got %q; want an address with http:// or https://", e.URL), "url")
	}
	switch e.Unit {
	case "", ByTitle, ByColumn, ByRow:
	default:
		if e.agency() == "" {
			wrong(fmt.Sprintf("got %q; want by-title, by-column, by-row, a region code or the id of an agency", e.Unit)+meant(e.Unit, ByTitle, ByColumn, ByRow), "unit")
		}
	}
	switch e.Year {
	case "", ByTitle, ByColumn, ByFolder:
	default:
		if y, err := strconv.Atoi(e.Year); err != nil || y < firstYear || y > lastYear {
			wrong(fmt.Sprintf("got %q; want by-title, by-column, by-folder or a year", e.Year)+meant(e.Year, ByTitle, ByColumn, ByFolder), "year")
		}
	}
	if e.Expect < 0 {
		wrong("must not be negative", "expect")
	}
}

var agencyPattern = regexp.MustCompile(`^(\d{9}|\d{2}(\d\d){0,2}-[a-z0-9]+)$`)

// agency returns the agency whose reports the entry lists, and "" where it lists
// those of several.
func (e Entry) agency() report.AgencyID {
	if agencyPattern.MatchString(e.Unit) {
		return report.AgencyID(e.Unit)
	}
	if isRegionCode(e.Unit) {
		return report.AgencyID(e.Unit + "-gov")
	}
	return ""
}

func isRegionCode(s string) bool {
	return standard.RegionCode(s).Level() != "" && strings.Trim(s, "0123456789") == ""
}
