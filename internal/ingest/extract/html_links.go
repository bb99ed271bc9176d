package extract

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// fileTypes are the extensions of documents that a report may be in.
var fileTypes = map[string]bool{
	".doc": true, ".docx": true, ".wps": true, ".rtf": true, ".pdf": true, ".ofd": true, ".xls": true, ".xlsx": true, ".et": true,
	".csv": true, ".zip": true, ".rar": true, ".7z": true, ".txt": true, ".ceb": true, ".docm": true, ".xlsm": true,
}

// servlets are the pieces of an address by which content systems hand out files
// without an extension. The name of the file is then in the link's text or in the
// answer's head; a link too many costs a request, one too few loses a report.
var servlets = []string{
	"download.jsp", "downfile.jsp", "downloadattach", "attachurl", "/attachment/", "/attach/", "downloadfile", "filedownload",
	"download.do", "download.aspx", "download.asp?", "download.php?", "/download?", "down.jsp", "downfile",
}

// fileTarget returns the file that an address leads to, as written or, for a viewer
// that shows a file, the file; and false for addresses of pages.
func fileTarget(href string) (string, bool) {
	href = strings.TrimSpace(href)
	if href == "" || strings.HasPrefix(href, "#") || strings.HasPrefix(strings.ToLower(href), "javascript:") || strings.HasPrefix(href, "data:") {
		return "", false
	}
	if shown, ok := viewedFile(href); ok {
		return shown, true
	}
	lower := strings.ToLower(href)
	before, _, _ := strings.Cut(lower, "#")
	before, query, _ := strings.Cut(before, "?")
	if fileTypes[path.Ext(before)] {
		return href, true
	}
	for _, s := range servlets {
		if strings.Contains(lower, s) {
			return href, true
		}
	}
	// down.asp?name=2020.doc
	for pair := range strings.SplitSeq(query, "&") {
		_, value, _ := strings.Cut(pair, "=")
		if fileTypes[path.Ext(value)] {
			return href, true
		}
	}
	return "", false
}

// viewedFile returns the file that a viewer page is asked to show.
func viewedFile(href string) (string, bool) {
	at, query, ok := strings.Cut(href, "?")
	if !ok || !strings.Contains(strings.ToLower(at), "view") && !strings.Contains(strings.ToLower(at), "pdfjs") {
		return "", false
	}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch strings.ToLower(key) {
		case "file", "url", "src", "pdf", "pdfurl", "path":
			if shown, err := url.QueryUnescape(value); err == nil && shown != "" {
				if cut, _, found := strings.Cut(shown, "#"); found {
					shown = cut
				}
				return shown, true
			}
		}
	}
	return "", false
}

// link keeps an anchor that leads to a file, by its address or by what a click does.
func (w *pageWalk) link(n *html.Node, c pageScope) {
	if c.chrome {
		return
	}
	var onclick string
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "href":
			if target, ok := fileTarget(n.Attr[i].Val); ok {
				w.addLink(n, target)
				return
			}
			if strings.HasPrefix(strings.ToLower(n.Attr[i].Val), "javascript:") {
				onclick += n.Attr[i].Val
			}
		case "onclick":
			onclick += n.Attr[i].Val
		}
	}
	if target, ok := clickTarget(onclick); ok {
		w.addLink(n, target)
	}
}

// clickTarget returns the first quoted address of a file in a script.
func clickTarget(script string) (string, bool) {
	for script != "" {
		i := strings.IndexAny(script, `'"`)
		if i < 0 {
			return "", false
		}
		quoted, rest, _ := strings.Cut(script[i+1:], script[i:i+1])
		if target, ok := fileTarget(quoted); ok {
			return target, true
		}
		script = rest
	}
	return "", false
}

// addLink keeps a file once, under the text of the element that leads to it first.
func (w *pageWalk) addLink(n *html.Node, target string) {
	w.filed = true
	text := squeeze(plainText(n))
	if text == "" || strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...") {
		if title := attr(n, "title"); title != "" { // the whole of what is cut short
			text = title
		}
	}
	if w.files[target] {
		return
	}
	w.files[target] = true
	w.doc.Links = append(w.doc.Links, Link{Text: strings.ReplaceAll(text, "\n", " "), Href: target})
}

// frame keeps the file that a frame, an embedded object or a viewer shows.
func (w *pageWalk) frame(n *html.Node, c pageScope) {
	if c.chrome || w.unseen(n) {
		return
	}
	for _, key := range []string{"src", "data"} {
		if target, ok := fileTarget(attr(n, key)); ok {
			w.addLink(n, target)
			return
		}
	}
}

// picture counts an image that may show a table: in the article, and neither an icon
// nor a part of the page's design.
func (w *pageWalk) picture(n *html.Node, c pageScope) {
	if c.chrome || w.unseen(n) {
		return
	}
	src := attr(n, "src")
	if src == "" {
		src = attr(n, "data-src")
	}
	if src == "" || strings.HasPrefix(src, "data:") && len(src) < 10000 {
		return
	}
	// A form of four columns and twenty rows cannot be read in less.
	for _, key := range []string{"width", "height"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(attr(n, key), "px")); err == nil && n < 120 {
			return
		}
	}
	if lower := strings.ToLower(src); !strings.HasPrefix(lower, "data:") {
		for _, word := range []string{"icon", "logo", "sysimage", "qrcode", "ewm", "banner", "btn", "button", "arrow", "share", "print", "jubao", "beian", ".gif", ".svg"} {
			if strings.Contains(lower, word) {
				return
			}
		}
	}
	w.doc.Pictures++
}
