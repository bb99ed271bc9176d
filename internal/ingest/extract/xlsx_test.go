package extract

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"
)

// packXLSX builds a workbook from the members of a case: sheet is what stands in a
// worksheet, strings the shared strings one a line, any other member a part.
func packXLSX(t testing.TB, members map[string]string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	parts := map[string]string{
		"xl/workbook.xml": `<workbook ` + ns + `><sheets><sheet name="表" sheetId="1"/></sheets></workbook>`,
	}
	for name, content := range members {
		switch name {
		case "want":
		case "sheet":
			parts["xl/worksheets/sheet1.xml"] = `<worksheet ` + ns + `>` + content + `</worksheet>`
		case "strings":
			all := ""
			for line := range strings.Lines(content) {
				all += "<si>" + strings.TrimSpace(line) + "</si>"
			}
			parts["xl/sharedStrings.xml"] = `<sst ` + ns + `>` + all + `</sst>`
		default:
			parts[name] = content
		}
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, content := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestReadXLSX holds the reader to the cases in testdata/office/xlsx.
func TestReadXLSX(t *testing.T) {
	officeCases(t, "xlsx", func(t *testing.T, c *officeCase) string {
		return showRead(t, "示例.xlsx", packXLSX(t, c.members))
	})
}

// FuzzXLSX: any worksheet is read or refused without a panic.
func FuzzXLSX(f *testing.F) {
	body, err := os.ReadFile("testdata/office/samples/numbers.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	pkg, err := openOffice(input{body: body, limits: DefaultLimits()})
	if err != nil {
		f.Fatal(err)
	}
	sheet, err := pkg.read("xl/worksheets/sheet1.xml")
	if err != nil {
		f.Fatal(err)
	}
	_, inner, _ := strings.Cut(string(sheet), "<sheetData>")
	f.Add("<sheetData>"+strings.TrimSuffix(inner, "</worksheet>"), "<t>规章</t>\n<t>0</t>")
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		holds(t, packXLSX(t, map[string]string{"sheet": sheet, "strings": texts}))
	})
}
