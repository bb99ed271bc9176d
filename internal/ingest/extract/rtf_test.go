package extract

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestReadRTF holds the reader to the cases in testdata/office/rtf. Line ends in a
// case mean nothing, as in rich text itself.
func TestReadRTF(t *testing.T) {
	officeCases(t, "rtf", func(t *testing.T, c *officeCase) string {
		return showRead(t, "示例.rtf", []byte(strings.ReplaceAll(c.members["body"], "\n", "\r\n")))
	})
}

// FuzzRTF: any bytes are read or refused without a panic.
func FuzzRTF(f *testing.F) {
	cases, _ := filepath.Glob("testdata/office/rtf/*.txtar")
	for _, path := range cases {
		f.Add([]byte(readOfficeCase(f, path).members["body"]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		holds(t, append([]byte(`{\rtf1`), body...))
	})
}
