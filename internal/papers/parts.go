package papers

import (
	"encoding/xml"
	"fmt"
)

// The parts of a .docx that are the same in all papers.

const (
	wordNS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	relNS  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	typeNS = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

const contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="` + typeNS + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + typeNS + `styles+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="` + typeNS + `settings+xml"/><Override PartName="/word/fontTable.xml" ContentType="` + typeNS + `fontTable+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="` + typeNS + `footer+xml"/><Override PartName="/word/footer2.xml" ContentType="` + typeNS + `footer+xml"/></Types>`

const rootRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rDoc" Type="` + relNS + `/officeDocument" Target="word/document.xml"/><Relationship Id="rCore" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

// core names the paper; it has no time, which would differ from day to day.
func core(p Paper) string {
	return xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` +
		escape(p.Title) + `</dc:title><dc:creator>公开 Gongkai</dc:creator></cp:coreProperties>`
}

// settings tell odd pages from even ones, since their numbers stand outside.
const settings = xml.Header + `<w:settings xmlns:w="` + wordNS + `"><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

// fontTable names what stands in where a system lacks the type that the standard
// calls for.
const fontTable = xml.Header + `<w:fonts xmlns:w="` + wordNS + `">` +
	`<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>` +
	`<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="楷体_GB2312"><w:altName w:val="楷体"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="黑体"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="宋体"><w:altName w:val="SimSun"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font></w:fonts>`

// tight sets 28 characters of 16 points in 156 mm: a quarter of a point less each. A
// grid of characters would say the same, and every program takes it differently.
const tight = `<w:spacing w:val="-5"/>`

// offGrid are lines that are not of the page's 22.
const offGrid = `<w:snapToGrid w:val="0"/>`

// styles are the paragraphs of the standard; every line is 28 points high.
var styles = xml.Header + `<w:styles xmlns:w="` + wordNS + `"><w:docDefaults><w:rPrDefault><w:rPr>` + fonts("仿宋_GB2312") + `<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
	`<w:style w:type="character" w:styleId="Placeholder"><w:name w:val="Placeholder Text"/><w:rPr><w:color w:val="7F7F7F"/></w:rPr></w:style>` +
	style("DocNumber", "发文字号", `<w:spacing w:after="1120"/><w:jc w:val="center"/>`, "仿宋_GB2312", 32) +
	style("DocTitle", "公文标题", `<w:spacing w:after="560" w:line="640" w:lineRule="exact"/><w:jc w:val="center"/>`, "方正小标宋简体", 44) +
	style("Addressee", "主送机关", "", "仿宋_GB2312", 32) +
	style("Heading1", "heading 1", `<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="0"/>`, "黑体", 32) +
	style("Heading2", "heading 2", `<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="1"/>`, "楷体_GB2312", 32) +
	style("BodyText", "公文正文", `<w:ind w:firstLineChars="200" w:firstLine="640"/>`, "仿宋_GB2312", 32) +
	style("AnnexNote", "附件说明", `<w:ind w:leftChars="200" w:left="640"/>`, "仿宋_GB2312", 32) +
	style("Signature", "署名", `<w:keepLines/><w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>`, "仿宋_GB2312", 32) +
	style("AnnexHead", "附件", `<w:keepNext/>`, "黑体", 32) +
	style("AnnexTitle", "附件标题", `<w:keepNext/><w:spacing w:before="280" w:after="280" w:line="640" w:lineRule="exact"/><w:jc w:val="center"/>`, "方正小标宋简体", 44) +
	style("Field", "填写", "", "仿宋_GB2312", 32) +
	style("Small", "注", offGrid+`<w:spacing w:line="360" w:lineRule="exact"/>`, "仿宋_GB2312", 24) +
	style("Figure", "图", `<w:keepNext/>`+offGrid+`<w:spacing w:before="120" w:after="60" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>`, "仿宋_GB2312", 24) +
	style("TableText", "表文", offGrid+`<w:spacing w:before="30" w:after="30" w:line="300" w:lineRule="exact"/>`, "仿宋_GB2312", 21) +
	style("TableHead", "表头", `<w:keepNext/>`+offGrid+`<w:spacing w:before="30" w:after="30" w:line="300" w:lineRule="exact"/><w:jc w:val="center"/>`, "黑体", 21) +
	`<w:style w:type="table" w:styleId="Ruled"><w:name w:val="Ruled"/><w:tblPr><w:tblBorders>` + borders + `</w:tblBorders><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`

const borders = `<w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/><w:left w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/><w:right w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="000000"/>`

func style(id, name, paragraph, face string, size int) string {
	close := ""
	if size == 32 {
		close = tight
	}
	return fmt.Sprintf(`<w:style w:type="paragraph" w:customStyle="1" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s%s<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:style>`,
		id, name, paragraph, fonts(face), close, size, size)
}

func fonts(face string) string {
	return `<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="` + face + `" w:cs="Times New Roman"/>`
}

// pageNumber is a footer: 4号 type between dashes, one character from the outside.
func pageNumber(side string) string {
	indent := `<w:ind w:rightChars="100" w:right="280"/>`
	if side == "left" {
		indent = `<w:ind w:leftChars="100" w:left="280"/>`
	}
	run := `<w:r><w:rPr>` + fonts("宋体") + `<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>`
	return xml.Header + `<w:ftr xmlns:w="` + wordNS + `"><w:p><w:pPr><w:spacing w:line="280" w:lineRule="exact"/>` + indent + `<w:jc w:val="` + side + `"/></w:pPr>` +
		run + `<w:t xml:space="preserve">— </w:t></w:r>` + run + `<w:fldChar w:fldCharType="begin"/></w:r>` + run + `<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		run + `<w:fldChar w:fldCharType="separate"/></w:r>` + run + `<w:t>1</w:t></w:r>` + run + `<w:fldChar w:fldCharType="end"/></w:r>` + run + `<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
}
