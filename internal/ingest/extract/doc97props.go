package extract

import "unicode/utf16"

// Property changes (sprms) that say something of text or tables. The name gives
// the operation, the number is as it stands in the file.
const (
	sprmCDeleted  = 0x0800
	sprmCOLE      = 0x080a
	sprmCData     = 0x0806
	sprmCHidden   = 0x083c
	sprmCSpecial  = 0x0855
	sprmCStyle    = 0x4a30
	sprmCSymbol   = 0x6a09
	sprmCPlain    = 0x2a33
	sprmCStrike   = 0x0837
	sprmCStrike2  = 0x2a53
	sprmCSize     = 0x4a43
	sprmCFont     = 0x4a4f
	sprmPStyle    = 0x4600
	sprmPInTable  = 0x2416
	sprmPRowEnd   = 0x2417
	sprmPDepth    = 0x6649
	sprmPDeeper   = 0x664a
	sprmPInCell   = 0x244b
	sprmPInRowEnd = 0x244c
	sprmPHuge     = 0x6646
	sprmPHugeOld  = 0x6645
	sprmPOutline  = 0x2640
	sprmPLevel    = 0x260a
	sprmPList     = 0x460b
	sprmTDefine   = 0xd608
	sprmTMerge    = 0x5624
	sprmTSplit    = 0x5625
	sprmTVertical = 0xd62b
	sprmTInsert   = 0x7621
	sprmTDelete   = 0x5622
	sprmTWidth    = 0x7623
	sprmTHeader   = 0x3404
	sprmPTabs     = 0xc615
)

// eachSprm calls do for each property change with its operand, the length byte of
// variable ones left out.
func eachSprm(props []byte, do func(op int, arg []byte)) {
	for len(props) >= 2 {
		op := u16(props, 0)
		props = props[2:]
		skip, n := 0, 1
		switch op >> 13 {
		case 2, 4, 5:
			n = 2
		case 3:
			n = 4
		case 7:
			n = 3
		case 6:
			skip, n = variableSprm(op, props)
		}
		if skip+n > len(props) {
			return
		}
		do(op, props[skip:skip+n])
		props = props[skip+n:]
	}
}

// variableSprm returns the size of the length field and the length of an operand
// of variable length.
func variableSprm(op int, props []byte) (skip, n int) {
	switch {
	case op == sprmTDefine:
		return 2, max(0, u16(props, 0)-1)
	case len(props) == 0:
		return 0, 0
	case op == sprmPTabs && props[0] == 255:
		// The length is given by the counts of tabs deleted and added.
		if len(props) < 2 {
			return 0, 1 << 20
		}
		deleted := 4 * int(props[1])
		if 2+deleted >= len(props) {
			return 0, 1 << 20
		}
		return 1, 1 + deleted + 1 + 3*int(props[2+deleted])
	}
	return 1, int(props[0])
}

// fastSaved returns the property changes that a piece's modifier means.
func fastSaved(prm int, changes [][]byte) []byte {
	switch {
	case prm == 0:
		return nil
	case prm&1 == 1:
		if i := prm >> 1; i < len(changes) {
			return changes[i]
		}
		return nil
	}
	op := shortSprm(prm >> 1 & 0x7f)
	if op == 0 {
		return nil
	}
	return []byte{byte(op), byte(op >> 8), byte(prm >> 8)}
}

// shortSprm returns the property change that a modifier names in one byte, 0 for
// those that do not matter here.
func shortSprm(n int) int {
	switch n {
	case 0x18:
		return sprmPInTable
	case 0x19:
		return sprmPRowEnd
	case 0x41:
		return sprmCDeleted
	case 0x47:
		return sprmCData
	case 0x4b:
		return sprmCOLE
	case 0x5c:
		return sprmCHidden
	case 0x75:
		return sprmCSpecial
	}
	return 0
}

// A charProps says how a run of characters shows.
type charProps struct {
	hidden, deleted bool
	struck, small   bool
	special         bool // control characters mean objects
	object          bool // the object holds data and is no picture
	symbol          rune // what a symbol shows, 0 for others
	symbolFont      int
}

// apply changes p by the sprms of a run. base is the state of its styles, which
// toggles refer to.
func (p *charProps) apply(props []byte, w *wordFile, base bool) {
	eachSprm(props, func(op int, arg []byte) {
		switch op {
		case sprmCStyle:
			if s := w.style(u16(arg, 0)); s.hidden {
				base = !base
				p.hidden = base
			}
		case sprmCHidden:
			p.hidden = toggled(arg[0], base)
		case sprmCStrike, sprmCStrike2:
			p.struck = toggled(arg[0], false)
		case sprmCSize:
			p.small = u16(arg, 0) <= 2
		case sprmCDeleted:
			p.deleted = arg[0]&1 == 1
		case sprmCSpecial:
			p.special = arg[0]&1 == 1
		case sprmCData, sprmCOLE:
			p.object = p.object || arg[0]&1 == 1
		case sprmCSymbol:
			p.symbolFont, p.symbol = u16(arg, 0), rune(u16(arg, 2))
		case sprmCPlain:
			p.hidden, p.struck, p.small = base, false, false
		}
	})
}

// barely says why the run is shown so that nobody counts it, "" for other runs.
func (p charProps) barely() string {
	switch {
	case p.struck:
		return struckOut
	case p.small:
		return tooSmall
	}
	return ""
}

// toggled reads a toggle: off, on, as the style says, or its opposite.
func toggled(arg byte, style bool) bool {
	switch arg {
	case 0x80:
		return style
	case 0x81:
		return !style
	}
	return arg&1 == 1
}

// A paraProps says where a paragraph stands.
type paraProps struct {
	style       int
	inTable     bool
	depth       int
	rowEnd      bool
	cellEnd     bool // ends a cell of a table in a table
	innerRowEnd bool
	outline     int // 9 for body text
	list, level int
	listSet     bool
	row         rowFormat
}

// apply changes p by sprms. Those that did not fit the page of runs lie in the
// data stream.
func (p *paraProps) apply(props []byte, w *wordFile, huge bool) {
	eachSprm(props, func(op int, arg []byte) {
		switch op {
		case sprmPStyle:
			p.style = u16(arg, 0)
		case sprmPInTable:
			p.inTable = arg[0] == 1
		case sprmPRowEnd:
			p.rowEnd = arg[0] == 1
		case sprmPDepth:
			p.depth = int(int32(u32(arg, 0)))
		case sprmPDeeper:
			p.depth += int(int32(u32(arg, 0)))
		case sprmPInCell:
			p.cellEnd = arg[0] == 1
		case sprmPInRowEnd:
			p.innerRowEnd = arg[0] == 1
		case sprmPOutline:
			p.outline = int(arg[0])
		case sprmPList:
			p.list, p.listSet = int(int16(u16(arg, 0))), true
		case sprmPLevel:
			p.level = int(arg[0])
		case sprmPHuge, sprmPHugeOld:
			if at := u32(arg, 0); !huge {
				p.apply(part(w.data, at+2, u16(w.data, at)), w, true)
			}
		default:
			p.row.apply(op, arg)
		}
	})
}

// utf16Text decodes UTF-16 characters.
func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(u16(b, 2*i))
	}
	return string(utf16.Decode(units))
}
