package recognise

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// wantValues are the values that random figures have.
func wantValues(form *standard.Form, texts []string) []report.Value {
	out := make([]report.Value, len(texts))
	for i, s := range texts {
		switch s {
		case "":
			out[i].State = report.Blank
		case "/":
			out[i].State = report.Dash
		default:
			a, err := report.ParseAmount(s)
			if err != nil {
				panic(err)
			}
			out[i] = report.Value{State: report.Printed, Amount: a}
		}
	}
	return out
}

// mistakes lists the cells that a reading has otherwise than they were drawn.
func mistakes(form *standard.Form, want, got []report.Value, lenient bool) []string {
	var out []string
	for i, c := range form.Cells {
		if got[i].State == report.Absent && want[i].State != report.Printed && lenient {
			continue // nothing stood there, and nothing names it
		}
		if got[i].State != want[i].State || got[i].Amount != want[i].Amount {
			out = append(out, fmt.Sprintf("%s: got %s, want %s", c.Code, shown(got[i]), shown(want[i])))
		}
	}
	return out
}

// headed puts the title and the period before the tables, so that nothing but the
// tables can be in doubt.
func headed(blocks []extract.Block, year int) *extract.Document {
	text := func(s string) extract.Block { return extract.Block{Paragraph: &extract.Paragraph{Text: s}} }
	front := []extract.Block{
		text(fmt.Sprintf("云东区槐荫街道%d年政府信息公开工作年度报告", year)),
		text(fmt.Sprintf("本报告数据统计期限自%d年1月1日起至%d年12月31日止。", year, year)),
	}
	back := []extract.Block{text("槐荫街道办事处"), text(fmt.Sprintf("%d年1月13日", year+1))}
	return &extract.Document{Blocks: slices.Concat(front, blocks, back)}
}

// TestLayouts draws forms with random figures in every style, and in pairs of styles.
// The first reader must read each exactly and without a doubt: a careful person has
// none. Both together must never be wrong in silence, and doubt next to nothing.
func TestLayouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	layouts, doubted := 0, 0
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		for i, first := range styles {
			for _, second := range styles[i:] {
				if first.kind != "" && first.kind == second.kind && first.name != second.name {
					continue
				}
				name := fmt.Sprintf("%s/%s, %s", format, first.name, second.name)
				texts := figuresOf(form, rng)
				ds := first.apply(draw(form, texts), rng)
				if second.name != first.name {
					ds = second.apply(ds, rng)
				}
				blocks := blocksOf(ds)
				want := wantValues(form, texts)
				got := readGeometry(blocks)
				if got.format != format {
					t.Errorf("%s: format %q", name, got.format)
					continue
				}
				wrong := mistakes(form, want, got.values, false)
				if len(wrong) > 0 && len(got.doubts) == 0 {
					t.Errorf("%s: geometry wrong in silence: %.300q", name, wrong)
				} else if len(wrong) > 0 || len(got.doubts) > 0 {
					t.Errorf("%s: geometry in doubt: %.200q %+v", name, wrong, got.doubts[0])
				}
				both := Read(witnessed(headed(blocks, 2020)), Hint{})
				if len(both) != 1 {
					t.Errorf("%s: %d readings", name, len(both))
					continue
				}
				layouts++
				if r := both[0]; len(r.Doubts) > 0 {
					doubted++
					t.Logf("%s: in doubt: %s %s", name, r.Doubts[0].Rule, r.Doubts[0].Text)
				} else if wrong := mistakes(form, want, r.Values, false); len(wrong) > 0 {
					t.Errorf("%s: wrong in silence: %.300q", name, wrong)
				}
			}
		}
	}
	if doubted*25 > layouts {
		t.Errorf("%d of %d layouts in doubt; want at most one in 25", doubted, layouts)
	}
}

// damages take something from a drawing that a careful reader would miss.
var damages = []style{
	{"a figure lost", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn { return slices.Delete(row, at, at+1) })},
	{"two figures merged", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn {
		if at+1 >= len(row) {
			return slices.Delete(row, at, at+1)
		}
		row[at].cols += row[at+1].cols
		row[at].text += "7"
		return slices.Delete(row, at+1, at+2)
	})},
	{"a figure too many", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn {
		return slices.Insert(row, at, drawn{text: "7", rows: 1, cols: 1, figure: true})
	})},
	{"a capital O", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn { row[at].text = "O"; return row })},
	{"a question mark", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn { row[at].text = "1?"; return row })},
	{"two numbers in a cell", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn { row[at].text = "3\n4"; return row })},
	{"about", "", damage(func(row []drawn, at int, _ *rand.Rand) []drawn { row[at].text = "273余"; return row })},
	{"label lost", "", func(ds []*drawing, rng *rand.Rand) []*drawing {
		row := dataRowOf(ds, rng)
		for i := range *row {
			if (*row)[i].stub {
				(*row)[i].text = ""
			}
		}
		return ds
	}},
	{"label unknown", "", func(ds []*drawing, rng *rand.Rand) []*drawing {
		row := dataRowOf(ds, rng)
		for i := range *row {
			if (*row)[i].stub && !(*row)[i].group {
				(*row)[i].text = "甲乙丙丁"
			}
		}
		return ds
	}},
	{"row twice", "", func(ds []*drawing, rng *rand.Rand) []*drawing {
		for _, d := range ds {
			if d.table != standard.Appeals {
				at := len(d.rows) - 1
				copied := clone(d.rows[at:])
				copied[0][len(copied[0])-1].text = "77"
				d.rows = append(d.rows, copied...)
				return ds
			}
		}
		return ds
	}},
}

// structural reports whether a damage changes the number of cells of a row.
func (s style) structural() bool {
	return s.name == "two figures merged" || s.name == "a figure lost" || s.name == "a figure too many"
}

// dataRowOf picks a row with a label and figures.
func dataRowOf(ds []*drawing, rng *rand.Rand) *[]drawn {
	for {
		d := ds[rng.IntN(len(ds))]
		row := &d.rows[rng.IntN(len(d.rows))]
		figures, label := 0, false
		for _, c := range *row {
			if c.figure {
				figures++
			}
			label = label || c.stub
		}
		if figures > 0 && label {
			return row
		}
	}
}

func damage(f func(row []drawn, at int, rng *rand.Rand) []drawn) func([]*drawing, *rand.Rand) []*drawing {
	return func(ds []*drawing, rng *rand.Rand) []*drawing {
		row := dataRowOf(ds, rng)
		at := rng.IntN(len(*row))
		for !(*row)[at].figure {
			at = rng.IntN(len(*row))
		}
		*row = f(*row, at, rng)
		return ds
	}
}

// TestDamages takes something away from a table, in every style. The reading may be
// exact where the damage does not touch what is read; it may never be wrong without a
// doubt.
func TestDamages(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, format := range standard.Formats() {
		form := standard.FormOf(format)
		for _, harm := range damages {
			for _, style := range styles {
				if style.name == "spreadsheet" && harm.structural() {
					continue // where merges are written as blanks, one blank more says nothing
				}
				for range 3 {
					texts := figuresOf(form, rng)
					ds := style.apply(harm.apply(draw(form, texts), rng), rng)
					want := wantValues(form, texts)
					blocks := blocksOf(ds)
					name := fmt.Sprintf("%s/%s, %s", format, harm.name, style.name)
					got := readGeometry(blocks)
					if got.format != format {
						t.Errorf("%s: format %q", name, got.format)
						continue
					}
					unread := slices.ContainsFunc(got.values, func(v report.Value) bool { return v.State == report.Unread })
					if wrong := mistakes(form, want, got.values, true); len(wrong) > 0 && len(got.doubts) == 0 && !unread {
						t.Errorf("%s: geometry wrong in silence: %.300q", name, wrong)
					}
					for _, r := range Read(witnessed(headed(blocks, 2020)), Hint{}) {
						if wrong := mistakes(form, want, r.Values, true); len(wrong) > 0 && len(r.Doubts) == 0 {
							t.Errorf("%s: wrong in silence: %.300q", name, wrong)
						}
					}
				}
			}
		}
	}
}

// TestPermutations shuffles the figures of a form, the rows of its tables and the
// labels of its rows. The figures follow their labels and nothing else.
func TestPermutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, format := range []standard.Format{standard.F2019, standard.F2021} {
		form := standard.FormOf(format)
		for range 20 {
			texts := figuresOf(form, rng)
			ds := unmerge(draw(form, texts), true)
			for _, d := range ds {
				if d.table == standard.Requests {
					rows := d.rows[3:]
					rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				}
			}
			got := readGeometry(blocksOf(ds))
			want := wantValues(form, texts)
			for i, c := range form.Cells {
				// 其他 and 总计 stand in several places of the form: shuffled, they may be in doubt.
				if got.values[i].State == report.Absent && len(got.doubts) > 0 {
					continue
				}
				if got.values[i].State != want[i].State || got.values[i].Amount != want[i].Amount {
					t.Errorf("%s %s: got %s, want %s", format, c.Code, shown(got.values[i]), shown(want[i]))
				}
			}
		}
	}
}

// TestLabelsNeverMix damages every label by one character in every way, and demands
// that it is read as itself or not at all.
func TestLabelsNeverMix(t *testing.T) {
	x := theForms()
	for key, means := range x.labels {
		own := func(m meaning) bool { return m.table == means[0].table }
		in := func(t standard.Table) bool { return t == means[0].table }
		rs := []rune(key)
		for i := range rs {
			for _, damaged := range []string{
				string(rs[:i]) + string(rs[i+1:]),
				string(rs[:i]) + "某" + string(rs[i+1:]),
				string(rs[:i]) + "某" + string(rs[i:]),
			} {
				if x.lookup([]byte(damaged)) != nil {
					continue // it is another label, to the letter
				}
				got := x.near([]byte(damaged), in)
				if slices.ContainsFunc(got, own) && !slices.ContainsFunc(got, func(m meaning) bool { return slices.Contains(means, m) }) {
					t.Errorf("%s, damaged to %s, is read as another label", key, damaged)
				}
			}
		}
	}
	if len(x.labels) < 150 {
		t.Errorf("%d labels", len(x.labels))
	}
}
