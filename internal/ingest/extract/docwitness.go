package extract

// A digitRuns gathers the runs of digits of a text, full-width digits as ASCII;
// marks without width do not end a run, a point between two digits and a dash before
// the first are part of it.
// It is all that the witnesses of the office types share with each other; with the
// readers they share nothing.
type digitRuns struct {
	runs  []string
	open  []byte
	ahead byte // a point or a dash that is part of the run if a digit follows, 0 for none
	words bool // words are part of runs, as digits.go says
	unit  bool // the open run ends with a unit
}

// add takes the next character of the text.
func (d *digitRuns) add(r rune) {
	switch {
	case r >= '0' && r <= '9':
		d.digit(byte(r))
	case r >= '０' && r <= '９':
		d.digit(byte('0' + r - '０'))
	case (r == '.' || r == '．') && len(d.open) > 0 && d.ahead == 0 && !d.unit:
		d.ahead = '.'
	case isMinus(r), d.words && isMinusWord(r):
		d.cut()
		d.ahead = '-'
	case d.words && r == '少' && d.ahead == '-' && len(d.open) == 0: // 减少
	case d.words && isMoneyWord(r) && len(d.open) > 0 && d.ahead == 0:
		d.open = append(d.open, string(r)...)
		d.unit = true
	case classOf(r) != widthless:
		d.cut()
	}
}

// digit takes a digit, with the mark before it.
func (d *digitRuns) digit(c byte) {
	if d.unit {
		d.cut()
	}
	if d.ahead != 0 {
		d.open = append(d.open, d.ahead)
		d.ahead = 0
	}
	d.open = append(d.open, c)
}

// text takes a piece of text. A run may go on in the next piece.
func (d *digitRuns) text(s string) {
	for _, r := range s {
		d.add(r)
	}
}

// cut ends the open run.
func (d *digitRuns) cut() {
	d.ahead, d.unit = 0, false
	if len(d.open) > 0 {
		d.runs = append(d.runs, string(d.open))
		d.open = d.open[:0]
	}
}

// mark returns the number of runs so far, for dropping what follows.
func (d *digitRuns) mark() int {
	d.cut()
	return len(d.runs)
}

// drop forgets all runs after a mark.
func (d *digitRuns) drop(mark int) {
	d.cut()
	d.runs = d.runs[:min(mark, len(d.runs))]
}

// done returns the runs; never nil, for nil says that there is no witness.
func (d *digitRuns) done() []string {
	d.cut()
	if d.runs == nil {
		return []string{}
	}
	return d.runs
}
