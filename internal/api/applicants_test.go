package api

import (
	"testing"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestApplicantRows: each applicant has its outcomes in the order of the form, and what
// was decided last.
func TestApplicantRows(t *testing.T) {
	a := aggregate.Asking{Region: "990101", Name: "示例区", Year: 2024, Known: true, Columns: []standard.Applicant{"natural", standard.Total},
		Rows:   []aggregate.AskRow{{Group: "granted", Values: []report.Amount{report.Count(3), report.Count(5)}}, {Group: "denied", Values: []report.Amount{0, report.Count(1)}}},
		Totals: []report.Amount{report.Count(3), report.Count(7)}}
	rows := applicantRows(a)
	if len(rows) != 6 {
		t.Fatalf("%d rows, want 6: %v", len(rows), rows)
	}
	for i, want := range []row{{"natural", "granted", report.Count(3)}, {"natural", "denied", report.Amount(0)}, {"natural", "total", report.Count(3)},
		{"total", "granted", report.Count(5)}, {"total", "denied", report.Count(1)}, {"total", "total", report.Count(7)}} {
		if got := rows[i]; got[0] != "990101" || got[3] != want[0] || got[4] != want[1] || got[5] != want[2] {
			t.Errorf("row %d is %v, want %v", i, got, want)
		}
	}
}
