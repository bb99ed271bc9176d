package web

import (
	"testing"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// TestBoardDeadline: the day of most agencies heads the board, though the register
// gives the first one a later day and the government has its own.
func TestBoardDeadline(t *testing.T) {
	row := func(kind standard.Kind, month time.Month, day int) aggregate.BoardRow {
		return aggregate.BoardRow{Owed: aggregate.Owed{Agency: report.Agency{Kind: kind},
			Deadline: standard.Deadline{Day: time.Date(2024, month, day, 0, 0, 0, 0, standard.China())}}}
	}
	b := aggregate.Board{Year: 2023, Rows: []aggregate.BoardRow{
		row(standard.Street, 2, 20), row(standard.Street, 1, 15), row(standard.Town, 1, 15),
		row(standard.Government, 3, 31), row(standard.Government, 3, 31), row(standard.Government, 3, 31)}}
	if day, _ := boardDeadline(b); day.Format("2006-01-02") != "2024-01-15" {
		t.Errorf("the board is headed %s, want 2024-01-15", day.Format("2006-01-02"))
	}
	if day, _ := boardDeadline(aggregate.Board{Year: 2023}); day.Format("2006-01-02") != "2024-01-31" {
		t.Errorf("without agencies the board is headed %s, want the default", day.Format("2006-01-02"))
	}
}
