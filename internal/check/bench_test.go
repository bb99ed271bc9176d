package check

import (
	"gongkai/internal/report"
	"testing"

	"gongkai/internal/standard"
)

func BenchmarkReport(b *testing.B) {
	for _, format := range standard.Formats() {
		b.Run(string(format), func(b *testing.B) {
			r := zeros(format, standard.FormOf(format).From)
			b.ReportAllocs()
			for b.Loop() {
				Report(r, Context{})
			}
		})
	}
}

// BenchmarkProse is a report with prose of some 9 KB, as the seed has it.
func BenchmarkProse(b *testing.B) {
	r := withProse(zeros(standard.F2021, 2022), 9000)
	b.ReportAllocs()
	for b.Loop() {
		Report(r, Context{})
	}
}

// withProse adds prose of about n bytes in six sections.
func withProse(r *report.Reading, n int) *report.Reading {
	const text = "本机关按照条例要求安排政府信息公开工作，全年共发布信息469条，其中动态类信息460条、公告公示9条，" +
		"收到申请0件，办结0件，结转下年度0件；公众号推送图文并及时更新，工作考核、社会评议按规定开展。"
	const plain = "围绕群众关心的事项安排信息公开工作，按照条例规定的范围和时限发布信息，栏目清理与内容核对按季度进行，" +
		"窗口配备电脑和资料架，工作人员接受培训，年度内未出现延迟更新的情况，下一年度继续细化到科室和岗位。"
	headings := []string{"一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
		"四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"}
	number := 0
	for i, heading := range headings {
		section := report.Section{Number: i + 1, Heading: heading}
		for size := 0; size < n/len(headings); size += len(text) {
			number++
			said := plain
			if size == 0 {
				said = text
			}
			section.Paragraphs = append(section.Paragraphs, report.Paragraph{Number: number, Text: said})
		}
		r.Sections = append(r.Sections, section)
	}
	r.Sections[5].Paragraphs = append(r.Sections[5].Paragraphs, report.Paragraph{Number: number + 1, Text: "本年度未收取信息处理费。"})
	r.Narrative = []report.Statement{
		{Says: "requests.new/total", Value: 0, Verb: "收到", Sentence: text, Paragraph: 1},
		{Says: "outcome.total/total", Value: 0, Verb: "办结", Sentence: text, Paragraph: 1},
		{Says: "requests.carried_out/total", Value: 0, Verb: "结转", Sentence: text, Paragraph: 1},
	}
	return r
}
