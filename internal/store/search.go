package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A SearchQuery asks for reports by what they say and by what they are. Words are
// looked for as they stand; several, separated by spaces, must all be there.
type SearchQuery struct {
	Text   string
	Region standard.RegionCode
	Kind   standard.Kind
	Year   int
	Format standard.Format
	Status report.Status
	Rule   string // a rule that the report fails
	AsOf   RunID
	Offset int
	Limit  int
}

// SearchResult is what a search found.
type SearchResult struct {
	Total                                           int
	Cut                                             bool // there are more than were looked at: Total and the facets count those
	Hits                                            []SearchHit
	Regions, Kinds, Years, Formats, Statuses, Rules []Facet
}

// A Facet is a value by which a result can be narrowed, with the reports that stay:
// those that every other condition of the query keeps.
type Facet struct {
	Value string
	Count int
}

// A SearchHit is a report with the sentence that was found in it.
type SearchHit struct {
	Version   VersionID
	Agency    report.Agency
	Year      int
	Number    int
	Format    standard.Format
	Status    report.Status
	Original  report.SHA256
	Heading   string
	Paragraph int
	Sentence  string
	Marks     [][2]int // what was looked for, in characters of Sentence
	More      int      // further sentences of the report that have it

	reading int64
	rules   map[string]int
}

// searched bounds how many reports a search looks at.
const searched = 5000

// ShortestWord is the least number of characters that words are looked for by.
const ShortestWord = 2

// Search finds reports, those of the latest year first, in the order of the register.
func (db *DB) Search(ctx context.Context, q SearchQuery) (SearchResult, error) {
	r, err := db.search(ctx, q)
	if err != nil {
		return SearchResult{}, fmt.Errorf("search for %q: %w", q.Text, err)
	}
	return r, nil
}

func (db *DB) search(ctx context.Context, q SearchQuery) (r SearchResult, err error) {
	terms := strings.Fields(Folded(q.Text))
	hits, err := db.candidates(ctx, q, terms)
	if err != nil {
		return r, err
	}
	r.Cut = len(hits) > searched
	hits = hits[:min(len(hits), searched)]
	if !exact(terms) {
		if hits, err = db.verified(ctx, hits, terms); err != nil {
			return r, err
		}
	}
	r.count(q, hits)
	hits = slices.DeleteFunc(hits, func(h SearchHit) bool { return !q.keeps(h, "") })
	r.Total = len(hits)
	hits = hits[min(q.Offset, len(hits)):]
	r.Hits = hits[:min(q.Limit, len(hits))]
	for i := range r.Hits {
		if len(terms) > 0 {
			if _, err := db.quote(ctx, &r.Hits[i], terms); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// exact reports whether having the pairs of the terms is having the terms.
func exact(terms []string) bool {
	for _, t := range terms {
		if len([]rune(t)) != 2 {
			return false
		}
	}
	return true
}

// candidates are the reports that have the pairs of characters of the terms.
func (db *DB) candidates(ctx context.Context, q SearchQuery, terms []string) ([]SearchHit, error) {
	if len(terms) == 0 {
		return db.searchRows(ctx, q, " ORDER BY v.year DESC, a.county, a.position, a.id LIMIT ?", searched+1)
	}
	grams := gramsOf(terms...)
	if len(grams) == 0 {
		return nil, &report.ParameterError{Name: "q", Got: q.Text, Want: fmt.Sprintf("正文检索至少 %d 个字", ShortestWord)}
	}
	ids, err := readingsWith(ctx, db.read, grams, searched*2)
	if err != nil {
		return nil, err
	}
	var hits []SearchHit
	for part := range slices.Chunk(ids, 500) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		some, err := db.searchRows(ctx, q, " AND r.id IN ("+marks(len(part))+")", args...)
		if err != nil {
			return nil, err
		}
		hits = append(hits, some...)
	}
	slices.SortStableFunc(hits, func(a, b SearchHit) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Agency.Region, b.Agency.Region), cmp.Compare(a.Agency.ID, b.Agency.ID))
	})
	return hits, nil
}

// searchRows reads what is known of current versions without their words.
func (db *DB) searchRows(ctx context.Context, q SearchQuery, more string, args ...any) ([]SearchHit, error) {
	query := `
		SELECT r.id, r.format, r.status, r.rules, v.id, v.year, v.number, v.original, a.id, a.name, a.short, a.kind, a.region, a.demo
		FROM readings AS r
		JOIN versions AS v ON v.id = r.version AND ` + holds("v") + `
		JOIN agencies AS a ON a.id = v.agency AND a.until_run IS NULL
		WHERE ` + holds("r") + more
	at := orLast(q.AsOf)
	return collect(ctx, db.read, query, func(row scanner) (h SearchHit, err error) {
		var rules string
		err = row.Scan(&h.reading, &h.Format, &h.Status, &rules, &h.Version, &h.Year, &h.Number, &h.Original,
			&h.Agency.ID, &h.Agency.Name, &h.Agency.Short, &h.Agency.Kind, &h.Agency.Region, &h.Agency.Demo)
		if err != nil {
			return h, err
		}
		h.rules, err = unpackRules(rules)
		return h, err
	}, append([]any{at, at, at, at}, args...)...)
}

// verified keeps the reports that have every term as it stands.
func (db *DB) verified(ctx context.Context, hits []SearchHit, terms []string) ([]SearchHit, error) {
	kept := hits[:0]
	for _, h := range hits {
		ok, err := db.quote(ctx, &h, terms)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, h)
		}
	}
	return kept, nil
}

// quote finds the sentence of a report that has most of the terms, and reports whether
// each of them stands somewhere in it.
func (db *DB) quote(ctx context.Context, h *SearchHit, terms []string) (bool, error) {
	const query = `SELECT document FROM reading_details WHERE reading = ?`
	packed, err := one(ctx, db.read, query, func(row scanner) (b []byte, err error) { return b, row.Scan(&b) }, h.reading)
	if err != nil {
		return false, err
	}
	sections, err := sectionsOf(packed)
	if err != nil {
		return false, err
	}
	met, best := make(map[string]bool), 0
	h.More = -1
	for _, s := range sections {
		for _, p := range s.Paragraphs {
			for _, sentence := range Sentences(p.Text) {
				marks, n := markTerms(sentence, terms, met)
				if n > 0 {
					h.More++
				}
				if n > best {
					best = n
					h.Heading, h.Paragraph, h.Sentence, h.Marks = s.Heading, p.Number, sentence, marks
				}
			}
		}
	}
	h.More = max(h.More, 0)
	return len(met) == len(terms), nil
}

// markTerms returns where terms stand in a sentence, and how many of them do.
func markTerms(sentence string, terms []string, met map[string]bool) (marks [][2]int, n int) {
	text := []rune(Folded(sentence))
	for _, term := range terms {
		want := []rune(term)
		found := false
		for i := 0; i+len(want) <= len(text); i++ {
			if slices.Equal(text[i:i+len(want)], want) {
				marks = append(marks, [2]int{i, i + len(want)})
				found = true
				i += len(want) - 1
			}
		}
		if found {
			met[term] = true
			n++
		}
	}
	slices.SortFunc(marks, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return marks, n
}

// Sentences cuts a paragraph after each full stop.
func Sentences(text string) []string {
	var list []string
	var b strings.Builder
	for _, r := range text {
		b.WriteRune(r)
		if strings.ContainsRune("。！？；!?;\n", r) {
			list = append(list, strings.TrimSpace(b.String()))
			b.Reset()
		}
	}
	if rest := strings.TrimSpace(b.String()); rest != "" {
		list = append(list, rest)
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// keeps reports whether the conditions of a query keep a report; the one named is left
// out.
func (q SearchQuery) keeps(h SearchHit, without string) bool {
	return (without == "region" || q.Region == "" || q.Region.Contains(h.Agency.Region)) &&
		(without == "kind" || q.Kind == "" || q.Kind == h.Agency.Kind) &&
		(without == "year" || q.Year == 0 || q.Year == h.Year) &&
		(without == "format" || q.Format == "" || q.Format == h.Format) &&
		(without == "status" || q.Status == "" || q.Status == h.Status) &&
		(without == "finding" || q.Rule == "" || h.rules[q.Rule] > 0)
}

// count counts the facets.
func (r *SearchResult) count(q SearchQuery, hits []SearchHit) {
	facet := func(name string, values func(h SearchHit) []string) []Facet {
		count := make(map[string]int)
		for _, h := range hits {
			if q.keeps(h, name) {
				for _, v := range values(h) {
					count[v]++
				}
			}
		}
		var list []Facet
		for v, n := range count {
			list = append(list, Facet{v, n})
		}
		slices.SortFunc(list, func(a, b Facet) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
		return list
	}
	single := func(value func(h SearchHit) string) func(h SearchHit) []string {
		return func(h SearchHit) []string { return []string{value(h)} }
	}
	r.Regions = facet("region", single(func(h SearchHit) string { return string(h.Agency.Region.County()) }))
	r.Kinds = facet("kind", single(func(h SearchHit) string { return string(h.Agency.Kind) }))
	r.Years = facet("year", single(func(h SearchHit) string { return strconv.Itoa(h.Year) }))
	slices.SortFunc(r.Years, func(a, b Facet) int { return cmp.Compare(b.Value, a.Value) })
	r.Formats = facet("format", single(func(h SearchHit) string { return string(h.Format) }))
	r.Statuses = facet("status", single(func(h SearchHit) string { return string(h.Status) }))
	r.Rules = facet("finding", func(h SearchHit) []string {
		var list []string
		for rule := range h.rules {
			list = append(list, rule)
		}
		return list
	})
}
