package extract

import "strings"

// A wordStyle is a style with what it inherits.
type wordStyle struct {
	props      paraProps
	hidden     bool // hides its text
	heading    bool
	basedOn    int
	paraChange []byte
	charChange []byte
}

// style returns a style by its index; one that is not there says nothing.
func (w *wordFile) style(i int) wordStyle {
	if i >= 0 && i < len(w.styles) {
		return w.styles[i]
	}
	return wordStyle{props: paraProps{outline: 9}}
}

// readWordStyles reads the style sheet.
func readWordStyles(sheet []byte) []wordStyle {
	if len(sheet) < 8 {
		return nil
	}
	count, baseSize := u16(sheet, 2), u16(sheet, 4)
	at := 2 + u16(sheet, 0)
	styles := make([]wordStyle, 0, min(count, 4096))
	for range min(count, 4096) {
		size := u16(sheet, at)
		styles = append(styles, readWordStyle(part(sheet, at+2, size), baseSize))
		at += 2 + size
		if at > len(sheet) {
			break
		}
	}
	for i := range styles {
		styles[i].inherit(styles, 0)
	}
	return styles
}

// readWordStyle reads one style as written, without what it inherits.
func readWordStyle(b []byte, baseSize int) wordStyle {
	const none = 0xfff
	s := wordStyle{basedOn: none}
	if len(b) < baseSize+2 || baseSize < 10 {
		return s
	}
	kind := u16(b, 2) & 0xf
	s.basedOn = u16(b, 2) >> 4
	builtIn := u16(b, 0) & 0xfff
	s.heading = builtIn >= 1 && builtIn <= 9 || builtIn == 62
	at := baseSize + 2 + 2*u16(b, baseSize) + 2 // behind the name and its zero
	next := func() []byte {
		n := u16(b, at)
		change := part(b, at+2, n)
		at += 2 + n
		at += at & 1
		return change
	}
	switch kind {
	case 1: // of paragraphs: their properties, behind the style's own index, then characters'
		if change := next(); len(change) > 2 {
			s.paraChange = change[2:]
		}
		s.charChange = next()
	case 2: // of characters
		s.charChange = next()
	}
	return s
}

// inherit works out a style from the ones it is based on.
func (s *wordStyle) inherit(all []wordStyle, depth int) {
	const deepest = 11
	s.props = paraProps{outline: 9}
	base := wordStyle{props: s.props}
	if s.basedOn < len(all) && depth < deepest {
		base = all[s.basedOn]
		base.inherit(all, depth+1)
	}
	s.props = base.props
	s.props.apply(s.paraChange, &wordFile{}, true)
	p := charProps{hidden: base.hidden}
	p.apply(s.charChange, &wordFile{}, base.hidden)
	s.hidden = p.hidden
	s.heading = s.heading || s.props.outline < 9
}

// readWordFonts reads the names of the fonts.
func readWordFonts(table []byte) []string {
	var names []string
	at := 4
	for range min(u16(table, 0), 4096) {
		size := 1 + int(append(part(table, at, 1), 0)[0])
		name, _, _ := strings.Cut(utf16Text(part(table, at+40, size-40)), "\x00")
		names = append(names, name)
		at += size
		if at >= len(table) {
			break
		}
	}
	return names
}

// font returns the name of a font by its index.
func (w *wordFile) font(i int) string {
	if i >= 0 && i < len(w.fonts) {
		return w.fonts[i]
	}
	return ""
}
