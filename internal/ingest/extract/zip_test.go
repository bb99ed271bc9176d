package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/report"
)

// TestReadZIP reads every member, names those that were not read, and passes over what
// systems leave behind.
func TestReadZIP(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`年报\示例街道.txt`)
	if err != nil {
		t.Fatal(err)
	}
	inner := pack(t, member{"内.txt", "内层报告"}, member{"再.zip", string(pack(t, member{"x.txt", "甲"}))})
	body := pack(t,
		member{gbk, "示例街道2020年报告"},
		member{"../页.html", "<p>网页报告</p>"},
		member{"图.png", "\x89PNG\r\n\x1a\n"},
		member{"__MACOSX/._a.txt", "垃圾"},
		member{"Thumbs.db", "垃圾"},
		member{"空/", ""},
		member{"内.zip", string(inner)},
	)
	docs, err := Read(t.Context(), Hint{Name: "包.zip"}, body, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		if d.Name != "包.zip" {
			t.Errorf("member %s has name %q", d.Member, d.Name)
		}
		said := "not read"
		if len(d.Blocks) > 0 {
			said = d.Blocks[0].Paragraph.Text
		} else if len(d.Warnings) != 1 || d.Warnings[0].Rule != "read.member" {
			t.Errorf("member %s has warnings %v", d.Member, d.Warnings)
		}
		got = append(got, d.Member+": "+said)
	}
	want := []string{
		"年报/示例街道.txt: 示例街道2020年报告",
		"页.html: 网页报告",
		"图.png: not read",
		"内.zip/内.txt: 内层报告",
		"内.zip/再.zip: not read",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// TestReadZIPNothing refuses an archive of which nothing can be read, and says of each
// member why.
func TestReadZIPNothing(t *testing.T) {
	body := pack(t, member{"图.png", "\x89PNG\r\n\x1a\n"})
	_, err := Read(t.Context(), Hint{}, body, Limits{})
	if !errors.Is(err, report.ErrUnreadable) || !strings.Contains(err.Error(), "图.png") {
		t.Errorf("error %v, want ErrUnreadable that names the member", err)
	}
	if _, err := Read(t.Context(), Hint{}, pack(t), Limits{}); !errors.Is(err, report.ErrUnreadable) {
		t.Errorf("empty archive: %v, want ErrUnreadable", err)
	}
}

// TestReadZIPLocked names the reason for members that need a password.
func TestReadZIPLocked(t *testing.T) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	if _, err := z.CreateRaw(&zip.FileHeader{Name: "a.txt", Flags: 1}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Read(t.Context(), Hint{}, buf.Bytes(), Limits{})
	if err == nil || !strings.Contains(err.Error(), "加密") {
		t.Errorf("error %v, want one that speaks of encryption", err)
	}
}
