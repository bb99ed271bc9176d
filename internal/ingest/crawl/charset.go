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
// order of evidence is: what the portal file says, valid UTF-8, what the page
// declares, what the header declares, GB18030; a name counts only where the bytes
// decode by it.
func textIn(body []byte, contentType, given string) (string, encoding.Encoding) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if e := encodingOf(given); e != nil {
		if s, ok := decode(body, e); ok {
			return s, e
		}
	}
	if utf8.Valid(body) {
		return string(body), nil
	}
	var names []string
	if m := declaredCharset.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		names = append(names, string(m[1]))
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		names = append(names, params["charset"])
	}
	for _, name := range append(names, "gb18030") {
		e := encodingOf(name)
		if s, ok := decode(body, e); ok {
			return s, e
		}
	}
	return strings.ToValidUTF8(string(body), "\uFFFD"), nil
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
