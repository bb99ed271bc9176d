package extract

import (
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// gbkPairs maps the two-byte codes of GB18030, first byte from 0x81 and second from
// 0x40, to characters; 0 stands for no character. The general decoder is an order of
// magnitude slower than its own parser, and half of all pages need it.
var gbkPairs = sync.OnceValue(func() *[126][191]uint16 {
	var pairs [126][191]uint16
	decoder := simplifiedchinese.GB18030.NewDecoder()
	for first := range pairs {
		for second := range pairs[first] {
			text, err := decoder.Bytes([]byte{byte(first + 0x81), byte(second + 0x40)})
			r, size := utf8.DecodeRune(text)
			if err == nil && r != utf8.RuneError && size == len(text) && r > 0x7F {
				pairs[first][second] = uint16(r)
			}
		}
	}
	return &pairs
})

// decodeGB18030 decodes GB18030, and with it GBK and GB2312. It returns false if
// anything was none; U+FFFD stands in its place.
func decodeGB18030(body []byte) (text []byte, clean bool) {
	pairs := gbkPairs()
	out := make([]byte, 0, len(body)+len(body)/4)
	clean = true
	for i := 0; i < len(body); {
		if n := asciiRun(body[i:]); n > 0 {
			out = append(out, body[i:i+n]...)
			i += n
			continue
		}
		r, size := rune(utf8.RuneError), 1
		switch first := int(body[i]) - 0x81; {
		case body[i] == 0x80:
			r = '€'
		case first > 125 || i+1 == len(body):
		case body[i+1] >= 0x40 && body[i+1] <= 0xFE && pairs[first][body[i+1]-0x40] != 0:
			r, size = rune(pairs[first][body[i+1]-0x40]), 2
		case body[i+1] >= '0' && body[i+1] <= '9':
			r, size = fourBytes(body[i:min(i+4, len(body))])
		}
		clean = clean && r != utf8.RuneError
		out = utf8.AppendRune(out, r)
		i += size
	}
	return out, clean
}

// asciiRun returns how many bytes of ASCII b begins with.
func asciiRun(b []byte) int {
	n := 0
	for n+8 <= len(b) && binary.NativeEndian.Uint64(b[n:])&0x8080808080808080 == 0 {
		n += 8
	}
	for n < len(b) && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// fourBytes decodes one of the rare codes of four bytes.
func fourBytes(code []byte) (rune, int) {
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(code)
	r, size := utf8.DecodeRune(text)
	if err != nil || r == utf8.RuneError || size != len(text) || len(code) < 4 {
		return utf8.RuneError, 1
	}
	return r, 4
}
