package extract

import (
	"bytes"
	"strconv"
)

// rtfDigits is the third witness for rtf: it scans the bytes for digits with a
// state of its own, just enough to pass over groups that hold no text and over
// deleted and hidden runs. It knows no paragraphs, rows, fonts or fields.
func rtfDigits(src []byte) []string {
	w := rtfWitness{src: src, state: rtfWitnessState{uc: 1}, digits: digitRuns{words: true}}
	for w.at < len(src) {
		w.step()
	}
	return w.digits.done()
}

type rtfWitnessState struct {
	void   bool
	hidden bool
	uc     int
}

type rtfWitness struct {
	src    []byte
	at     int
	digits digitRuns
	state  rtfWitnessState
	stack  []rtfWitnessState
	lead   byte // first byte of a character of two
	pass   int  // characters to pass over
}

func (w *rtfWitness) step() {
	c := w.src[w.at]
	w.at++
	switch c {
	case '{':
		w.stack = append(w.stack, w.state)
		w.pass, w.lead = 0, 0
		w.state.void = w.state.void || w.opensVoid()
	case '}':
		if n := len(w.stack); n > 0 {
			w.state, w.stack = w.stack[n-1], w.stack[:n-1]
		}
		w.pass, w.lead = 0, 0
	case '\r', '\n':
	case '\\':
		w.control()
	default:
		w.char(c)
	}
}

// opensVoid looks at the words that follow a brace.
func (w *rtfWitness) opensVoid() bool {
	head := part(w.src, w.at, 40)
	head, starred := bytes.CutPrefix(head, []byte(`\*`))
	head = bytes.TrimLeft(head, "\r\n ")
	word := head
	for i, c := range head {
		if i > 0 && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			word = head[:i]
			break
		}
	}
	switch string(word) {
	case `\shppict`, `\shpinst`, `\nesttableprops`, `\shptxt`, `\listtext`, `\ud`:
		return false
	case `\fonttbl`, `\colortbl`, `\stylesheet`, `\info`, `\pict`, `\header`, `\headerl`, `\headerr`, `\headerf`,
		`\footer`, `\footerl`, `\footerr`, `\footerf`, `\footnote`, `\annotation`, `\nonesttables`, `\nonshppict`,
		`\shprslt`, `\objdata`, `\fldinst`, `\sp`, `\xe`, `\tc`:
		return true
	}
	return starred
}

// char takes a byte of text.
func (w *rtfWitness) char(c byte) {
	if w.pass > 0 {
		w.pass--
		return
	}
	if w.state.void || w.state.hidden {
		return
	}
	lead := w.lead
	w.lead = 0
	switch {
	case lead == 0xa3 && c >= 0xb0 && c <= 0xb9: // full width in GBK
		w.digits.add(rune(c - 0xb0 + '0'))
	case lead == 0xa3 && c == 0xae:
		w.digits.add('．')
	case lead == 0xa3 && c == 0xad, lead == 0xa1 && c == 0xaa, lead == 0xa8 && c == 0x43:
		w.digits.add('-')
	case lead != 0 && c >= 0x40:
		w.digits.add(gbkWord(lead, c))
	case c >= 0x81:
		w.lead = c
	default:
		w.digits.add(rune(c))
	}
}

// gbkWord returns the word that belongs to a number, of the two bytes that it is in
// GBK, and some character that does not for any other.
func gbkWord(lead, trail byte) rune {
	switch [2]byte{lead, trail} {
	case [2]byte{0xd4, 0xaa}:
		return '元'
	case [2]byte{0xcd, 0xf2}:
		return '万'
	case [2]byte{0xd2, 0xda}:
		return '亿'
	case [2]byte{0xbc, 0xf5}:
		return '减'
	case [2]byte{0xc9, 0xd9}:
		return '少'
	}
	return '字'
}

// control passes over a control word, and heeds those that hide text or end a run.
func (w *rtfWitness) control() {
	if w.at >= len(w.src) {
		return
	}
	c := w.src[w.at]
	if c == '\'' {
		n, err := strconv.ParseUint(string(part(w.src, w.at+1, 2)), 16, 8)
		w.at += 3
		if err == nil {
			w.char(byte(n))
		}
		return
	}
	from := w.at
	for w.at < len(w.src) && (w.src[w.at]|0x20 >= 'a' && w.src[w.at]|0x20 <= 'z') {
		w.at++
	}
	word := string(w.src[from:min(w.at, from+20)])
	if word == "" {
		w.at++
		switch c {
		case '*', '-', '|', ':':
		case '_':
			w.char('-')
		default:
			w.char(' ')
		}
		return
	}
	from = w.at
	for w.at < len(w.src) && (w.src[w.at] == '-' || w.src[w.at] >= '0' && w.src[w.at] <= '9') {
		w.at++
	}
	n, err := strconv.Atoi(string(w.src[from:min(w.at, from+12)]))
	if w.at < len(w.src) && w.src[w.at] == ' ' {
		w.at++
	}
	w.word(word, n, err == nil)
}

func (w *rtfWitness) word(word string, n int, given bool) {
	switch word {
	case "u":
		if !w.state.void && !w.state.hidden {
			w.digits.add(rune(uint16(n)))
		}
		w.pass = w.state.uc
		return
	case "uc":
		w.state.uc = max(0, n)
	case "bin":
		w.at = min(len(w.src), w.at+max(0, n))
	case "deleted", "v":
		w.state.hidden = !given || n != 0
	case "plain":
		w.state.hidden = false
	case "emdash", "endash":
		w.char('-')
	case "par", "cell", "nestcell", "row", "nestrow", "tab", "line", "page", "sect", "pard", "bullet", "lquote", "rquote", "ldblquote", "rdblquote":
		w.digits.cut()
	}
	w.pass, w.lead = 0, 0
}
