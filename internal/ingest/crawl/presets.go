package crawl

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

const presetBase = "generic"

// A preset is the rules of a family, with the signs that its pages bear.
type preset struct {
	Rules `yaml:",inline"`
	Rank  int      `yaml:"rank"`  // families are tried in this order; the telling ones first
	Signs []string `yaml:"signs"` // patterns of a list's page
}

// Families returns the names of the presets there are.
func Families() []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// loadPreset puts the rules of a family into a portal. Every family stands on the
// generic rules, and "" is those alone.
func loadPreset(family string, p *Portal) error {
	all := preset{Rules: p.Rules}
	for _, name := range slices.Compact([]string{presetBase, family}) {
		if name == "" {
			continue
		}
		if err := decodePreset(name, &all); err != nil {
			return err
		}
	}
	p.Rules = all.Rules
	return nil
}

func decodePreset(name string, into *preset) error {
	text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return fmt.Errorf("got %q%s; want one of %s", name, meant(name, Families()...), strings.Join(Families(), ", "))
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("preset %s: %w", name, err)
	}
	return nil
}

// recognise returns the family whose sign a list's page bears, and that sign; the
// generic one where it bears none.
func recognise(markup string) (family, sign string, err error) {
	type candidate struct {
		name string
		preset
	}
	var all []candidate
	for _, name := range Families() {
		c := candidate{name: name}
		if err := decodePreset(name, &c.preset); err != nil {
			return "", "", err
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.Rank, b.Rank) })
	for _, c := range all {
		for _, s := range c.Signs {
			re, err := regexp.Compile(s)
			if err != nil {
				return "", "", fmt.Errorf("preset %s: %w", c.name, err)
			}
			if m := re.FindString(markup); m != "" {
				return c.name, shorten(squeeze(m)), nil
			}
		}
	}
	return presetBase, "", nil
}

func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
