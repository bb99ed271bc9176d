package crawl

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var declaredCharset = regexp.MustCompile(`(?i)<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?([\w-]+)`)

// text decodes a page for reading its links.
func text(body []byte, contentType, given string) string {
	s, _ := textIn(body, contentType, given)
	return s
}

// textIn decodes a page, and returns the encoding that it is in, nil for UTF-8. The
// order of evidence is: what the portal file says, valid UTF-8 but for some letters that
// were cut, what the page declares, what the header declares, GB18030; a name counts only
// where the bytes decode by it, and not where they are plain Chinese by GB18030 and
// strange by it.
func textIn(body []byte, contentType, given string) (string, encoding.Encoding) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if e := encodingOf(given); e != nil {
		if s, ok := decode(body, e); ok {
			return s, e
		}
	}
	if mostlyUTF8(body) {
		return strings.ToValidUTF8(string(body), "\uFFFD"), nil
	}
	var names []string
	if m := declaredCharset.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		names = append(names, string(m[1]))
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		names = append(names, params["charset"])
	}
	chinese := simplifiedchinese.GB18030
	plain, clean := decode(body, chinese)
	for _, name := range names {
		e := encodingOf(name)
		if s, ok := decode(body, e); ok && (!clean || speaksOfReports.MatchString(s) || !speaksOfReports.MatchString(plain)) {
			return s, e
		}
	}
	if s, ok := repaired(body, chinese); clean || ok {
		return s, chinese
	}
	return strings.ToValidUTF8(string(body), "\uFFFD"), nil
}

// speaksOfReports finds words that pages of governments hold and that no decoding by a
// wrong name makes up.
var speaksOfReports = regexp.MustCompile(`政府|信息|公开|年度|街道|人民|資訊|資料`)

// cutLetters is how many letters there must be for each that is broken, for a page whose
// titles were cut in the middle of one to be read by its encoding all the same.
const cutLetters = 8

// mostlyUTF8 reports whether bytes are UTF-8 but for letters that were cut.
func mostlyUTF8(body []byte) bool {
	if utf8.Valid(body) {
		return true
	}
	whole, broken := 0, 0
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && size == 1:
			broken++
		case size >= 3: // as Chinese is; two bytes may be anything
			whole++
		}
		body = body[size:]
	}
	return whole >= broken*cutLetters
}

// repaired decodes bytes in which some letters were cut.
func repaired(body []byte, e encoding.Encoding) (string, bool) {
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return "", false
	}
	whole, broken := 0, 0
	for _, r := range string(out) {
		switch {
		case r == utf8.RuneError:
			broken++
		case r > utf8.RuneSelf:
			whole++
		}
	}
	return string(out), whole >= broken*cutLetters
}

func encodingOf(name string) encoding.Encoding {
	switch strings.ToLower(name) {
	case "":
		return nil
	case "gb2312", "gbk", "gb18030":
		return simplifiedchinese.GB18030
	case "iso-8859-1", "latin1", "us-ascii", "utf-8", "utf8":
		return nil // says nothing of a page with Chinese in it
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

func decode(body []byte, e encoding.Encoding) (string, bool) {
	if e == nil {
		return "", false
	}
	out, err := e.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", false
	}
	return string(out), true
}
