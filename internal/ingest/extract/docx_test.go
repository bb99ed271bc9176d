package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/report"
)

// packDOCX builds a package from the members of a case: body is what stands in
// w:body, any other member but want is a part as it is.
func packDOCX(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	put := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range members {
		switch name {
		case "want":
		case "body":
			put("word/document.xml", docxHead+content+"</w:body></w:document>")
		default:
			put(name, content)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const docxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"
 xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body>`

// TestReadDOCX holds the reader to the cases in testdata/office/docx.
func TestReadDOCX(t *testing.T) {
	officeCases(t, "docx", func(t *testing.T, c *officeCase) string {
		return showRead(t, "示例.docx", packDOCX(t, c.members))
	})
}

// TestDOCXLimits holds the bounds on what a package may cost.
func TestDOCXLimits(t *testing.T) {
	rows := strings.Repeat("<w:tr><w:tc><w:p/></w:tc></w:tr>", 20)
	body := packDOCX(t, bodyOf("<w:tbl>"+rows+"</w:tbl>"))
	big := packDOCX(t, bodyOf("<w:p><w:r><w:t>"+strings.Repeat("0", 3<<20)+"</w:t></w:r></w:p>"))
	deep := packDOCX(t, bodyOf(strings.Repeat("<w:sdt>", 1000)+strings.Repeat("</w:sdt>", 1000)))
	cases := []struct {
		name   string
		body   []byte
		limits Limits
		limit  string // "" for another ErrUnreadable
	}{
		{"rows", body, Limits{Pages: 10}, "pages"},
		{"decompressed", big, Limits{Decompressed: 1 << 20}, "decompressed"},
		{"ratio", big, Limits{Ratio: 10}, "ratio"},
		{"depth", deep, Limits{}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(t.Context(), Hint{}, c.body, c.limits)
			if !errors.Is(err, report.ErrUnreadable) {
				t.Fatalf("err = %v; want unreadable", err)
			}
			var limit *report.LimitError
			if errors.As(err, &limit) != (c.limit != "") || limit != nil && limit.Limit != c.limit {
				t.Errorf("err = %v; want limit %q", err, c.limit)
			}
		})
	}
}

func bodyOf(body string) map[string]string { return map[string]string{"body": body} }

// FuzzDOCX: any body of a document is read or refused without a panic, and the
// grids keep to their rows and columns.
func FuzzDOCX(f *testing.F) {
	cases, _ := filepath.Glob("testdata/office/docx/*.txtar")
	for _, path := range cases {
		f.Add([]byte(readOfficeCase(f, path).members["body"]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in := input{body: packDOCX(t, bodyOf(string(body))), limits: DefaultLimits()}
		if doc, err := readDOCX(t.Context(), in); err == nil {
			checkGrids(t, doc)
		}
	})
}
