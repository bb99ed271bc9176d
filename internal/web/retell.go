package web

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Sentences that the stages below have kept in the database are Chinese: what a
// reader doubted, what a run brought, why a page could not be seen. They are
// whole when they come here, so their English is found backwards: the catalogue has
// the format, and what stands where its verbs are is put into the English one.

// A retold is a format of the catalogue as a pattern of the sentences it makes.
type retold struct {
	pattern *regexp.Regexp
	english string
	literal int // bytes that are not verbs; the more, the surer
}

// verb is a verb of a format, its order apart: %d, %[2]s, %.1f.
var verb = regexp.MustCompile(`%(?:\[\d+\])?[+.\d]*([sdvf])`)

// leastLiteral is how many bytes of Chinese a format needs to be told by: two words.
const leastLiteral = 6

// retelling are the formats, the surest first.
var retelling = sync.OnceValue(func() []retold {
	var all []retold
	for chinese, english := range catalogue() {
		literal := verb.ReplaceAllString(chinese, "")
		if literal == chinese || len(literal) < leastLiteral || !hasHan(literal) {
			continue
		}
		all = append(all, retold{pattern: patternOf(chinese), english: english, literal: len(literal)})
	}
	slices.SortFunc(all, func(a, b retold) int {
		return cmp.Or(cmp.Compare(b.literal, a.literal), cmp.Compare(a.english, b.english))
	})
	return all
})

// patternOf matches what a format makes, and catches what its verbs wrote.
func patternOf(format string) *regexp.Regexp {
	pattern, last := `(?s)^`, 0
	for _, at := range verb.FindAllStringSubmatchIndex(format, -1) {
		pattern += regexp.QuoteMeta(strings.ReplaceAll(format[last:at[0]], "%%", "%"))
		switch format[at[2]:at[3]] {
		case "d", "f":
			pattern += `([+-]?[\d,.]+)`
		default:
			pattern += `(.+?)`
		}
		last = at[1]
	}
	return regexp.MustCompile(pattern + regexp.QuoteMeta(strings.ReplaceAll(format[last:], "%%", "%")) + `$`)
}

// retell is a sentence of the database in the page's language. Names and labels in
// it are marked; a sentence whose format the catalogue lacks stays as it is.
func (p page) retell(text string) string {
	if p.Lang != en || !strings.ContainsFunc(text, isChinese) {
		return text
	}
	body, end := strings.CutSuffix(text, "。")
	if told, ok := p.retold(body); ok {
		if end {
			told += "."
		}
		return told
	}
	return text
}

func (p page) retold(text string) (string, bool) {
	if english, ok := catalogue()[text]; ok {
		return english, true
	}
	for _, r := range retelling() {
		found := r.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		args := make([]any, len(found)-1)
		for i, arg := range found[1:] {
			args[i] = p.argument(arg)
		}
		return fmt.Sprintf(verb.ReplaceAllStringFunc(r.english, asText), args...), true
	}
	if before, rest, ok := strings.Cut(text, "”："); ok && strings.HasPrefix(before, "“") {
		return "“" + p.argument(strings.TrimPrefix(before, "“")) + "”: " + p.argument(rest), true
	}
	if before, inside, ok := strings.Cut(strings.TrimSuffix(text, "）"), "（"); ok && strings.HasSuffix(text, "）") {
		if told, ok := p.retold(before); ok {
			return told + " (" + p.argument(inside) + ")", true
		}
	}
	return "", false
}

// doubtedCell is how readers name a cell: its row, its column, and what stands there.
var doubtedCell = regexp.MustCompile(`(?s)^(.+)（(.+?)）( “.*”|)$`)

// labels are the English labels of the rows and columns of all forms, by the Chinese.
// A row that several forms name alike in Chinese has the English of the newest.
var labels = sync.OnceValue(func() map[string]string {
	all := make(map[string]string)
	for _, format := range standard.Formats() {
		for _, cell := range standard.FormOf(format).Cells {
			all[cell.RowLabel.ZH], all[cell.ColumnLabel.ZH] = plainTerm(cell.RowLabel.EN), plainTerm(cell.ColumnLabel.EN)
		}
	}
	return all
})

// asText makes a verb one for text: what it writes has been written already.
func asText(v string) string {
	if i := strings.IndexByte(v, ']'); i >= 0 {
		return v[:i+1] + "s"
	}
	return "%s"
}

// argument is what stood in a sentence: a sentence of its own, a label of the form,
// or the words of others, which stay as they are.
func (p page) argument(text string) string {
	if label, ok := labels()[text]; ok {
		return p.Lang.quoting(label)
	}
	if named := doubtedCell.FindStringSubmatch(text); named != nil && labels()[named[1]] != "" && labels()[named[2]] != "" {
		return p.argument(named[1]) + " (" + p.argument(named[2]) + ")" + p.argument(named[3])
	}
	if told, ok := p.retold(text); ok {
		return told
	}
	return p.Lang.asWritten(text)
}

// why says in the page's language why a document could not be read, without the
// stages that the error came through.
func (p page) why(err error) string {
	var limit *report.LimitError
	if errors.As(err, &limit) {
		return p.t("超过限制 %s（%d）；确属正常文件时，可在设置中调高", limit.Limit, limit.Max)
	}
	text := err.Error()
	if _, after, ok := strings.Cut(text, report.ErrUnreadable.Error()+": "); ok {
		text = after
	}
	return p.retell(text)
}
