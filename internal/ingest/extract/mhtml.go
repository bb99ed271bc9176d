package extract

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// readMHTML reads the page out of a saved web archive: its first part that is HTML.
func readMHTML(ctx context.Context, in input) (*Document, error) {
	m, err := mail.ReadMessage(bytes.NewReader(in.body))
	if err != nil {
		return nil, unreadable("网页存档的信头无法解析：%v；请在浏览器中打开后另存为网页", err)
	}
	page, contentType, err := htmlPart(m.Body, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), in.limits, 0)
	if err != nil {
		return nil, err
	}
	if page == nil {
		return nil, unreadable("网页存档中没有网页；请在浏览器中打开后另存为网页")
	}
	in.body, in.contentType = page, contentType
	doc, err := readHTML(ctx, in)
	if err != nil {
		return nil, err
	}
	doc.Route = "mhtml, " + doc.Route
	return doc, nil
}

// htmlPart returns the first HTML part of a MIME entity, decoded, with its type; nil
// where there is none.
func htmlPart(body io.Reader, contentType, encoding string, limits Limits, depth int) ([]byte, string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = strings.ToLower(strings.TrimSpace(strings.SplitN(contentType, ";", 2)[0]))
	}
	if kind == "text/html" || kind == "application/xhtml+xml" {
		page, _, err := limits.inflate(decodedBody(body, encoding), limits.Bytes, 0)
		return page, contentType, err
	}
	// Browsers nest one level, mail programs two.
	if !strings.HasPrefix(kind, "multipart/") || depth > 3 || params["boundary"] == "" {
		return nil, "", nil
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return nil, "", nil // the archive is cut off, or has no page
		}
		page, kind, err := htmlPart(p, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), limits, depth+1)
		if page != nil || err != nil {
			return page, kind, err
		}
	}
}

// decodedBody undoes a transfer encoding.
func decodedBody(r io.Reader, encoding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
