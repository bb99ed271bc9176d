// Package papers writes what an office puts on paper: the circular of a year and the
// check sheet of a unit.
//
// In: the board and the roll-up of a region and year, and pictures of the places
// where figures stand. Out: a Paper, which is a list of blocks, and that Paper as
// .docx laid out after GB/T 9704-2012; a page prints the same blocks. A paper says
// figures only and names for each the report, the cell and the rule. What only the
// office knows, its number, addressees, name and date, are fields left for it. The
// same data make the same bytes. The package asks no database.
package papers

import "gongkai/internal/standard"

// A Paper is a document for print.
type Paper struct {
	Title  string
	Blocks []Block
	File   string // name without its ending
	Kind   string // circular or checksheet
	Year   int
	Region standard.RegionCode
}

// A Kind says what a Block is and how it is set.
type Kind string

// The kinds of blocks, with what GB/T 9704-2012 calls for.
const (
	Number     Kind = "number"     // 发文字号: a field, centred
	Title      Kind = "title"      // 标题: 2号小标宋, centred
	To         Kind = "to"         // 主送机关: a field, flush left
	Heading    Kind = "heading"    // 一、: 3号黑体
	Subheading Kind = "subheading" // （一）: 3号楷体
	Body       Kind = "body"       // 正文: 3号仿宋, two characters in
	Annex      Kind = "annex"      // 附件说明
	Sign       Kind = "sign"       // 发文机关署名 and 成文日期: fields, to the right
	AnnexHead  Kind = "annexhead"  // 附件 on a page of its own: 3号黑体
	AnnexTitle Kind = "annextitle" // its title
	Table      Kind = "table"
	Picture    Kind = "picture"
	Field      Kind = "field" // a label and a field to be filled in
	Small      Kind = "small" // a note in 小四 below a table or picture
)

// A Block is one piece of a Paper.
type Block struct {
	Kind   Kind
	Text   string
	Hint   string // of a field: what belongs there
	Rows   [][]string
	Head   int       // rows of Rows that are the head of the table
	Widths []float64 // shares of the width of a table
	Wide   bool      // begins a page on its side
	Image  Image
}

// An Image is a PNG with its words for who cannot see it.
type Image struct {
	PNG           []byte
	Width, Height int
	Alt           string
}

func say(kind Kind, text string) Block { return Block{Kind: kind, Text: text} }

func field(kind Kind, text, hint string) Block { return Block{Kind: kind, Text: text, Hint: hint} }
