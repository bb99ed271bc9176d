package web

import "gongkai/internal/report"

// A compareSwitch is a way to count that a reader may switch on for one comparison. It
// is off by default and stands in the title where it is on (indicators.md §1.1, §1.8).
type compareSwitch struct {
	name, value string // in the address
	api         string // name of the same in the API
	words       string // Chinese
	on          *bool
}

// switches are those of a comparison.
func (q *compareQuery) switches() []compareSwitch {
	return []compareSwitch{
		{"blanks", "zero", "blank_as_zero", "空白按零计（限以此勾稽相符的报告）", &q.zeros},
		{"review", "counted", "review", "计入待复核的报告", &q.review},
	}
}

// read reads the value of the switch from an address.
func (s compareSwitch) read(text string) (bool, error) {
	switch text {
	case "":
		return false, nil
	case s.value:
		return true, nil
	}
	return false, &report.ParameterError{Name: s.name, Got: text, Want: s.value}
}

// A switchView is a switch in the form.
type switchView struct {
	Name, Value, Text string
	On                bool
}
