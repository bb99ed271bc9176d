package report

// A Succession says what became of an agency that no longer reports.
type Succession string

// The kinds of succession; "" while the agency exists or where nothing is known.
const (
	Merged  Succession = "merged"  // 并入: its successor reports for both
	Split   Succession = "split"   // 拆分: its successor is the first of those that it became
	Renamed Succession = "renamed" // 更名: its successor is the same agency under another id
)
