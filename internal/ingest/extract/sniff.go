package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"slices"
	"strings"
	"unicode/utf16"
)

// sniff returns the type that the bytes themselves show. Names and headers are
// not asked: a .doc may be a web page, a rich text file or an archive.
func sniff(body []byte) Type {
	for _, m := range magic {
		if bytes.HasPrefix(body, []byte(m.prefix)) {
			return m.is
		}
	}
	head := body[:min(len(body), 1024)]
	switch {
	case bytes.HasPrefix(body, []byte("PK\x03\x04")), bytes.HasPrefix(body, []byte("PK\x05\x06")):
		return sniffZIP(body)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return sniffCompound(body)
	case bytes.Contains(head, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(body, []byte("RIFF")) && len(body) > 12 && string(body[8:12]) == "WEBP":
		return Image
	}
	return sniffText(body)
}

// magic lists the types that their first bytes tell.
var magic = []struct {
	prefix string
	is     Type
}{
	{"%PDF-", PDF},
	{`{\rtf`, RTF},
	{"\x89PNG\r\n\x1a\n", Image},
	{"\xff\xd8\xff", Image},
	{"GIF87a", Image},
	{"GIF89a", Image},
	{"BM6", Image},
	{"II*\x00", Image},
	{"MM\x00*", Image},
	{"Rar!\x1a\x07", "rar"},
	{"7z\xbc\xaf\x27\x1c", "7z"},
	{"\x1f\x8b", "gzip"},
	{"\x09\x08\x08\x00\x00\x05", XLS}, // a workbook stream without its container
	{"\x09\x08\x10\x00\x00\x06", XLS},
}

// sniffZIP tells the office packages from plain archives by their members.
func sniffZIP(body []byte) Type {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return ZIP // its reader says what is wrong with it
	}
	for _, f := range z.File {
		switch name := strings.ReplaceAll(f.Name, `\`, "/"); {
		case strings.HasPrefix(name, "word/document") && strings.HasSuffix(name, ".xml"):
			return DOCX
		case name == "xl/workbook.xml":
			return XLSX
		case name == "OFD.xml":
			return OFD
		}
	}
	return ZIP
}

// sniffCompound tells a workbook from a text by the streams in the root of a
// compound file; those of embedded objects lie deeper. Where the directory cannot
// be read, the names are looked for as they stand, and the reader says what is
// wrong. An office package under a password goes to the reader of texts, which
// says so.
func sniffCompound(body []byte) Type {
	has := func(name string) bool { return bytes.Contains(body, utf16le(name)) }
	if names, err := oleNames(body); err == nil {
		has = func(name string) bool { return slices.Contains(names, strings.ToLower(name)) }
	}
	switch {
	case has("WordDocument"), has("EncryptedPackage"):
		return DOC
	case has("Workbook"), has("Book"):
		return XLS
	}
	return "ole"
}

// utf16le returns text as compound files hold names.
func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// sniffText tells the types that are text.
func sniffText(body []byte) Type {
	head := body[:min(len(body), 8192)]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil)
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) > 1 && head[0] == '<' && (head[1] == '!' || opensName(head[1])) {
		return HTML
	}
	lower := lowerASCII(head)
	switch {
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return RTF
	case bytes.HasPrefix(lower, []byte("mime-version:")),
		bytes.HasPrefix(lower, []byte("from:")) && bytes.Contains(lower, []byte("multipart/related")):
		return MHTML
	case looksJSON(head):
		return JSON
	case bytes.HasPrefix(lower, []byte("<?xml")) && bytes.Contains(lower, []byte("schemas-microsoft-com:office:spreadsheet")) && !bytes.Contains(lower, []byte("<html")):
		return "excel-xml" // of Excel and Word 2003: their elements are not HTML's
	case bytes.HasPrefix(lower, []byte("<?xml")) && bytes.Contains(lower, []byte("<w:worddocument")):
		return "word-xml"
	case looksHTML(lower):
		return HTML
	case bytes.IndexByte(head, 0) >= 0:
		return "unknown"
	case looksCSV(head):
		return CSV
	}
	return Text
}

// looksHTML reports whether lower-cased text opens with markup, or has markup of
// documents further in (fragments, pages behind stray text).
func looksHTML(lower []byte) bool {
	if bytes.HasPrefix(lower, []byte("<")) && len(lower) > 1 && (lower[1] == '!' || lower[1] == '?' || lower[1] >= 'a' && lower[1] <= 'z') {
		return true
	}
	for _, tag := range []string{"<html", "<body", "<table", "<div", "<td", "<meta", "<p>", "<p ", "<br"} {
		if bytes.Contains(lower, []byte(tag)) {
			return true
		}
	}
	return false
}

// looksJSON reports whether text opens as a JSON object or array does.
func looksJSON(head []byte) bool {
	if len(head) < 2 || head[0] != '{' && head[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(head[1:], " \t\r\n")
	return len(next) > 0 && (next[0] == '"' || head[0] == '[' && next[0] == '{')
}

// looksCSV reports whether most records are cells set apart by ASCII commas or
// semicolons, and hardly any is a sentence.
func looksCSV(head []byte) bool {
	if i := bytes.LastIndexByte(head, '\n'); i > 0 {
		head = head[:i] // the last line may be cut
	}
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = commaOf(head), -1, true, true
	records, split, prose := 0, 0, 0
	for {
		record, err := r.Read()
		if err != nil {
			return r.Comma != '\t' && records > 1 && split*5 >= records*3 && prose*10 <= records
		}
		records++
		switch text := strings.Join(record, ""); {
		case strings.Contains(text, "。"), len(text) > 200*len(record):
			prose++
		case len(record) > 1:
			split++
		}
	}
}
