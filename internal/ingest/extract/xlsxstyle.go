package extract

import "strings"

// An xlsxStyle is what a cell's format says.
type xlsxStyle struct {
	format numberFormat
	framed bool
	barely string // why the cell is shown so that nobody counts it
}

// xlsxStyles is the styles part as far as it says what a reader sees.
type xlsxStyles struct {
	Formats []struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	} `xml:"numFmts>numFmt"`
	Fonts   []xlsxFont   `xml:"fonts>font"`
	Fills   []xlsxFill   `xml:"fills>fill"`
	Borders []xlsxBorder `xml:"borders>border"`
	Cells   []struct {
		Format int `xml:"numFmtId,attr"`
		Border int `xml:"borderId,attr"`
		Font   int `xml:"fontId,attr"`
		Fill   int `xml:"fillId,attr"`
	} `xml:"cellXfs>xf"`
}

type xlsxFont struct {
	Strike *docxVal `xml:"strike"`
	Colour struct {
		RGB     string `xml:"rgb,attr"`
		Theme   string `xml:"theme,attr"`
		Indexed string `xml:"indexed,attr"`
	} `xml:"color"`
}

// struck and white say how the font takes text away. The first colour of a theme is
// that of the ground.
func (f xlsxFont) struck() bool {
	return f.Strike != nil && f.Strike.string() != "0" && f.Strike.string() != "false"
}

func (f xlsxFont) white() bool {
	c := f.Colour
	return strings.EqualFold(c.RGB, "ffffffff") || c.Theme == "0" || c.Indexed == "9" || c.Indexed == "1"
}

type xlsxFill struct {
	Pattern struct {
		Type string `xml:"patternType,attr"`
	} `xml:"patternFill"`
	Gradient *struct{} `xml:"gradientFill"`
}

func (f xlsxFill) shows() bool {
	return f.Gradient != nil || f.Pattern.Type != "" && f.Pattern.Type != "none"
}

type xlsxBorder struct {
	Left  xlsxSide `xml:"left"`
	Right xlsxSide `xml:"right"`
}

type xlsxSide struct {
	Style string `xml:"style,attr"`
}

func (s xlsxSide) shows() bool { return s.Style != "" && s.Style != "none" }

// readStyles reads the number formats, frames and fonts that cells refer to.
func (x *xlsxBook) readStyles(body []byte) error {
	var s xlsxStyles
	if err := newXML(body).Decode(&s); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range s.Formats {
		codes[f.ID] = f.Code
	}
	x.formats = map[string]numberFormat{}
	for _, c := range s.Cells {
		code, own := codes[c.Format]
		if !own {
			code = builtInFormat(c.Format)
		}
		border, font, fill := elementAt(s.Borders, c.Border), elementAt(s.Fonts, c.Font), elementAt(s.Fills, c.Fill)
		style := xlsxStyle{format: x.format(code), framed: border.Left.shows() || border.Right.shows()}
		switch {
		case font.struck():
			style.barely = struckOut
		case font.white() && !fill.shows():
			style.barely = tooWhite
		}
		x.styles = append(x.styles, style)
	}
	return nil
}

// elementAt returns an element of a list, the zero value where there is none.
func elementAt[T any](list []T, i int) T {
	var none T
	if i < 0 || i >= len(list) {
		return none
	}
	return list[i]
}

// format parses a format code once.
func (x *xlsxBook) format(code string) numberFormat {
	f, ok := x.formats[code]
	if !ok {
		f = parseNumberFormat(code)
		x.formats[code] = f
	}
	return f
}

// style returns the style of a cell; General where it is not there.
func (x *xlsxBook) style(i int) xlsxStyle {
	if i >= 0 && i < len(x.styles) {
		return x.styles[i]
	}
	return xlsxStyle{format: parseNumberFormat("General")}
}
