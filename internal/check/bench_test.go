package check

import (
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
