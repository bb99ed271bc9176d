package extract

import "strings"

// What word processors and workbooks show so that nobody counts it: struck out by
// hand, white on white, or too small to see. Such text is left out; where digits
// of a table are concerned the document is in doubt, for a reader may judge
// otherwise.
const (
	struckOut = "删除线"
	tooWhite  = "白色文字"
	tooSmall  = "字号过小"
)

// doubtUnseen warns, once a document, of digits in a table that were left out.
func (d *Document) doubtUnseen(why, text string) {
	if strings.IndexFunc(text, isDigit) < 0 {
		return
	}
	for _, have := range d.Warnings {
		if have.Rule == "read.hidden" {
			return
		}
	}
	d.Warnings = append(d.Warnings, Warning{
		Rule: "read.hidden",
		Text: "表格单元格中有未计入的数字（" + why + "：" + squeeze(text) + "）；请对照原件核对",
	})
}
