package web

import (
	"mime"
	"strings"
)

// A kindOfFile is how a media type is called, and how its files end.
type kindOfFile struct {
	word, ending string
}

// fileType is what is known of a media type, zero where nothing is.
func fileType(contentType string) kindOfFile {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return kindOfFile{}
	}
	return map[string]kindOfFile{
		"text/html":                {"网页", ".html"},
		"text/plain":               {"纯文本", ".txt"},
		"application/pdf":          {"PDF", ".pdf"},
		"application/rtf":          {"RTF 文档", ".rtf"},
		"application/msword":       {"Word 97 文档", ".doc"},
		"application/vnd.ms-excel": {"Excel 97 表格", ".xls"},
		"application/zip":          {"ZIP 压缩包", ".zip"},
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"Word 文档", ".docx"},
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       {"Excel 表格", ".xlsx"},
	}[kind]
}

// kindWord calls a media type by a name that a reader knows, or by its own.
func (p page) kindWord(contentType string) string {
	if known := fileType(contentType); known.word != "" {
		return p.t(known.word)
	}
	return contentType
}

// routeWords says in words how a document was read. What it does not know it leaves
// as the readers wrote it.
func (p page) routeWords(route string) string {
	return strings.NewReplacer(
		"geometry + sequence", p.t("按位置、按次序各读一遍"),
		"(declared)", p.t("（网页声明的编码）"), "(bytes)", p.t("（按字节判定的编码）"),
		"html ", p.t("网页 "), "docx ooxml", "docx", "txt ", p.t("文本 "),
	).Replace(route)
}
