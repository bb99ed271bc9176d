package extract

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/saintfish/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// A decoded is a text in UTF-8 and how it came to be.
type decoded struct {
	text     []byte // valid UTF-8; shares memory with the input where it was that already
	route    string // utf-8 (declared)
	warnings []Warning
}

// decode turns bytes into UTF-8. The evidence is asked in this order: a byte order
// mark; the bytes being valid UTF-8; what the page and then the server declare, if
// the bytes decode so without a fault; what Chinese the bytes would make; and last
// a statistical detector. Declarations are often wrong, bytes never are.
func decode(body []byte, declared ...string) decoded {
	if text, name, ok := decodeMarked(body); ok {
		return decoded{text: text, route: name + " (BOM)"}
	}
	if utf8.Valid(body) {
		return decoded{text: body, route: "utf-8 " + evidence("utf-8", declared, "bytes")}
	}
	if mostlyUTF8(body) {
		return mended(body, "utf-8 "+evidence("utf-8", declared, "bytes"))
	}
	for _, name := range declared {
		if text, name, ok := decodeCleanly(body, name); ok {
			return decoded{text: text, route: name + " (declared)"}
		}
	}
	if text, name, ok := decodeChinese(body); ok {
		return decoded{text: text, route: name + " (bytes)"}
	}
	return decodeGuessed(body)
}

// evidence says whether a declaration confirms what the bytes show.
func evidence(name string, declared []string, otherwise string) string {
	for _, d := range declared {
		if strings.EqualFold(strings.TrimSpace(d), name) {
			return "(declared)"
		}
	}
	return "(" + otherwise + ")"
}

// decodeMarked decodes text that opens with a byte order mark.
func decodeMarked(body []byte) ([]byte, string, bool) {
	var order unicode.Endianness
	name := "utf-16le"
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return bytes.ToValidUTF8(body[3:], []byte("\uFFFD")), "utf-8", true
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		order = unicode.LittleEndian
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		order, name = unicode.BigEndian, "utf-16be"
	default:
		return nil, "", false
	}
	text, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(body[2:])
	return text, name, err == nil
}

// mostlyUTF8 reports whether bytes are UTF-8 but for a few places, as where a
// system cut a title in the middle of a character. Chinese in another encoding
// hardly ever makes sequences of three that are valid.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size >= 3:
			good++
		}
		i += size
	}
	return good > 20 && bad*50 < good
}

// mended replaces what is no UTF-8 and says so.
func mended(body []byte, route string) decoded {
	return decoded{
		text: bytes.ToValidUTF8(body, []byte("\uFFFD")), route: route,
		warnings: []Warning{{Rule: "read.encoding", Text: "部分字节不是有效的 UTF-8，已用替代字符表示；请对照原件核对"}},
	}
}

// decodeCleanly decodes by a declared name, and fails if anything does not decode.
func decodeCleanly(body []byte, name string) ([]byte, string, bool) {
	enc, name := encodingNamed(name)
	if enc == nil {
		return nil, "", false
	}
	if enc == simplifiedchinese.GB18030 {
		text, clean := decodeGB18030(body)
		return text, name, clean
	}
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil || bytes.Contains(text, []byte("\uFFFD")) {
		return nil, "", false
	}
	return text, name, true
}

// encodingNamed returns the encoding of a declared name. gb2312 and gbk are read as
// GB18030, which holds them and the characters that pages use beyond them.
func encodingNamed(name string) (encoding.Encoding, string) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "", "utf-8", "utf8":
		return nil, ""
	case "gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "936", "gb2312-80":
		return simplifiedchinese.GB18030, name
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, ""
	}
	return enc, name
}

// sample is how much of a text is looked at to tell its encoding, in bytes.
const sample = 1 << 18

// decodeChinese tries the two encodings of Chinese and takes the one in which the
// commonest characters appear.
func decodeChinese(body []byte) ([]byte, string, bool) {
	text, clean := decodeGB18030(body)
	n, much := commonness(text)
	if clean && much {
		return text, "gb18030", true
	}
	big5, err := traditionalchinese.Big5.NewDecoder().Bytes(body)
	if err == nil {
		if m, _ := commonness(big5); m > n {
			return big5, "big5", true
		}
	}
	return text, "gb18030", n > 0
}

// commonness counts characters that any Chinese office uses all the time, less what did
// not decode, in the first part of a text. The count is positive only for text that
// reads as Chinese; much says that it reads as nothing else.
func commonness(text []byte) (n int, much bool) {
	common := commonCharacters()
	other := 0
	for _, r := range string(text[:min(len(text), sample)]) {
		switch {
		case r < 0x80:
		case r == utf8.RuneError:
			n -= 20
		case common[r]:
			n++
		default:
			other++
		}
	}
	if n*20 < other {
		return 0, false
	}
	return n, n > 20 && n*8 > other
}

// commonCharacters are the commonest of both scripts.
var commonCharacters = sync.OnceValue(func() map[rune]bool {
	m := make(map[rune]bool)
	for _, r := range "的一是不在有了和人年月日政府信息公开公開資訊工作情况況数數行为為第项項条條理申请請" {
		m[r] = true
	}
	return m
})

// decodeGuessed asks the detector, and warns: nothing confirms its guess.
func decodeGuessed(body []byte) decoded {
	guess, err := chardet.NewTextDetector().DetectBest(body[:min(len(body), sample)])
	if err == nil {
		if enc, name := encodingNamed(guess.Charset); enc != nil {
			if text, err := enc.NewDecoder().Bytes(body); err == nil {
				return decoded{text: text, route: name + " (guessed)", warnings: []Warning{{
					Rule: "read.encoding",
					Text: fmt.Sprintf("字符编码未声明且无法确认，按 %s 推测读取；请对照原件核对", name),
				}}}
			}
		}
	}
	return mended(body, "utf-8 (guessed)")
}

// charsetOf returns the charset of a Content-Type value.
func charsetOf(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		_, after, _ := strings.Cut(strings.ToLower(contentType), "charset=")
		return strings.Trim(after, ` "';`)
	}
	return params["charset"]
}

// metaCharset returns the charset that a page declares of itself, from its first
// bytes: <meta charset=…>, a http-equiv, or the XML declaration.
func metaCharset(body []byte) string {
	var room [4096]byte // a copy that costs no allocation
	head := room[:copy(room[:], body)]
	for i, c := range head {
		head[i] = lowerByte(c)
	}
	for _, key := range []string{"charset", "encoding"} {
		rest := head
		for {
			i := bytes.Index(rest, []byte(key))
			if i < 0 {
				break
			}
			rest = rest[i+len(key):]
			value := bytes.TrimLeft(rest, " \t\r\n")
			if len(value) == 0 || value[0] != '=' {
				continue
			}
			value = bytes.TrimLeft(value[1:], " \t\r\n\"'")
			end := bytes.IndexAny(value, " \t\r\n\"'/>;?")
			if end > 0 {
				return string(value[:end])
			}
		}
	}
	return ""
}

// lowerASCII returns a copy with the letters of ASCII in lower case, which are all that
// markup has.
func lowerASCII(b []byte) []byte {
	lower := make([]byte, len(b))
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return lower
}
