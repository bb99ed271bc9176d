package standard

import (
	"strings"
	"sync"
	"time"
)

// A Break is a pair of neighbouring report years between which figures change
// their meaning. Charts draw it, and no change is computed across it for the
// cells it concerns.
type Break struct {
	Before, After int
	Reason        Label
	// Rows are the prefixes of the cell codes concerned; none means all cells.
	Rows []string
	// Hard says that the series does not go on at all; otherwise it goes on with
	// a mark.
	Hard bool
}

// Breaks returns the breaks, oldest first (checks.md §11, indicators.md §8).
func Breaks() []Break {
	return []Break{
		{Before: 2018, After: 2019, Hard: true, Reason: Label{
			ZH: "2019 年起适用修订后的《政府信息公开条例》和新格式，不予公开的理由重新界定",
			EN: "The revised Regulation and a new form apply from 2019; the grounds of refusal were redefined",
		}},
		{Before: 2020, After: 2021, Rows: []string{"disclosure.rules.", "disclosure.normative."}, Reason: Label{
			ZH: "2021 年起主动公开表改为统计存量，取消政府集中采购，增加收费金额",
			EN: "From 2021 the disclosure table counts stocks; procurement was dropped and the amount of fees added",
		}},
		{Before: 2020, After: 2021, Rows: []string{"outcome.other"}, Reason: Label{
			ZH: "2021 年起“其他处理”一行分为三行，只能合计比较",
			EN: "From 2021 the row 其他处理 is split in three; only the sum can be compared",
		}},
		{Before: 2023, After: 2024, Rows: []string{"review.", "suit_direct.", "suit_after_review."}, Reason: Label{
			ZH: "2024 年起对不予公开决定不服须先申请行政复议（《行政复议法》第二十三条）",
			EN: "From 2024 refusals of information must go to review before suit (Administrative Reconsideration Law, Article 23)",
		}},
	}
}

// A Kind is the kind of an agency.
type Kind string

// The kinds of agency.
const (
	Street     Kind = "street"     // 街道
	Town       Kind = "town"       // 镇
	Township   Kind = "township"   // 乡
	Department Kind = "department" // 部门
	Government Kind = "government" // 区县以上人民政府
)

// A Deadline is the last day a report may be published, with the source of that
// day. The day is a date in China's time.
type Deadline struct {
	Day    time.Time
	Source Label
}

// China is the time zone of all statutory dates.
func China() *time.Location { return china() }

var china = sync.OnceValue(func() *time.Location { return time.FixedZone("CST", 8*60*60) })

// DefaultDeadline returns the statutory deadline of a kind of agency for a report
// year: 31 January for departments and, unless the district's own notice says
// otherwise, for streets and towns; 31 March for governments (Regulation of 2019,
// Article 49) and for all reports for 2018 and earlier (Regulation of 2007,
// Article 31).
func DefaultDeadline(kind Kind, year int) Deadline {
	day := func(month time.Month) time.Time {
		return time.Date(year+1, month, 31, 0, 0, 0, 0, China())
	}
	switch {
	case year <= 2018:
		return Deadline{Day: day(time.March), Source: Label{
			ZH: "《政府信息公开条例》（2007）第三十一条", EN: "Regulation (2007), Article 31"}}
	case kind == Government:
		return Deadline{Day: day(time.March), Source: Label{
			ZH: "《政府信息公开条例》（2019）第四十九条", EN: "Regulation (2019), Article 49"}}
	case kind == Department:
		return Deadline{Day: day(time.January), Source: Label{
			ZH: "《政府信息公开条例》（2019）第四十九条", EN: "Regulation (2019), Article 49"}}
	}
	return Deadline{Day: day(time.January), Source: Label{
		ZH: "默认 1 月 31 日，本地通知另有规定的从其规定", EN: "31 January by default; a local notice may set another day"}}
}

// BreakBetween returns the break between a report year and the one before it for
// a formula's cells, and false where there is none.
func BreakBetween(before, after int, cells []CellCode) (Break, bool) {
	for _, b := range Breaks() {
		if b.Before != before || b.After != after {
			continue
		}
		if b.Hard || b.concerns(cells) {
			return b, true
		}
	}
	return Break{}, false
}

func (b Break) concerns(cells []CellCode) bool {
	for _, code := range cells {
		for _, row := range b.Rows {
			if strings.HasPrefix(string(code), row) {
				return true
			}
		}
	}
	return false
}
