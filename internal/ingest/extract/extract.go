// Package extract turns the bytes of any file type into a Document.
//
// In: bytes, with what a server said of them. Out: one Document for each document
// in them (an archive holds several), with paragraphs and Grids in reading order,
// each knowing where it stood. What a reader of the rendered document does not see
// (hidden, deleted or superseded text) is left out. What cannot be had is an error
// that says why, or a Warning on the Document. The package knows no statutory cell
// beyond the labels that text without rows is rebuilt from, and opens no file and
// no connection.
package extract

import (
	"time"

	"gongkai/internal/report"
)

// A Type is a file type, found from the bytes and not from the name.
type Type string

// The file types.
const (
	HTML  Type = "html"
	MHTML Type = "mhtml"
	Text  Type = "txt"
	CSV   Type = "csv"
	JSON  Type = "json" // an article inside a JSON answer of a CMS
	DOCX  Type = "docx"
	DOC   Type = "doc" // Word 97-2003, also .wps
	RTF   Type = "rtf"
	PDF   Type = "pdf"
	OFD   Type = "ofd"
	XLSX  Type = "xlsx"
	XLS   Type = "xls" // BIFF8, also .et
	ZIP   Type = "zip"
	Image Type = "image"
)

// A Document is what any file says, in one shape.
type Document struct {
	Name   string // as the caller named it
	Member string // member of an archive, "" otherwise
	Type   Type
	Route  string // how the text was had: utf-8 (declared), piece table, pdfium

	Title  string // title element, or the document's own title property
	Meta   Meta
	Blocks []Block // paragraphs and grids in reading order

	Links    []Link // links to files, in order
	Pictures int    // pictures in the body that may hold a table
	Warnings []Warning

	// Digits is the third witness: every run of digits of the document in order,
	// taken from the bytes by code that shares nothing with the extractor, full
	// width folded to ASCII. Nil where the type has no second way to them.
	Digits []string

	// Tables is another part of it: the cells of each table as that code has them, in
	// the order of the source. Nil where the type has no second way to them.
	Tables [][]CellSum
}

// Meta is what a page says about itself outside its text.
type Meta struct {
	ArticleTitle string
	PubDate      string
	Source       string   // publisher
	Column       string   // name of the column it stands in
	Breadcrumb   []string // texts of the breadcrumb, widest first
	Canonical    string
	Site         string // name of the site
}

// A Block is a paragraph or a grid; exactly one is set.
type Block struct {
	Paragraph *Paragraph
	Grid      *Grid
}

// A Paragraph is text outside tables. Runs of white space are one space; line
// breaks within it are \n.
type Paragraph struct {
	Number  int // counts from 1 in the document
	Text    string
	Heading bool // marked up as a heading or a title
	Chrome  bool // navigation, footer, related links: not part of the article
	Place   report.Place
}

// A Grid is a table as it stands: its cells with spans, in the order of the source.
// Nothing is filled in and nothing repaired; spans are clamped to 1..1000 and to
// the grid's own rows.
type Grid struct {
	Number  int // counts from 1 in the document
	Cells   []Cell
	Rows    int // number of rows
	Columns int // number of grid columns after the spans
	// Rebuilt says that the source had no rows and columns (one cell a line) and
	// that they were rebuilt from the order and counts of the statutory form.
	Rebuilt bool
	Caption string
}

// A Cell is one cell of a Grid.
type Cell struct {
	Row, Column      int    // of its top left corner, from 0
	RowSpan, ColSpan int    // at least 1
	Text             string // as a reader sees it; paragraphs and line breaks are \n
	Header           bool   // marked up as a header
	Place            report.Place
}

// A Link is a link in the body.
type Link struct {
	Text, Href string
}

// A Warning is something about the bytes that puts a reading in doubt.
type Warning struct {
	Rule string // read.encoding, read.hidden, read.truncated, form.image_table
	Text string
}

// A Hint is what a crawler knows of the bytes before they are read.
type Hint struct {
	Name        string
	URL         string
	ContentType string
}

// Limits bound what one document may cost. The zero value of a field means its
// default. Time and Memory are kept by whoever calls Read: this package ends when its
// context does.
type Limits struct {
	Bytes        int64         // 50 MB of input
	Decompressed int64         // 500 MB out of archives and compressed streams
	Ratio        int64         // 100:1
	Pages        int           // 10,000 pages, and as many table rows
	Time         time.Duration // 60 s
	Memory       int64         // 1 GiB
}
