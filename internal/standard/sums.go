package standard

import "sync"

// A Sum is an identity that a form requires: the parts add up to the total
// (checks.md §2).
type Sum struct {
	Rule    string // requests.column_sum, requests.outcome_sum or appeals.sum
	Subject string // row, applicant or kind
	Parts   []CellCode
	Total   CellCode
}

var sums = sync.OnceValue(func() map[Format][]Sum {
	return map[Format][]Sum{F2019: sumsOf(F2019), F2021: sumsOf(F2021), F2014: statisticsSums()}
})

// Sums returns the sums of a format.
func Sums(format Format) []Sum { return sums()[format] }

func sumsOf(format Format) []Sum {
	var all []Sum
	for _, row := range RequestRows(format) {
		sum := Sum{Rule: "requests.column_sum", Subject: row, Total: At(row, Total)}
		for _, a := range Applicants() {
			sum.Parts = append(sum.Parts, At(row, a))
		}
		all = append(all, sum)
	}
	for _, column := range Columns() {
		sum := Sum{Rule: "requests.outcome_sum", Subject: string(column), Total: At("outcome.total", column)}
		for _, row := range Outcomes(format) {
			sum.Parts = append(sum.Parts, At(row, column))
		}
		all = append(all, sum)
	}
	for _, kind := range AppealKinds() {
		sum := Sum{Rule: "appeals.sum", Subject: kind, Total: CellCode(kind + ".total")}
		for _, result := range AppealResults() {
			sum.Parts = append(sum.Parts, CellCode(kind+"."+result))
		}
		all = append(all, sum)
	}
	return all
}

func statisticsSums() []Sum {
	sum := func(rule string, total CellCode, parts ...CellCode) Sum {
		return Sum{Rule: rule, Parts: parts, Total: total}
	}
	return []Sum{
		sum("statistics.channels_in", "requests.received",
			"requests.in_person", "requests.by_fax", "requests.online", "requests.by_letter"),
		sum("statistics.closed", "requests.closed", "requests.closed_on_time", "requests.closed_extended"),
		sum("statistics.replies", "replies.total",
			"replies.already_public", "replies.granted", "replies.partial", "replies.denied",
			"replies.not_this_agency", "replies.not_exist", "replies.correction_asked", "replies.other_channel"),
		sum("statistics.denied", "replies.denied",
			"replies.denied.state_secret", "replies.denied.trade_secret", "replies.denied.privacy",
			"replies.denied.security_stability", "replies.denied.not_government_information", "replies.denied.other_law"),
		sum("statistics.review", "review.total", "review.upheld", "review.corrected", "review.other"),
		sum("statistics.suit", "suit.total", "suit.upheld", "suit.corrected", "suit.other"),
		sum("statistics.staff", "capacity.staff", "capacity.staff_full_time", "capacity.staff_part_time"),
	}
}
