package extract

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// An rtfFont is a font as the font table describes it.
type rtfFont struct {
	name   string
	page   int // code page of bytes set in it; 0 for that of the document
	symbol bool
}

// rtfCharset returns the code page of a font's character set; 0 for those that
// follow the document.
func rtfCharset(n int) int {
	switch n {
	case 128:
		return 932
	case 129, 130:
		return 949
	case 134:
		return 936
	case 136:
		return 950
	case 161:
		return 1253
	case 162:
		return 1254
	case 163:
		return 1258
	case 177:
		return 1255
	case 178:
		return 1256
	case 186:
		return 1257
	case 204:
		return 1251
	case 222:
		return 874
	case 238:
		return 1250
	}
	return 0
}

// codePage returns the decoder of a Windows code page; Western where it is not
// known.
func codePage(n int) encoding.Encoding {
	switch n {
	case 936, 54936:
		return simplifiedchinese.GB18030
	case 950:
		return traditionalchinese.Big5
	case 932:
		return japanese.ShiftJIS
	case 949:
		return korean.EUCKR
	case 874:
		return charmap.Windows874
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 437:
		return charmap.CodePage437
	}
	return charmap.Windows1252
}

// decodePage decodes bytes of a code page. Bytes that it does not know are tried
// as GBK, which Chinese programs write under any label.
func decodePage(b []byte, page int) string {
	ascii := true
	for _, c := range b {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return string(b)
	}
	if page == 65001 {
		return string(b)
	}
	if page == 1252 && inGB2312(b) {
		page = 936 // Western text has no such pairs
	}
	text, err := codePage(page).NewDecoder().Bytes(b)
	if err == nil && !containsBad(text) {
		return string(text)
	}
	if gbk, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil && !containsBad(gbk) {
		return string(gbk)
	}
	return string(text)
}

// inGB2312 reports whether the bytes beyond ASCII come in pairs of GB 2312.
func inGB2312(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		if b[i] < 0xa1 || b[i] > 0xf7 || i+1 == len(b) || b[i+1] < 0xa1 || b[i+1] == 0xff {
			return false
		}
		i++
	}
	return true
}

func containsBad(text []byte) bool {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError {
			return true
		}
		text = text[n:]
	}
	return false
}
