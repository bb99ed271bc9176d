package extract

// word obeys a control word or symbol.
func (r *rtfReader) word(t rtfToken) {
	switch {
	case r.destination(t):
	case r.state.dest == toFonts:
		r.fontWord(t)
	case r.state.dest == toVoid:
	case r.character(t.word):
	case r.paragraphWord(t):
	default:
		r.rowWord(t)
	}
}

// destination obeys the words that open a group of a kind of its own, and those
// that hold wherever they stand.
func (r *rtfReader) destination(t rtfToken) bool {
	ignorable := r.state.ignorable
	r.state.ignorable = t.word == "*"
	if t.word == "*" {
		return true
	}
	if ignorable && !knownIgnorable(t.word) {
		r.state.dest = toVoid
		return true
	}
	switch t.word {
	case "ud": // the branch for programs that know Unicode
		if n := len(r.groups); n > 1 {
			r.state.dest = r.groups[n-2].state.dest
		}
		return true
	case "ansicpg":
		if t.param > 0 {
			r.page = t.param
		}
		return true
	case "uc":
		r.state.fallback = max(0, t.param)
		return true
	case "u":
		r.unicode(t.param)
		return true
	}
	if r.state.dest == toVoid {
		return r.inVoid(t.word)
	}
	return r.group(t.word)
}

// inVoid finds the parts that show in groups that do not.
func (r *rtfReader) inVoid(word string) bool {
	return word != "result" || !r.enter(toText)
}

// enter directs the text of the open group.
func (r *rtfReader) enter(to rtfDest) bool {
	r.state.dest = to
	return true
}

// group obeys a word that says what a group holds.
func (r *rtfReader) group(word string) bool {
	n := len(r.groups)
	switch word {
	case "fonttbl":
		return r.enter(toFonts)
	case "stylesheet":
		return r.enter(toStyles)
	case "colortbl", "info", "header", "headerl", "headerr", "headerf", "footer", "footerl",
		"footerr", "footerf", "footnote", "annotation", "nonesttables", "nonshppict", "shprslt",
		"object", "objdata", "xe", "tc", "rxe", "tcn", "pntxta", "pntxtb", "upr", "filetbl", "template",
		"ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "do", "bkmkstart", "bkmkend", "mmathPict":
		return r.enter(toVoid)
	case "sp":
		return r.enter(toShape)
	case "pict":
		if (r.state.dest == toText || r.state.dest == toShape) && !r.state.hidden && !r.state.deleted && r.story().fields.show() {
			r.doc.Pictures++
		}
		return r.enter(toVoid)
	case "listtext", "pntext":
		return r.enter(toNumber)
	case "field":
		if n > 0 {
			r.groups[n-1].field = true
			r.story().fields.begin(r.state.hidden || r.state.deleted)
		}
		return true
	case "fldinst":
		return r.enter(toCode)
	case "fldrslt":
		r.story().fields.separate()
		return r.enter(toText)
	case "shptxt", "dptxbxtext":
		if n > 0 && !r.groups[n-1].story {
			r.groups[n-1].story = true
			r.stories = append(r.stories, &flowStory{})
			r.state = rtfState{fallback: r.state.fallback, font: r.state.font, outline: 9, hidden: r.state.hidden, deleted: r.state.deleted}
		}
		return true
	case "nesttableprops":
		if n > 0 {
			outer := r.row
			r.groups[n-1].row = &outer
		}
		return true
	}
	return false
}

// knownIgnorable names the groups that old programs may ignore and this reader
// does not.
func knownIgnorable(word string) bool {
	switch word {
	case "shppict", "shpinst", "fldinst", "nesttableprops", "ud", "shptxt", "listtext", "pntext", "dptxbxtext":
		return true
	}
	return false
}

// fontWord reads the font table.
func (r *rtfReader) fontWord(t rtfToken) {
	switch t.word {
	case "f":
		r.endFont()
		r.state.font = t.param
	case "fcharset":
		font := r.fonts[r.state.font]
		font.page, font.symbol = rtfCharset(t.param), t.param == 2
		r.fonts[r.state.font] = font
	case "cpg":
		font := r.fonts[r.state.font]
		font.page = t.param
		r.fonts[r.state.font] = font
	}
}

// character says the character that a word stands for.
func (r *rtfReader) character(word string) bool {
	s, ok := rtfCharacter(word)
	if ok && r.state.dest != toStyles {
		r.say(s)
	}
	return ok
}

func rtfCharacter(word string) (string, bool) {
	switch word {
	case "~", "emspace", "enspace", "qmspace":
		return " ", true
	case "tab":
		return "\t", true
	case "line", "lbr", "page", "column", "softline":
		return "\n", true
	case "_":
		return "-", true
	case "-", "zwj", "zwnj", "zwbo", "zwnbo", "ltrmark", "rtlmark":
		return "", true
	case "emdash":
		return "—", true
	case "endash":
		return "–", true
	case "bullet":
		return "•", true
	case "lquote":
		return "‘", true
	case "rquote":
		return "’", true
	case "ldblquote":
		return "“", true
	case "rdblquote":
		return "”", true
	}
	return "", false
}

// paragraphWord obeys the words of characters and paragraphs.
func (r *rtfReader) paragraphWord(t rtfToken) bool {
	switch t.word {
	case "f":
		r.state.font = t.param
	case "v":
		r.state.hidden = !t.given || t.param != 0
	case "deleted":
		r.state.deleted = !t.given || t.param != 0
	case "strike", "striked":
		r.state.struck = !t.given || t.param != 0
	case "fs":
		r.state.small = t.given && t.param <= 2
	case "plain":
		r.state.hidden, r.state.deleted, r.state.struck, r.state.small = false, false, false, false
	case "pard":
		r.state.inTable, r.state.depth, r.state.style, r.state.outline = false, 0, 0, 9
	case "s":
		r.state.style = t.param
	case "outlinelevel":
		r.state.outline = t.param
	case "intbl":
		r.state.inTable = true
	case "itap":
		r.state.depth = max(0, min(t.param, maxFlowDepth))
	case "par", "sect", "\n", "\r":
		if r.state.dest == toText {
			r.endParagraph()
		}
	case "cell":
		r.endCell(1)
	case "nestcell":
		r.endCell(max(2, r.state.depth))
	case "row":
		r.endRow(1)
		r.rowOpen = false
	case "nestrow":
		r.endRow(max(2, r.state.depth))
	default:
		return false
	}
	return true
}

// rowWord obeys the words that define a row.
func (r *rtfReader) rowWord(t rtfToken) {
	switch word := t.word; {
	case word == "trowd":
		r.row, r.next = rowFormat{}, flowCell{}
		if r.inMainRow() {
			r.rowOpen = true
		}
	case word == "trleft":
		r.row.left = t.param
	case word == "trhdr":
		r.row.header = true
	case word == "clvmgf":
		r.next.down = opens
	case word == "clvmrg":
		r.next.down = continues
	case word == "clmgf":
		r.next.along = opens
	case word == "clmrg":
		r.next.along = continues
	case word == "cldel":
		r.next.gone = true
	case word == "cellx" && len(r.row.cells) < mostColumns:
		r.next.left, r.next.right = r.row.end(), t.param
		r.next.right = max(r.next.right, r.next.left)
		r.row.cells = append(r.row.cells, r.next)
		r.next = flowCell{}
	}
}

// inMainRow reports whether a row definition is that of a table outside others.
func (r *rtfReader) inMainRow() bool {
	for i := range r.groups {
		if r.groups[i].row != nil {
			return false
		}
	}
	return true
}
