package web

import (
	"html/template"
	"regexp"
	"strings"
)

// A docBlock is a piece of a document of ours. One of the fields says which kind it is.
type docBlock struct {
	Heading   template.HTML // of the second level
	ID        string        // of the heading
	Paragraph template.HTML
	List      []template.HTML
	Head      []template.HTML // of a table
	Rows      [][]template.HTML
	Code      string
	Language  string // of the code
}

// readDoc reads the little of Markdown that our documents are written in: a title,
// headings of the second level, paragraphs, lists, tables, fenced code, and in a line
// `code` and **strong**. They are ours and embedded; what it does not know stays as it is
// written, escaped.
func readDoc(text string) (title string, blocks []docBlock) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case line == "":
		case strings.HasPrefix(line, "# "):
			title = line[2:]
		case strings.HasPrefix(line, "## "):
			blocks = append(blocks, docBlock{Heading: inline(line[3:]), ID: headingID(len(blocks))})
		case strings.HasPrefix(line, "```"):
			b := docBlock{Language: line[3:]}
			for i++; i < len(lines) && lines[i] != "```"; i++ {
				b.Code += lines[i] + "\n"
			}
			blocks = append(blocks, b)
		case strings.HasPrefix(line, "- "):
			var b docBlock
			for ; i < len(lines) && strings.HasPrefix(lines[i], "- "); i++ {
				b.List = append(b.List, inline(lines[i][2:]))
			}
			i--
			blocks = append(blocks, b)
		case strings.HasPrefix(line, "| "):
			b := docBlock{Head: cellsOf(line)}
			for i += 2; i < len(lines) && strings.HasPrefix(lines[i], "| "); i++ {
				b.Rows = append(b.Rows, cellsOf(lines[i]))
			}
			i--
			blocks = append(blocks, b)
		default:
			blocks = append(blocks, docBlock{Paragraph: inline(line)})
		}
	}
	return title, blocks
}

// headingID is an id that is the same in both languages, whose documents have the same
// blocks.
func headingID(n int) string { return "part-" + string(rune('a'+n/26)) + string(rune('a'+n%26)) }

func cellsOf(line string) []template.HTML {
	var cells []template.HTML
	for cell := range strings.SplitSeq(strings.Trim(line, "| "), " | ") {
		cells = append(cells, inline(strings.TrimSpace(cell)))
	}
	return cells
}

var (
	codeMark   = regexp.MustCompile("`([^`]+)`")
	strongMark = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// inline escapes a line and then marks its code and what is strong.
func inline(line string) template.HTML {
	text := template.HTMLEscapeString(line)
	text = codeMark.ReplaceAllString(text, "<code>$1</code>")
	return template.HTML(strongMark.ReplaceAllString(text, "<b>$1</b>"))
}
