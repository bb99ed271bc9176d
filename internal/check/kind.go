package check

import (
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// kindOf returns the kind of the agency: as the caller knows it, else as the
// register has it, else as its own name says. It is empty where nobody knows.
func kindOf(r *report.Reading, with Context) standard.Kind {
	if with.Kind != "" {
		return with.Kind
	}
	if with.Agency != nil && with.Agency.Kind != "" {
		return with.Agency.Kind
	}
	return kindOfName(r.Agency)
}

// kindOfName reads the kind from a formal name.
func kindOfName(name string) standard.Kind {
	for _, suffix := range []struct {
		text string
		kind standard.Kind
	}{
		{"街道办事处", standard.Street}, {"街道", standard.Street}, {"办事处", standard.Street},
		{"镇人民政府", standard.Town}, {"镇政府", standard.Town}, {"镇", standard.Town},
		{"乡人民政府", standard.Township}, {"乡政府", standard.Township}, {"乡", standard.Township},
		{"人民政府", standard.Government},
		{"局", standard.Department}, {"委员会", standard.Department}, {"委", standard.Department},
		{"办公室", standard.Department}, {"办公厅", standard.Department}, {"厅", standard.Department},
	} {
		if strings.HasSuffix(name, suffix.text) {
			return suffix.kind
		}
	}
	return ""
}

// small reports whether the agency is a street, a town or a township.
func (s *run) small() bool {
	return s.kind == standard.Street || s.kind == standard.Town || s.kind == standard.Township
}
