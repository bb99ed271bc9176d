package aggregate

import (
	"slices"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A partSpec says of which cells a part of a composition is the sum, by format.
type partSpec struct {
	id    string
	name  standard.Label
	terms map[standard.Format][]standard.Term
}

// A composition is a whole of parts, with the cell that prints the whole.
type composition struct {
	parts []partSpec
	total map[standard.Format]standard.CellCode
}

// outcomes are the six groups of 办理结果. Of the form of 2014 only the two groups
// that can be joined are theirs; its other replies are one part, earlier.
func outcomes() composition {
	rows := func(list []string) []standard.Term {
		terms := make([]standard.Term, len(list))
		for i, row := range list {
			terms[i] = standard.Term{Cell: standard.At(row, standard.Total)}
		}
		return terms
	}
	both := func(list []string) map[standard.Format][]standard.Term {
		return map[standard.Format][]standard.Term{standard.F2019: rows(list), standard.F2021: rows(list)}
	}
	granted := both([]string{"outcome.granted"})
	granted[standard.F2014] = plus("replies.already_public", "replies.granted")
	partial := both([]string{"outcome.partial"})
	partial[standard.F2014] = plus("replies.partial")
	return composition{
		parts: []partSpec{
			{"granted", standard.Label{ZH: "予以公开", EN: "Granted"}, granted},
			{"partial", standard.Label{ZH: "部分公开", EN: "Granted in part"}, partial},
			{"denied", standard.Label{ZH: "不予公开", EN: "Denied"}, both(standard.Denied())},
			{"unavailable", standard.Label{ZH: "无法提供", EN: "Unavailable"}, both(standard.Unavailable())},
			{"unprocessed", standard.Label{ZH: "不予处理", EN: "Not processed"}, both(standard.Unprocessed())},
			{"other", standard.Label{ZH: "其他处理", EN: "Otherwise ended"}, map[standard.Format][]standard.Term{
				standard.F2019: rows(standard.OtherOutcomes(standard.F2019)),
				standard.F2021: rows(standard.OtherOutcomes(standard.F2021)),
			}},
			{"earlier", standard.Label{ZH: "旧格式其余答复", EN: "Other replies of the old form"},
				map[standard.Format][]standard.Term{standard.F2014: plus("replies.denied", "replies.not_this_agency",
					"replies.not_exist", "replies.correction_asked", "replies.other_channel")}},
		},
		total: map[standard.Format]standard.CellCode{
			standard.F2014: "replies.total", standard.F2019: "outcome.total/total", standard.F2021: "outcome.total/total",
		},
	}
}

// disputes are the results of a kind of dispute; suits add both kinds of suit.
func disputes(kinds ...string) composition {
	names := map[string]standard.Label{
		"upheld": {ZH: "结果维持", EN: "Upheld"}, "corrected": {ZH: "结果纠正", EN: "Corrected"},
		"other": {ZH: "其他结果", EN: "Other result"}, "pending": {ZH: "尚未审结", EN: "Pending"},
	}
	var c composition
	for _, result := range standard.AppealResults() {
		var terms []standard.Term
		for _, kind := range kinds {
			terms = append(terms, standard.Term{Cell: standard.CellCode(kind + "." + result)})
		}
		c.parts = append(c.parts, partSpec{result, names[result], map[standard.Format][]standard.Term{
			standard.F2019: terms, standard.F2021: terms,
		}})
	}
	return c
}

func plus(codes ...standard.CellCode) []standard.Term {
	terms := make([]standard.Term, len(codes))
	for i, code := range codes {
		terms[i] = standard.Term{Cell: code}
	}
	return terms
}

// place finds the positions of the terms in each form once, for all reports. Forms may
// share a list, so each gets its own.
func (c composition) place() {
	for _, p := range c.parts {
		for format, terms := range p.terms {
			own := slices.Clone(terms)
			for i := range own {
				if at, ok := standard.FormOf(format).Index(own[i].Cell); ok {
					own[i].Place = at + 1
				}
			}
			p.terms[format] = own
		}
	}
}

// of returns the parts of one version; known only where every part is.
func (c composition) of(v *version) (parts []report.Amount, total report.Amount, known bool) {
	parts = make([]report.Amount, len(c.parts))
	for i := range c.parts {
		terms := c.parts[i].terms[v.Format]
		if len(terms) == 0 {
			continue
		}
		a, ok, _ := v.cells.sum(terms)
		if !ok {
			return nil, 0, false
		}
		parts[i] = a
		total += a
	}
	if code, ok := c.total[v.Format]; ok {
		if printed, ok, _ := v.cells.amount(code); ok {
			total = printed
		}
	}
	return parts, total, true
}

// sum adds the parts over the reports given, and says what they stand on.
func (c composition) sum(reports []memberYear, year int) YearParts {
	y := YearParts{Year: year, Parts: make([]Part, len(c.parts))}
	for i, p := range c.parts {
		y.Parts[i] = Part{ID: p.id, Name: p.name}
	}
	for _, m := range reports {
		v := m.counted
		if v == nil {
			y.Basis.add(m.owed, false)
			continue
		}
		parts, total, ok := c.of(v)
		y.Basis.add(m.owed, ok)
		if !ok {
			continue
		}
		y.Known = true
		y.Total += total
		for i, a := range parts {
			y.Parts[i].Value += a
			y.Parts[i].Known = y.Parts[i].Known || len(c.parts[i].terms[v.Format]) > 0
		}
	}
	return y
}

// composeYears is a composition over years with its breaks: of the reports that in names
// for each.
func composeYears(c composition, in func(year int) []memberYear, years []int) []YearParts {
	c.place()
	return c.years(years, func(year int) YearParts { return c.sum(in(year), year) })
}

// years is a composition over years with its breaks, as sum has it for each.
func (c composition) years(years []int, sum func(year int) YearParts) []YearParts {
	codes := c.comparable()
	list := make([]YearParts, len(years))
	for i, year := range years {
		list[i] = sum(year)
		if i == 0 {
			continue
		}
		if b, ok := standard.BreakBetween(years[i-1], year, codes); ok {
			list[i].Break, list[i].Cut = b.Reason.ZH, b.Hard
		}
	}
	return list
}

// comparable returns the cells whose breaks concern the composition: a part that is
// a sum in one form and a single row in another is comparable as the sum.
func (c composition) comparable() []standard.CellCode {
	var codes []standard.CellCode
	for _, p := range c.parts {
		if len(p.terms[standard.F2019]) != len(p.terms[standard.F2021]) {
			continue
		}
		for _, t := range p.terms[standard.F2021] {
			codes = append(codes, t.Cell)
		}
	}
	return codes
}
