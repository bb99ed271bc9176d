package extract

import "strings"

// A flowStory gathers the paragraphs and tables of one story: the main text, or
// the text of a text box.
type flowStory struct {
	stack  flowStack
	fields flowFields
	line   strings.Builder // of the open paragraph
	after  []flowBlock     // text boxes that hang on the open paragraph
	kept   int             // length of what a deleted paragraph mark left in line
	depth  int             // and the depth of that paragraph
}

// say adds text that a reader sees to the open paragraph.
func (s *flowStory) say(text string) {
	shown := s.fields.show()
	s.fields.say(text)
	if shown {
		s.line.WriteString(text)
	}
}

// join ends a paragraph whose mark is deleted or hidden: the next one goes on in
// it, if it stands at the same depth.
func (s *flowStory) join(depth int) {
	s.settle(depth)
	s.kept, s.depth = s.line.Len(), depth
}

// settle ends what a deleted mark left open if the text goes on at another depth.
func (s *flowStory) settle(depth int) {
	if s.kept == 0 || s.depth == depth {
		return
	}
	line := s.line.String()
	s.end(s.depth, flowBlock{text: line[:s.kept]})
	s.line.WriteString(line[s.kept:])
}

// text returns what the open paragraph says so far.
func (s *flowStory) text() string { return s.line.String() }

// end hands over the open paragraph as b, and behind it its text boxes.
func (s *flowStory) end(depth int, b flowBlock) {
	s.line.Reset()
	s.kept = 0
	s.stack.paragraph(depth, b)
	if len(s.after) > 0 {
		to := s.stack.at(depth)
		*to = append(*to, s.after...)
		s.after = nil
	}
}

// row ends a row. Its mark is no paragraph.
func (s *flowStory) row(depth int, f rowFormat) {
	s.line.Reset()
	s.kept = 0
	s.stack.row(depth, f)
}

// done ends the story and returns its blocks.
func (s *flowStory) done() []flowBlock {
	if s.line.Len() > 0 {
		s.end(len(s.stack.open), flowBlock{text: s.text()})
	}
	return s.stack.done()
}
