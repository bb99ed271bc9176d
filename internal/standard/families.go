package standard

import "strings"

// A parameter of a family: what stands in place of its mark in the id and the
// formula, and in the name.
type parameter struct {
	value string
	name  Label
}

// members writes a row of the table of indicators out for each applicant, ground,
// kind of dispute or document count that its mark stands for. A row without a mark
// is one indicator. The last field of each row is the id of the family.
func members(row []string) [][]string {
	for mark, list := range map[string]func() []parameter{
		"{a}": applicantParameters, "{g}": groundParameters, "{k}": kindParameters, "{d}": documentParameters,
	} {
		if !strings.Contains(row[0], mark) {
			continue
		}
		var all [][]string
		for _, p := range list() {
			one := make([]string, len(row), len(row)+1)
			for i, field := range row {
				with := p.value
				switch i {
				case 4:
					with = p.name.ZH
				case 5:
					with = p.name.EN
				}
				one[i] = strings.ReplaceAll(field, mark, with)
			}
			all = append(all, append(one, strings.TrimSuffix(row[0], "."+mark)))
		}
		return all
	}
	return [][]string{append(append([]string(nil), row...), "")}
}

// Family returns the indicators that share a family, in the order of the form.
func Family(id string) []Indicator {
	var all []Indicator
	for _, i := range Indicators() {
		if i.Family == id && id != "" {
			all = append(all, i)
		}
	}
	return all
}

func applicantParameters() []parameter {
	var list []parameter
	for _, a := range Applicants() {
		cell, _ := FormOf(F2021).Cell(At("requests.new", a))
		list = append(list, parameter{string(a), last(cell.ColumnLabel)})
	}
	return list
}

func groundParameters() []parameter {
	var list []parameter
	for _, row := range Denied() {
		list = append(list, parameter{strings.TrimPrefix(row, "outcome.denied."), GroundName(row)})
	}
	return list
}

func kindParameters() []parameter {
	var list []parameter
	for _, kind := range AppealKinds() {
		cell, _ := FormOf(F2021).Cell(CellCode(kind + ".total"))
		list = append(list, parameter{kind, last(cell.RowLabel)})
	}
	return list
}

func documentParameters() []parameter {
	return []parameter{{"issued", Label{ZH: "制发", EN: "issued"}}, {"repealed", Label{ZH: "废止", EN: "repealed"}}}
}

// GroundName is the label of an outcome row without its group and number.
func GroundName(row string) Label {
	cell, _ := FormOf(F2021).Cell(At(row, Total))
	name := last(cell.RowLabel)
	return Label{ZH: unnumbered(name.ZH), EN: unnumbered(name.EN)}
}

// last is the innermost part of a label.
func last(l Label) Label {
	part := func(s string) string { return strings.TrimSpace(s[strings.LastIndex(s, "/")+1:]) }
	return Label{ZH: part(l.ZH), EN: part(l.EN)}
}

func unnumbered(s string) string {
	if _, after, ok := strings.Cut(s, "."); ok {
		return strings.TrimSpace(after)
	}
	return s
}
