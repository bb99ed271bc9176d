package extract

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// TestSniff tells types from bytes alone.
func TestSniff(t *testing.T) {
	cases := []struct {
		name, body string
		want       Type
	}{
		{"page", "\xef\xbb\xbf\r\n <!DOCTYPE html>", HTML},
		{"fragment behind text", "年报\n<table><tr>", HTML},
		{"xml of Word", "<?xml version=\"1.0\"?><html>", HTML},
		{"Excel 2003 in XML", `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "excel-xml"},
		{"Word 2003 in XML", `<?xml version="1.0"?><w:wordDocument>`, "word-xml"},
		{"pdf behind junk", "\r\n\r\n%PDF-1.4", PDF},
		{"rtf", `{\rtf1\ansi`, RTF},
		{"archive", "PK\x03\x04", ZIP},
		{"docx", string(pack(t, member{"[Content_Types].xml", ""}, member{"word/document.xml", ""})), DOCX},
		{"xlsx", string(pack(t, member{"xl/workbook.xml", ""})), XLSX},
		{"ofd", string(pack(t, member{"OFD.xml", ""})), OFD},
		{"archive of documents", string(pack(t, member{"年报/a.docx", ""})), ZIP},
		{"compound text", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + string(utf16le("WordDocument")), DOC},
		{"compound book", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + string(utf16le("Workbook")), XLS},
		{"compound of another kind", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"},
		{"web archive", "From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related", MHTML},
		{"answer", `{"code":0}`, JSON},
		{"answer with a list", "[ {\"a\":1}]", JSON},
		{"bracket", "[bookmark: _GoBack]2020年", Text},
		{"values", "a,b,c\n1,2,3\n4,5,6\n", CSV},
		{"prose with commas", strings.Repeat("2020年,我街高度重视,积极落实。\n", 5), Text},
		{"text", "政府信息公开", Text},
		{"utf-16 page", "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", HTML},
		{"gif", "GIF89a", Image},
		{"webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", Image},
		{"program", "MZ\x00\x00", "unknown"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := sniff([]byte(c.body)); got != c.want {
				t.Errorf("sniff = %s, want %s", got, c.want)
			}
		})
	}
}

// TestDecode holds the order of evidence for the encoding: the bytes come before what
// is declared, and a declaration counts only if the bytes decode by it.
func TestDecode(t *testing.T) {
	const text = "政府信息公开工作年度报告，主动公开的项目情况"
	const rare = text + "𬇙㙦䶮"
	gbk := encoded(t, simplifiedchinese.GBK.NewEncoder().String, text)
	gb18030 := encoded(t, simplifiedchinese.GB18030.NewEncoder().String, rare)
	big5 := encoded(t, traditionalchinese.Big5.NewEncoder().String, "政府資訊公開工作年度報告，主動公開的項目情況")
	utf16 := encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String, text)
	cases := []struct {
		name, body, meta, header string
		want, route              string
	}{
		{"declared", text, "utf-8", "", text, "utf-8 (declared)"},
		{"nothing declared", text, "", "", text, "utf-8 (bytes)"},
		{"wrongly declared", text, "gb2312", "gbk", text, "utf-8 (bytes)"},
		{"mark", "\xef\xbb\xbf" + text, "gbk", "", text, "utf-8 (BOM)"},
		{"utf-16", utf16, "", "", text, "utf-16le (BOM)"},
		{"gbk declared", gbk, "gb2312", "", text, "gb2312 (declared)"},
		{"gbk in the header", gbk, "", "GBK", text, "gbk (declared)"},
		{"gbk declared as utf-8", gbk, "utf-8", "", text, "gb18030 (bytes)"},
		{"gbk, nothing declared", gbk, "", "", text, "gb18030 (bytes)"},
		{"rare characters", gb18030, "gb2312", "", rare, "gb2312 (declared)"},
		{"big5 declared", big5, "big5", "", "政府資訊公開工作年度報告，主動公開的項目情況", "big5 (declared)"},
		{"big5, nothing declared", big5, "", "", "政府資訊公開工作年度報告，主動公開的項目情況", "big5 (bytes)"},
		{"cut character", strings.Repeat(text, 9) + "\xe5\xb9", "utf-8", "", strings.Repeat(text, 9) + "\uFFFD", "utf-8 (declared)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := decode([]byte(c.body), c.meta, c.header)
			if string(d.text) != c.want || d.route != c.route {
				t.Errorf("%s: %q\nwant %s: %q", d.route, d.text, c.route, c.want)
			}
			if warned := len(d.warnings) > 0; warned != strings.Contains(c.want, "\uFFFD") {
				t.Errorf("warnings %v", d.warnings)
			}
		})
	}
}

func encoded(t *testing.T, encode func(string) (string, error), text string) string {
	t.Helper()
	s, err := encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMetaCharset reads what a page declares of itself.
func TestMetaCharset(t *testing.T) {
	cases := map[string]string{
		`<meta charset="gbk">`: "gbk",
		`<META http-equiv=Content-Type content="text/html; charset=GB2312">`: "gb2312",
		`<?xml version="1.0" encoding='utf-8'?>`:                             "utf-8",
		`<script>charset</script><meta charset = utf-8 >`:                    "utf-8",
		`<p>charset</p>`: "",
	}
	for page, want := range cases {
		if got := metaCharset([]byte(page)); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}

// TestDecodeGB18030 compares with the general decoder: all text must decode, and of any
// bytes what decodes must decode alike.
func TestDecodeGB18030(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(rapid.String().Draw(t, "text"), "\uFFFD", "")
		body, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
		if err != nil {
			t.Fatal(err)
		}
		if got, clean := decodeGB18030(body); string(got) != string(want) || !clean {
			t.Fatalf("%q (clean %v), want %q, of % x", got, clean, want, body)
		}
		body = rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		want, err = simplifiedchinese.GB18030.NewDecoder().Bytes(body)
		if err != nil {
			t.Fatal(err)
		}
		got, clean := decodeGB18030(body)
		if clean && string(got) != string(want) || !utf8.Valid(got) {
			t.Fatalf("%q, want %q, of % x", got, want, body)
		}
	})
}
