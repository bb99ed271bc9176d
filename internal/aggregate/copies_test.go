package aggregate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestNormalise: what every report must say, names, titles and figures are not what
// makes a text a copy.
func TestNormalise(t *testing.T) {
	names := []string{"云杉街道办事处", "云杉街道", "云杉"}
	for text, want := range map[string]string{
		"2023年，云杉街道收到申请12件，占30.5%。":                        "#年收到申请#件占#",
		"云杉街道办事处按照《中华人民共和国政府信息公开条例》答复。":                    "按照答复",
		"本报告由总体情况等六部分组成。加强学习。":                             "加强学习",
		"根据《中华人民共和国政府信息公开条例》第四十九条编制本报告。如有疑问，请联系，电话：123。学习": "学习",
		"": "",
	} {
		if got := string(normalise(text, names).runes); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

// FuzzNormalise: whatever the text, each character kept stands where it is said to.
func FuzzNormalise(f *testing.F) {
	f.Add("2023年《条例》云杉街道。", "云杉")
	f.Add("《》\xff12", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		var names []string
		if name != "" {
			names = []string{name}
		}
		p := normalise(text, names)
		if len(p.runes) != len(p.at) {
			t.Fatalf("%d characters at %d places", len(p.runes), len(p.at))
		}
		for i, at := range p.at {
			if at < 0 || int(at) >= len(text) || i > 0 && at <= p.at[i-1] {
				t.Fatalf("character %d stands at %d of %d", i, at, len(text))
			}
		}
		if n := len(p.runes) - shingleLength + 1; n > 0 {
			p.cut(0, n)
		}
	})
}

// TestCandidates holds the index against all pairs: every set that contains three
// quarters of another is proposed, whatever their lengths.
func TestCandidates(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var sets [][]uint64
	for range 60 {
		base := make([]uint64, 113+random.IntN(600))
		for i := range base {
			base[i] = random.Uint64()
		}
		sets = append(sets, setOf(base))
		part := append([]uint64(nil), base[:len(base)*4/5]...)
		for range random.IntN(1500) {
			part = append(part, random.Uint64())
		}
		sets = append(sets, setOf(part))
	}
	index := newSketchIndex(sets)
	proposed := 0
	for i := range sets {
		found := make(map[int]bool)
		index.candidates(i, 0.75, func(other int) { found[other] = true; proposed++ })
		for other := range sets {
			if other != i && containment(sets[i], sets[other]) >= 0.75 && !found[other] {
				t.Errorf("set %d of %d shingles is %.2f in %d and was not proposed", i, len(sets[i]), containment(sets[i], sets[other]), other)
			}
		}
	}
	if proposed > 2*len(sets) {
		t.Errorf("%d candidates for %d sets: hardly better than all pairs", proposed, len(sets))
	}
}

// TestPassages cuts what two texts share out of each as it stands there.
func TestPassages(t *testing.T) {
	a := normalise("我街道全年主动公开政府信息12条，比上年有所增加。以下各不相同一二三四。", nil)
	b := normalise("其他话。今年，我街道全年主动公开政府信息7条，比上年有所增加！", nil)
	want := []Passage{{Text: "我街道全年主动公开政府信息12条，比上年有所增加。", Other: "我街道全年主动公开政府信息7条，比上年有所增加！",
		OtherAround: Around{Before: "今年，"}}}
	if diff := cmp.Diff(want, passages(a, b, 3)); diff != "" {
		t.Errorf("passages (-want +got):\n%s", diff)
	}
}

// TestAround: what stands beside a stretch ends with its sentences, and of a long one where
// enough is told.
func TestAround(t *testing.T) {
	long := strings.Repeat("长", 200)
	for text, want := range map[string]Around{
		"前话。开头[中间]结尾。后话": {"开头", "结尾。"}, "[中间]": {}, "一段\n[中间]\n二段": {}, "甲；乙[中间]；丙": {Before: "乙"},
		long + "[中间]" + long: {"……" + strings.Repeat("长", aroundMost), strings.Repeat("长", aroundMost) + "……"},
	} {
		from := strings.Index(text, "[")
		plain := strings.NewReplacer("[", "", "]", "").Replace(text)
		if got := around(plain, from, from+len("中间")); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

// TestTemplate: what over half of a district shares is told once, and what two units
// share beyond it is still told.
func TestTemplate(t *testing.T) {
	f := newCounty(t, 6)
	for i := 1; i <= 6; i++ {
		text := essay(100) + essay(i)
		if i == 2 {
			text = essay(100) + essay(1)
		}
		f.tell(told{agency: report.AgencyID(fmt.Sprintf("9901010%02d", i)), year: 2022, numbers: requests(int64(i)), sections: map[int]string{5: text}})
	}
	got, err := New(f.db, today).Copies(context.Background(), "990101", 2022, 0)
	f.must(err)
	if len(got.Templates) != 1 || got.Templates[0].Units != 6 || got.Templates[0].Of != 6 || !strings.Contains(essay(100), got.Templates[0].Passages[0].Text) {
		t.Errorf("templates %+v", got.Templates)
	}
	if len(got.Pairs) != 2 || got.Pairs[0].Agency != one || got.Pairs[0].Other != two || got.Pairs[0].Share < 0.9 {
		t.Errorf("pairs %+v", got.Pairs)
	}
	for _, p := range got.Pairs {
		if len(p.Passages) == 0 || p.Passages[0].Text == "" || p.Passages[0].Other == "" {
			t.Errorf("a pair without its passages: %+v", p)
		}
	}
}

// TestReuse is the indicator of what a unit writes again, thresholds apart.
func TestReuse(t *testing.T) {
	f := newCounty(t, 4)
	f.tell(told{agency: one, year: 2022, numbers: requests(1), sections: map[int]string{1: essay(1) + essay(2)}})
	f.tell(told{agency: one, year: 2023, numbers: requests(2), sections: map[int]string{1: essay(1) + essay(3)}})
	got, err := New(f.db, today).Copies(context.Background(), "990101", 0, 0)
	f.must(err)
	if len(got.Reuse) != 1 || got.Reuse[0].Share < 0.45 || got.Reuse[0].Share > 0.55 || got.Reuse[0].Year != 2023 {
		t.Errorf("half of the section is last year's: %+v", got.Reuse)
	}
}

// TestCopiesAreSame: comparing again gives the same answers in the same order.
func TestCopiesAreSame(t *testing.T) {
	c := copiedCounty()
	f := newCounty(t, c.streets)
	c.publish(f)
	var first Copies
	for i := range 3 {
		got, err := New(f.db, today).Copies(context.Background(), "990101", 0, 0)
		f.must(err)
		if i == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("the second time (-first +second):\n%s", diff)
		}
	}
}

// BenchmarkCopies compares a province: 1,500 reports of a year with each other and
// with the year before. One in five copies another.
func BenchmarkCopies(b *testing.B) {
	s := provincial(b)
	for b.Loop() {
		got, err := s.Copies(context.Background(), "99", 2023, 0)
		if err != nil || len(got.Pairs) == 0 {
			b.Fatal(len(got.Pairs), err)
		}
	}
}

// BenchmarkJudge applies the other rules across reports to the same province.
func BenchmarkJudge(b *testing.B) {
	s := provincial(b)
	for b.Loop() {
		if got, err := s.Judge(context.Background(), store.Query{Region: "99", FromYear: 2023, ToYear: 2023}); err != nil || len(got) < 1500 {
			b.Fatal(len(got), err)
		}
	}
}

// BenchmarkLeads finds the leads of a district of the province.
func BenchmarkLeads(b *testing.B) {
	s := provincial(b)
	for b.Loop() {
		if got, err := s.Leads(context.Background(), "990101", 2023, 0); err != nil || len(got.Leads) == 0 {
			b.Fatal(len(got.Leads), err)
		}
	}
}

// provincial is a province of 1,500 streets with two years of reports.
func provincial(b *testing.B) *Service {
	ctx := context.Background()
	db, err := store.Open(ctx, b.TempDir()+"/copies.db")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	var agencies []report.Agency
	for i := range 1500 {
		code := standard.RegionCode(fmt.Sprintf("99%02d%02d%03d", 1+i/300, 1+i/30%10, 1+i%30))
		agencies = append(agencies, report.Agency{ID: report.AgencyID(code), Name: fmt.Sprintf("示例%d街道办事处", i), Short: fmt.Sprintf("示例%d街道", i), Kind: standard.Street, Region: code, From: 2021})
	}
	if err := db.PutAgencies(ctx, agencies); err != nil {
		b.Fatal(err)
	}
	run, err := db.StartRun(ctx, "import", 0, false)
	if err != nil {
		b.Fatal(err)
	}
	if err := db.PutOriginal(ctx, run, report.Original{Hash: "h", URL: "http://demo.example/h"}); err != nil {
		b.Fatal(err)
	}
	for i, a := range agencies {
		for year := 2022; year <= 2023; year++ {
			r := report.Reading{Year: year, Format: standard.F2021, Values: printed(standard.F2021, requests(int64(i))).Values}
			for _, n := range comparedSections() {
				seed := 10*i + n + year
				if i%5 == 0 {
					seed = n
				}
				text := essay(seed) + essay(seed+1_000_000) + essay(seed+2_000_000)
				r.Sections = append(r.Sections, report.Section{Number: n, Paragraphs: []report.Paragraph{{Number: n, Text: text}}})
			}
			_, _, err := db.AddVersion(ctx, run, store.NewVersion{Agency: a.ID, Year: year, Status: report.Verified, Original: "h", URL: fmt.Sprint(a.ID, year), FoundAt: time.Now(), Reading: r})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	return New(db, today)
}
