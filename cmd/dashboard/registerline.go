package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A registerLine is one agency of a register file, by column.
type registerLine struct {
	number int // in the file, from 1
	cells  map[string]string
}

// has reports whether the file has a column; text is what stands in it.
func (l registerLine) has(column string) bool    { _, ok := l.cells[column]; return ok }
func (l registerLine) text(column string) string { return l.cells[column] }

// fault is what is wrong with the line.
func (l registerLine) fault(format string, args ...any) error {
	return fmt.Errorf("line %d: "+format, append([]any{l.number}, args...)...)
}

// readRegister reads a register file strictly, and reports all its faults at once.
func readRegister(in io.Reader) ([]registerLine, error) {
	text, err := io.ReadAll(io.LimitReader(in, 64<<20))
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first line names the columns")
	}
	if err != nil {
		return nil, err
	}
	if err := checkColumns(head); err != nil {
		return nil, err
	}
	var lines []registerLine
	var faults []error
	seen := make(map[string]int)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(faults, err)...)
		}
		number, _ := r.FieldPos(0)
		line := registerLine{number: number, cells: make(map[string]string, len(head))}
		for i, column := range head {
			line.cells[column] = strings.TrimSpace(record[i])
		}
		faults = append(faults, line.check()...)
		if first := seen[line.text("id")]; first != 0 {
			faults = append(faults, line.fault("id %q stands in line %d already", line.text("id"), first))
		}
		seen[line.text("id")] = number
		lines = append(lines, line)
	}
	return lines, errors.Join(faults...)
}

// checkColumns holds that the columns are known, and those there that no agency is
// without.
func checkColumns(head []string) error {
	known := append(registerColumns(), "contact", "telephone")
	var faults []error
	for i, column := range head {
		if !slices.Contains(known, column) || slices.Contains(head[:i], column) {
			faults = append(faults, fmt.Errorf("line 1: column %q; want each once of %s", column, strings.Join(known, ", ")))
		}
	}
	for _, column := range []string{"id", "name", "kind", "region"} {
		if !slices.Contains(head, column) {
			faults = append(faults, fmt.Errorf("line 1: no column %s, which no agency is without", column))
		}
	}
	return errors.Join(faults...)
}

// The forms of what stands in a register file.
var (
	agencyID   = regexp.MustCompile(`^[0-9]{2,9}(-[a-z0-9]+)?$`)
	regionCode = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})$`)
)

// check returns all that is wrong with a line by itself.
func (l registerLine) check() (faults []error) {
	want := func(ok bool, column, form string) {
		if !ok {
			faults = append(faults, l.fault("%s %q; want %s", column, l.text(column), form))
		}
	}
	want(agencyID.MatchString(l.text("id")), "id", "a region code, with -gov for a government or -name for a department: 120110001, 120110-gov, 120110-jyj")
	want(l.text("name") != "", "name", "the formal name without the regions above it")
	want(regionCode.MatchString(l.text("region")), "region", "a code of 2, 4, 6 or 9 digits")
	kinds := []string{string(standard.Street), string(standard.Town), string(standard.Township), string(standard.Department), string(standard.Government)}
	want(slices.Contains(kinds, l.text("kind")), "kind", "one of "+strings.Join(kinds, ", "))
	for _, column := range []string{"from", "until"} {
		year, err := strconv.Atoi(l.text(column))
		want(l.text(column) == "" || err == nil && year >= 2008 && year <= 2100, column, "a report year from 2008 on, or nothing")
	}
	if from, until := l.year("from"), l.year("until"); from > 0 && until > 0 && until < from {
		faults = append(faults, l.fault("until %d is before from %d", until, from))
	}
	if _, err := report.ParseDue(l.text("deadline"), l.text("deadline_source")); err != nil {
		faults = append(faults, l.fault("deadline: %v", err))
	}
	want(slices.Contains([]string{"", string(report.Merged), string(report.Split), string(report.Renamed)}, l.text("succession")),
		"succession", "merged, split, renamed, or nothing")
	if (l.text("succession") == "") != (l.text("successor") == "") || l.text("succession") != "" && l.text("until") == "" {
		faults = append(faults, l.fault("succession, successor and until go together: %q, %q, %q", l.text("succession"), l.text("successor"), l.text("until")))
	}
	want(l.text("successor") == "" || l.text("successor") != l.text("id"), "successor", "another agency")
	want(slices.Contains([]string{"", "yes"}, l.text("demo")), "demo", "yes or nothing")
	return faults
}

// year is a year of a line, 0 for none.
func (l registerLine) year(column string) int {
	year, err := strconv.Atoi(l.text(column))
	if err != nil {
		return 0
	}
	return year
}

// fill puts into an agency what the file has a column for. The line has been checked.
func (l registerLine) fill(a *report.Agency) {
	a.ID, a.Name = report.AgencyID(l.text("id")), l.text("name")
	a.Kind, a.Region = standard.Kind(l.text("kind")), standard.RegionCode(l.text("region"))
	if l.has("short") || a.Short == "" {
		a.Short = l.text("short")
	}
	if a.Short == "" {
		a.Short = a.Name
	}
	if l.has("aliases") {
		a.Aliases = strings.FieldsFunc(l.text("aliases"), func(c rune) bool { return c == ';' || c == '；' })
		for i, alias := range a.Aliases {
			a.Aliases[i] = strings.TrimSpace(alias)
		}
	}
	if l.has("from") {
		a.From = l.year("from")
	}
	if l.has("until") {
		a.Until = l.year("until")
	}
	if l.has("deadline") {
		a.Due, _ = report.ParseDue(l.text("deadline"), l.text("deadline_source")) // checked where the line was read
	}
	if l.has("succession") {
		a.Became, a.Heir = report.Succession(l.text("succession")), report.AgencyID(l.text("successor"))
	}
	if l.has("demo") {
		a.Demo = l.text("demo") == "yes"
	}
}
