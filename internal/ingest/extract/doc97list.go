package extract

// wordLists counts numbered paragraphs as the lists of a Word document say.
type wordLists struct {
	uses   []int               // list id by the index that paragraphs name, from 1
	levels map[int][]docxLevel // by list id
	counts map[int]*[9]int
}

// Number formats of Word's binary lists by the names that docx has for them.
func wordNumberFormat(n int) string {
	switch n {
	case 1:
		return "upperRoman"
	case 2:
		return "lowerRoman"
	case 3:
		return "upperLetter"
	case 4:
		return "lowerLetter"
	case 10, 11, 33, 35, 37, 39:
		return "chineseCounting"
	case 34, 38:
		return "chineseLegalSimplified"
	case 18, 28:
		return "decimalEnclosedCircle"
	case 22:
		return "decimalZero"
	case 23:
		return "bullet"
	case 30:
		return "ideographTraditional"
	case 255:
		return "none"
	}
	return "decimal"
}

// readWordLists reads the list definitions, whose levels follow them in the table
// stream, and the uses that paragraphs refer to.
func readWordLists(defs, table []byte, end int, uses []byte) wordLists {
	const defSize, useSize = 28, 16
	l := wordLists{levels: map[int][]docxLevel{}, counts: map[int]*[9]int{}}
	for i := range u16(defs, 0) {
		def := part(defs, 2+defSize*i, defSize)
		if len(def) < defSize {
			break
		}
		levels := 9
		if def[26]&1 == 1 {
			levels = 1
		}
		for range levels {
			var level docxLevel
			if level, end = readWordLevel(table, end); end < 0 {
				return l
			}
			l.levels[u32(def, 0)] = append(l.levels[u32(def, 0)], level)
		}
	}
	for i := range min(u32(uses, 0), len(uses)/useSize) {
		l.uses = append(l.uses, u32(uses, 4+useSize*i))
	}
	return l
}

// readWordLevel reads a level at a position and returns the position behind it, or
// -1 where the table ends.
func readWordLevel(table []byte, at int) (docxLevel, int) {
	const fixed = 28
	head := part(table, at, fixed)
	if len(head) < fixed {
		return docxLevel{}, -1
	}
	level := docxLevel{start: u32(head, 0), format: wordNumberFormat(int(head[4]))}
	at += fixed + int(head[25]) + int(head[24])
	n := u16(table, at)
	for _, r := range utf16Text(part(table, at+2, 2*n)) {
		if r < 9 { // stands for the number of a level
			level.text += "%" + string('1'+r)
		} else {
			level.text += string(r)
		}
	}
	return level, at + 2 + 2*n
}

// next counts a paragraph and returns the number that stands before it.
func (l wordLists) next(use, level int) string {
	if use < 1 || use > len(l.uses) {
		return ""
	}
	id := l.uses[use-1]
	levels := l.levels[id]
	if level < 0 || level >= len(levels) {
		return ""
	}
	list := docxList{}
	copy(list.levels[:], levels)
	counts := l.counts[id]
	if counts == nil {
		counts = list.fresh()
		l.counts[id] = counts
	}
	return list.count(level, counts)
}
