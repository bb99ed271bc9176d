package crawl

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

const presetBase = "generic"

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
	for _, name := range slices.Compact([]string{presetBase, family}) {
		if name == "" {
			continue
		}
		text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
		if err != nil {
			return fmt.Errorf("got %q; want one of %s", family, strings.Join(Families(), ", "))
		}
		d := yaml.NewDecoder(bytes.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&p.Rules); err != nil {
			return fmt.Errorf("preset %s: %w", name, err)
		}
	}
	return nil
}
