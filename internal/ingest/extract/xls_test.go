package extract

import (
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// TestNumberFormats holds numbers to what their cells show.
func TestNumberFormats(t *testing.T) {
	cases := []struct {
		code string
		v    float64
		want string
	}{
		{"General", 1808595, "1808595"},
		{"General", 0.1 + 0.2, "0.3"},
		{"General", 149.673874, "149.673874"},
		{"General", -8, "-8"},
		{"General", 1.0 / 3, "0.333333333"},
		{"0", 2.5, "3"},
		{"0", -0.4, "0"},
		{"0.00", 2.675, "2.68"},
		{"0.00", 9.995, "10.00"},
		{"#.##", 0.5, ".5"},
		{"#,##0", 1234567, "1,234,567"},
		{"#,##0.00;[Red]-#,##0.00", -1234.5, "-1,234.50"},
		{`0.00"万元"`, 5225.1949, "5225.19万元"},
		{`0\件`, 12, "12件"},
		{`"减"0`, -8, "-减8"},
		{`0;"减"0`, -8, "减8"},
		{"0;-0;;@", 0, ""},
		{"_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"_ ;_ @_ ", 0, "-"},
		{"0%", 0.256, "26%"},
		{"0.0,", 12345, "12.3"},
		{"[>=10000]0.0,\"千\";0", 12345, "12.3千"},
		{"[>=10000]0.0,\"千\";0", 99, "99"},
		{"000", 7, "007"},
		{"[DBNum1]0", 12, "一二"},
		{"[$¥-804]#,##0.00", 3, "¥3.00"},
		{"yyyy/m/d", 43831, "2020/1/1"},
		{`yyyy"年"m"月"d"日"`, 44227.75, "2021年1月31日"},
		{"[$-804]yyyy-mm-dd hh:mm", 44227.75, "2021-01-31 18:00"},
		{"上午/下午h:mm", 0.75, "下午6:00"},
		{"[h]:mm", 1.5, "36:00"},
		{"d", 59, "28"},
		{"", 5, ""},
	}
	for _, c := range cases {
		if got := parseNumberFormat(c.code).show(c.v, false); got != c.want {
			t.Errorf("format %q shows %v as %q; want %q", c.code, c.v, got, c.want)
		}
		witness, shown := digitRuns{words: true}, digitRuns{words: true}
		witness.text(witnessNumber(c.v, c.code))
		shown.text(c.want)
		if strings.ContainsAny(c.code, "h[>") || c.code == "" {
			continue // times and conditions have no witness
		}
		if diff := cmp.Diff(shown.done(), witness.done()); diff != "" {
			t.Errorf("witness of format %q for %v (-shown +witness):\n%s", c.code, c.v, diff)
		}
	}
}

// A biffDraft writes a workbook stream by hand, for what no program at hand writes.
type biffDraft []byte

func (b *biffDraft) record(kind int, data ...byte) {
	*b = binary.LittleEndian.AppendUint16(*b, uint16(kind))
	*b = binary.LittleEndian.AppendUint16(*b, uint16(len(data)))
	*b = append(*b, data...)
}

// biffWords writes numbers of two bytes.
func biffWords(n ...int) []byte {
	var b []byte
	for _, v := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// biffWide writes characters of two bytes.
func biffWide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func biffJoin(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// biffBookOf writes globals with the given records and one sheet with others.
func biffBookOf(version int, globals, sheet func(b *biffDraft)) []byte {
	var b biffDraft
	head, name := biffWords(0, 0, 0, 0, 0, 0), []byte{1, 0, 'S'}
	if version < 0x600 {
		head, name = head[:4], []byte{1, 'S'}
	}
	b.record(biffBOF, biffJoin(biffWords(version, 5), head)...)
	globals(&b)
	at := len(b) + 4
	b.record(biffSheet, biffJoin([]byte{0, 0, 0, 0, 0, 0}, name)...)
	b.record(biffEOF)
	binary.LittleEndian.PutUint32(b[at:], uint32(len(b)))
	b.record(biffBOF, biffJoin(biffWords(version, 0x10), head)...)
	sheet(&b)
	b.record(biffEOF)
	return b
}

// TestXLSRecords: strings that run over records and change their width there, all
// kinds of numbers, results of formulas, blanks, merges and what is hidden.
func TestXLSRecords(t *testing.T) {
	body := biffBookOf(0x600, func(b *biffDraft) {
		b.record(biffXF, biffWords(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)...)
		b.record(biffXF, biffWords(0, 164, 0, 0, 0, 0, 0, 0, 0, 0)...)
		b.record(biffFormat, biffJoin(biffWords(164, 8), []byte{1}, biffWide(`0.00"万元"`))...)
		// Two strings: the first, with a run of formatting, is cut in its characters
		// and goes on in one byte each.
		b.record(biffStrings, biffJoin(biffWords(2, 0, 2, 0), biffWords(4), []byte{9}, biffWords(1), biffWide("新收"))...)
		b.record(biffContinue, biffJoin([]byte{0}, []byte("12"), biffWords(0, 0), biffWords(2), []byte{1}, biffWide("合并"))...)
		b.record(0xff, 0, 0)
	}, func(b *biffDraft) {
		b.record(biffColumn, biffWords(3, 3, 100, 0, 1, 0)...)
		b.record(biffRow, biffJoin(biffWords(3, 0, 5, 0, 0, 0), []byte{0x20, 0, 0, 0})...)
		b.record(biffStringRef, biffWords(0, 0, 0, 0, 0)...)
		b.record(biffNumber, biffJoin(biffWords(0, 1, 1), binary.LittleEndian.AppendUint64(nil, math.Float64bits(5225.1949)))...)
		b.record(biffRK, biffJoin(biffWords(0, 2, 0), binary.LittleEndian.AppendUint32(nil, 12345<<2|3))...)
		b.record(biffNumber, biffJoin(biffWords(0, 3, 0), make([]byte, 8))...)
		b.record(biffMulRK, biffJoin(biffWords(1, 0), biffWords(0), biffWords(7<<2|2, 0), biffWords(0), biffWords(8<<2|2, 0), biffWords(1))...)
		b.record(biffFormula, biffJoin(biffWords(1, 2, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))...)
		b.record(biffString, biffJoin(biffWords(2), []byte{1}, biffWide("文字"))...)
		b.record(biffStringRef, biffWords(2, 0, 0, 1, 0)...)
		b.record(biffBool, biffJoin(biffWords(2, 2, 0), []byte{1, 0})...)
		b.record(biffFormula, biffJoin(biffWords(2, 1, 0), binary.LittleEndian.AppendUint64(nil, math.Float64bits(4)), make([]byte, 8))...)
		b.record(biffLabel, biffJoin(biffWords(3, 0, 0, 2), []byte{1}, biffWide("藏行"))...)
		b.record(biffBlank, biffWords(4, 0, 0)...)
		b.record(biffLabel, biffJoin(biffWords(4, 1, 0, 1), []byte{0}, []byte("x"))...)
		b.record(biffLabel, biffJoin(biffWords(4, 2, 0, 1), []byte{0}, []byte("y"))...)
		b.record(biffMerges, biffWords(1, 2, 4, 0, 0)...)
	})
	want := `grid 1: 4 rows, 3 columns
  0,0 S!A1 新收12
  0,1 S!B1 5225.19万元
  0,2 S!C1 123.45
  1,0 S!A2 7
  1,1 S!B2 8
  1,2 S!C2 文字
  2,0 2x1 S!A3 合并
  2,1 S!B3 4
  2,2 S!C3 TRUE
  3,1 S!B5 x
  3,2 S!C5 y
digits 12 5225.19万元 123.45 7 8 4
`
	if diff := cmp.Diff(want, showRead(t, "示例.xls", body)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestXLSOld: Excel 5 and 95 keep texts in a code page.
func TestXLSOld(t *testing.T) {
	body := biffBookOf(0x500, func(b *biffDraft) {
		b.record(biffCodePage, biffWords(936)...)
		b.record(biffXF, biffWords(0, 0, 0, 0, 0, 0, 0, 0)...)
	}, func(b *biffDraft) {
		b.record(biffLabel, biffJoin(biffWords(0, 0, 0, 4), []byte("\xb9\xe6\xd5\xc2"))...)
		b.record(biffRichText, biffJoin(biffWords(0, 1, 0, 2), []byte("12"), []byte{0})...)
	})
	want := "grid 1: 1 rows, 2 columns\n  0,0 S!A1 规章\n  0,1 S!B1 12\ndigits \n"
	if diff := cmp.Diff(want, showRead(t, "示例.xls", body)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// TestXLSRefused: what cannot be read says why.
func TestXLSRefused(t *testing.T) {
	locked := biffBookOf(0x600, func(b *biffDraft) { b.record(biffPassword, 1, 0) }, func(*biffDraft) {})
	if got := showRead(t, "示例.xls", locked); !strings.Contains(got, "密码") {
		t.Errorf("a workbook under a password: %s", got)
	}
	long := biffBookOf(0x600, func(*biffDraft) {}, func(b *biffDraft) {
		for row := range 30 {
			b.record(biffLabel, biffJoin(biffWords(row, 0, 0, 1), []byte{0, 'x'})...)
		}
	})
	_, err := Read(t.Context(), Hint{}, long, Limits{Pages: 20})
	if err == nil || !strings.Contains(err.Error(), "pages") {
		t.Errorf("30 rows where 20 are allowed: %v", err)
	}
}

// FuzzXLS: any stream of records is read or refused without a panic.
func FuzzXLS(f *testing.F) {
	body, err := os.ReadFile("testdata/office/samples/numbers.xls")
	if err != nil {
		f.Fatal(err)
	}
	stream, err := workbookStream(input{body: body, limits: DefaultLimits()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stream)
	f.Fuzz(func(t *testing.T, stream []byte) {
		holds(t, append([]byte("\x09\x08\x10\x00\x00\x06\x05\x00"), stream[min(8, len(stream)):]...))
	})
}
