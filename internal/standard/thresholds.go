package standard

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Thresholds replace defaults of the catalogue, by rule and name: year.jump.ratio.
// A nil map replaces none. docs/thresholds.md lists them all.
type Thresholds map[string]float64

// Of returns the number that a rule compares with: that of the settings, else the
// default of the catalogue.
func (t Thresholds) Of(rule, name string) float64 {
	if len(t) > 0 {
		if value, ok := t[rule+"."+name]; ok {
			return value
		}
	}
	r, _ := RuleOf(rule)
	return r.Threshold(name)
}

// Used writes the thresholds of a rule as they are in force, "" where it has none.
func (t Thresholds) Used(rule string) string {
	r, _ := RuleOf(rule)
	var all []string
	for _, one := range r.Thresholds {
		all = append(all, one.Name+"="+strconv.FormatFloat(t.Of(rule, one.Name), 'f', -1, 64))
	}
	return strings.Join(all, " ")
}

// String writes the thresholds that are others than the catalogue's, in one order and as
// ParseThresholds reads them; "" for none.
func (t Thresholds) String() string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(t)) {
		dot := strings.LastIndexByte(key, '.')
		if r, ok := RuleOf(key[:max(dot, 0)]); ok && r.Threshold(key[dot+1:]) == t[key] {
			continue
		}
		all = append(all, key+"="+strconv.FormatFloat(t[key], 'f', -1, 64))
	}
	return strings.Join(all, ";")
}

// Validate names every key that is no threshold of the catalogue, since a misspelt one
// would be a default that nobody chose, and every value that no rule can compare with.
func (t Thresholds) Validate() error {
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(t)) {
		dot := strings.LastIndexByte(key, '.')
		rule, ok := RuleOf(key[:max(dot, 0)])
		if !ok || !slices.ContainsFunc(rule.Thresholds, func(one Threshold) bool { return one.Name == key[dot+1:] }) {
			faults = append(faults, fmt.Errorf("threshold %s: no rule has it; see the thresholds of the rule on /methods or in docs/thresholds.md", key))
			continue
		}
		if v := t[key]; math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			faults = append(faults, fmt.Errorf("threshold %s: %v; want a number of 0 or more", key, v))
		}
	}
	return errors.Join(faults...)
}

// ParseThresholds reads thresholds from one line: year.jump.ratio=6;peer.outlier.mad=4.
func ParseThresholds(line string) (Thresholds, error) {
	t := make(Thresholds)
	for part := range strings.SplitSeq(line, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, text, _ := strings.Cut(part, "=")
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return nil, fmt.Errorf("threshold %q; want rule.name=number, such as year.jump.ratio=6, with ; between several", part)
		}
		t[strings.TrimSpace(key)] = value
	}
	return t, t.Validate()
}
