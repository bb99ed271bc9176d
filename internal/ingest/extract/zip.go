package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gongkai/internal/report"
)

// readZIP reads each member of an archive as a document of its own; an archive in it is
// opened once. A member that cannot be read is a Document without blocks whose Warning
// read.member says why, so that nothing in the archive passes unmentioned. If no member
// can be read, neither can the archive.
func readZIP(ctx context.Context, in input) ([]*Document, error) {
	z, err := zip.NewReader(bytes.NewReader(in.body), int64(len(in.body)))
	if err != nil {
		return nil, unreadable("压缩包无法打开：%v；文件可能不完整，请重新下载", err)
	}
	a := archive{in: in}
	for _, f := range z.File {
		if err := a.member(ctx, f); err != nil {
			return nil, err
		}
	}
	if !a.read {
		return nil, a.nothing()
	}
	return a.docs, nil
}

// An archive is a ZIP file being read.
type archive struct {
	in    input
	docs  []*Document
	spent int64 // bytes decompressed so far
	read  bool  // a member was read
}

// member reads one member. Only what concerns the whole archive is an error.
func (a *archive) member(ctx context.Context, f *zip.File) error {
	name := memberName(f)
	if strings.HasSuffix(name, "/") || ignored(name) {
		return nil
	}
	if len(a.docs) >= a.in.limits.Pages {
		return &report.LimitError{Limit: "pages", Max: int64(a.in.limits.Pages)}
	}
	docs, err := a.open(ctx, f, name)
	var limit *report.LimitError
	switch {
	case errors.As(err, &limit) && limit.Limit != "bytes", ctx.Err() != nil:
		return err
	case err != nil:
		docs = []*Document{{Name: a.in.name, Warnings: []Warning{{Rule: "read.member", Text: fmt.Sprintf("压缩包成员 %s 未读取：%v", name, err)}}}}
	default:
		a.read = true
	}
	for _, d := range docs {
		d.Name = a.in.name
		d.Member = path.Join(name, d.Member)
		a.docs = append(a.docs, d)
	}
	return nil
}

// open decompresses and reads a member.
func (a *archive) open(ctx context.Context, f *zip.File, name string) ([]*Document, error) {
	if f.Flags&1 != 0 {
		return nil, unreadable("已加密；请解密后重试")
	}
	r, err := f.Open()
	if err != nil {
		return nil, unreadable("无法解压：%v；请重新下载", err)
	}
	defer r.Close()
	whole := int64(len(a.in.body))
	body, spent, err := a.in.limits.inflate(r, min(int64(f.CompressedSize64), whole), a.spent)
	var limit *report.LimitError
	switch {
	case errors.As(err, &limit):
		return nil, err
	case err != nil:
		return nil, unreadable("无法解压：%v；请重新下载", err)
	case spent > max(smallStream, whole*a.in.limits.Ratio): // members that share their bytes
		return nil, &report.LimitError{Limit: "ratio", Max: a.in.limits.Ratio}
	}
	a.spent = spent
	in := input{name: name, body: body, limits: a.in.limits, depth: a.in.depth + 1}
	in.limits.Decompressed = max(1, a.in.limits.Decompressed-spent)
	if in.depth > 1 && sniff(body) == ZIP {
		return nil, unreadable("压缩包嵌套过深；请解开后重试")
	}
	return readAny(ctx, in)
}

// nothing says why no member could be read.
func (a *archive) nothing() error {
	if len(a.docs) == 0 {
		return unreadable("压缩包中没有文件；请核对原件")
	}
	var why []string
	for _, d := range a.docs[:min(len(a.docs), 5)] {
		why = append(why, d.Warnings[0].Text)
	}
	return unreadable("压缩包中没有能读取的文件（%s）", strings.Join(why, "；"))
}

// memberName returns a member's name. Names that are not marked as UTF-8 and are none
// are GBK, as Chinese systems write them.
func memberName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 || !utf8.ValidString(name) {
		if gbk, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil && !utf8.ValidString(name) {
			name = gbk
		}
	}
	name = strings.ReplaceAll(name, `\`, "/")
	folder := strings.HasSuffix(name, "/")
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if folder {
		name += "/"
	}
	return name
}

// ignored reports whether a member is what systems leave in archives of themselves.
func ignored(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") || strings.HasPrefix(base, "~$") ||
		base == ".DS_Store" || strings.EqualFold(base, "thumbs.db") || strings.EqualFold(base, "desktop.ini")
}
