package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// A readerFault is what may go wrong in one reader alone.
type readerFault struct {
	name string
	// plant changes the values of a reading at or around one of its cells.
	plant func(form *standard.Form, v []report.Value, at int)
}

// count is a printed number.
func count(n int64) report.Value {
	return report.Value{State: report.Printed, Amount: report.Count(n), Text: fmt.Sprint(n)}
}

// readerFaults lists the faults by what they touch.
func readerFaults() []readerFault {
	set := func(v report.Value) func(*standard.Form, []report.Value, int) {
		return func(_ *standard.Form, values []report.Value, at int) { values[at] = v }
	}
	amount := func(change func(a report.Amount) report.Amount) func(*standard.Form, []report.Value, int) {
		return func(_ *standard.Form, v []report.Value, at int) {
			if v[at].State == report.Printed {
				v[at].Amount = change(v[at].Amount)
			}
		}
	}
	rows := func(change func(row, next []report.Value)) func(*standard.Form, []report.Value, int) {
		return func(form *standard.Form, v []report.Value, at int) {
			from, to := rowAround(form, at)
			end := to
			if to < len(v) {
				_, end = rowAround(form, to)
			}
			change(v[from:to], v[to:end])
		}
	}
	return []readerFault{
		{"one more", amount(func(a report.Amount) report.Amount { return a + report.One })},
		{"ten times", amount(func(a report.Amount) report.Amount { return a * 10 })},
		{"a digit lost", amount(func(a report.Amount) report.Amount { return a / 10 / report.One * report.One })},
		{"sign changed", amount(func(a report.Amount) report.Amount { return -a })},
		{"yuan for ten thousand yuan", amount(func(a report.Amount) report.Amount { return a * 10_000 })},
		{"fraction lost", amount(func(a report.Amount) report.Amount { return a / report.One * report.One })},
		{"another number", set(count(99991))},
		{"nought", set(count(0))},
		{"blank", set(report.Value{State: report.Blank})},
		{"dash", set(report.Value{State: report.Dash, Text: "—"})},
		{"words", set(report.Value{State: report.Words, Text: "未增未减"})},
		{"absent", set(report.Value{})},
		{"unread", set(report.Value{State: report.Unread, Text: "l2"})},
		{"neighbours swapped", func(_ *standard.Form, v []report.Value, at int) {
			if at+1 < len(v) {
				v[at], v[at+1] = v[at+1], v[at]
			}
		}},
		{"moved to the next cell", func(_ *standard.Form, v []report.Value, at int) {
			if at+1 < len(v) {
				v[at], v[at+1] = report.Value{State: report.Blank}, v[at]
			}
		}},
		{"copied to the next cell", func(_ *standard.Form, v []report.Value, at int) {
			if at+1 < len(v) {
				v[at+1] = v[at]
			}
		}},
		{"moved to the next row", rows(func(row, next []report.Value) {
			if len(next) > 0 {
				row[0], next[0] = report.Value{State: report.Blank}, row[0]
			}
		})},
		{"rows swapped", rows(func(row, next []report.Value) {
			for i := range min(len(row), len(next)) {
				row[i], next[i] = next[i], row[i]
			}
		})},
		{"row shifted right", rows(func(row, _ []report.Value) {
			copy(row[1:], slices.Clone(row))
			row[0] = report.Value{State: report.Blank}
		})},
		{"row shifted left", rows(func(row, _ []report.Value) {
			copy(row, row[1:])
			row[len(row)-1] = report.Value{State: report.Blank}
		})},
		{"row turned", rows(func(row, _ []report.Value) { slices.Reverse(row) })},
		{"row absent", rows(func(row, _ []report.Value) { clear(row) })},
		{"row of the one before", rows(func(row, next []report.Value) { copy(next, row) })},
		{"row drawn up", func(_ *standard.Form, v []report.Value, at int) { copy(v[at:], v[at+1:]) }},
		{"table absent", func(form *standard.Form, v []report.Value, at int) {
			for _, c := range form.TableCells(form.Cells[at].Table) {
				v[c.Index] = report.Value{}
			}
		}},
		{"everything nought", func(_ *standard.Form, v []report.Value, _ int) {
			for i := range v {
				v[i] = count(0)
			}
		}},
	}
}

// rowAround returns the cells that stand in one row with a cell.
func rowAround(form *standard.Form, at int) (from, to int) {
	same := func(a, b standard.Cell) bool { return a.Table == b.Table && a.Block == b.Block && a.Row == b.Row }
	from, to = at, at+1
	for from > 0 && same(form.Cells[from-1], form.Cells[at]) {
		from--
	}
	for to < len(form.Cells) && same(form.Cells[to], form.Cells[at]) {
		to++
	}
	return from, to
}

// TestOneReaderFaults plants each fault in what one reader read, for each reader alone,
// before the two are compared. Every one ends in doubt, and no cell keeps a value that
// only one reader has.
func TestOneReaderFaults(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	planted := map[string]int{}
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		blocks := blocksOf(draw(form, figuresOf(form, rng)))
		for n, reader := range []string{"geometry", "sequence"} {
			for _, fault := range readerFaults() {
				for range 6 {
					readings := [2]tableReading{readGeometry(blocks), readSequence(blocks, format)}
					before := slices.Clone(readings[n].values)
					at := rng.IntN(len(before))
					fault.plant(form, readings[n].values, at)
					if sameValues(before, readings[n].values) {
						continue
					}
					planted[reader]++
					p := &reportPart{doc: witnessed(headed(blocks, 2020)), r: &report.Reading{Format: format}}
					p.compare(readings[0], readings[1])
					name := fmt.Sprintf("%s, %s: %s at %s", format, reader, fault.name, form.Cells[at].Code)
					if len(p.r.Doubts) == 0 {
						t.Errorf("%s: no doubt", name)
					}
					for i, v := range p.r.Values {
						if v.State != report.Unread && (v.State != before[i].State || v.Amount != before[i].Amount) {
							t.Errorf("%s: %s became %s, was %s", name, form.Cells[i].Code, shown(v), shown(before[i]))
						}
					}
				}
			}
		}
	}
	for _, reader := range []string{"geometry", "sequence"} {
		if planted[reader] < 50 {
			t.Errorf("%d faults planted in %s; want at least 50", planted[reader], reader)
		}
	}
	t.Logf("planted %v", planted)
}

// sameValues reports whether two readings say the same.
func sameValues(a, b []report.Value) bool {
	return slices.EqualFunc(a, b, func(x, y report.Value) bool { return x.State == y.State && x.Amount == y.Amount })
}

// TestReaderTakesOtherFormat lets one reader take the tables for those of another form.
func TestReaderTakesOtherFormat(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		blocks := blocksOf(draw(form, figuresOf(form, rng)))
		doc := witnessed(headed(blocks, 2020))
		for _, other := range standard.Formats() {
			if other == format {
				continue
			}
			wrong := readSequence(blocks, other)
			first := tableReading{format: other, values: wrong.values, order: readGeometry(blocks).order[:0], firstGrid: -1}
			p := &reportPart{doc: doc, blocks: blocks, r: &report.Reading{}}
			p.readTables(first, newWitness(doc))
			if len(p.r.Doubts) == 0 {
				t.Errorf("geometry took %s for %s: no doubt", format, other)
			}
			p = &reportPart{doc: doc, blocks: blocks, r: &report.Reading{Format: format}}
			p.compare(readGeometry(blocks), tableReading{format: other, values: padded(wrong.values, len(form.Cells))})
			if len(p.r.Doubts) == 0 {
				t.Errorf("sequence took %s for %s: no doubt", format, other)
			}
		}
	}
}

// padded cuts or fills values to a length.
func padded(v []report.Value, n int) []report.Value {
	out := make([]report.Value, n)
	copy(out, v)
	return out
}
