package standard

import "slices"

// An Applicant is a column of the requests table.
type Applicant string

// The columns of the requests table, in the order of the form.
const (
	Natural   Applicant = "natural"   // 自然人
	Business  Applicant = "business"  // 商业企业
	Research  Applicant = "research"  // 科研机构
	Nonprofit Applicant = "nonprofit" // 社会公益组织
	Legal     Applicant = "legal"     // 法律服务机构
	OtherOrg  Applicant = "other"     // 其他
	Total     Applicant = "total"     // 总计
)

// Applicants returns the six kinds of applicant, without the total.
func Applicants() []Applicant {
	return []Applicant{Natural, Business, Research, Nonprofit, Legal, OtherOrg}
}

// Columns returns the seven columns of the requests table.
func Columns() []Applicant { return append(Applicants(), Total) }

// Denied returns the rows of 不予公开, one for each ground.
func Denied() []string {
	return []string{
		"outcome.denied.state_secret", "outcome.denied.law_prohibits",
		"outcome.denied.security_stability", "outcome.denied.third_party",
		"outcome.denied.internal_affairs", "outcome.denied.process",
		"outcome.denied.enforcement_file", "outcome.denied.admin_query",
	}
}

// Discretionary returns the grounds that rest on a may clause (Regulation,
// Article 16); the other grounds but 行政查询 rest on a must clause or on consent.
func Discretionary() []string {
	return []string{"outcome.denied.internal_affairs", "outcome.denied.process", "outcome.denied.enforcement_file"}
}

// Unavailable returns the rows of 无法提供.
func Unavailable() []string {
	return []string{"outcome.unavailable.not_held", "outcome.unavailable.needs_creation", "outcome.unavailable.unclear"}
}

// Unprocessed returns the rows of 不予处理.
func Unprocessed() []string {
	return []string{
		"outcome.unprocessed.petition", "outcome.unprocessed.repeat", "outcome.unprocessed.publication",
		"outcome.unprocessed.excessive", "outcome.unprocessed.reconfirm",
	}
}

// OtherOutcomes returns the rows of 其他处理: one in F2019, three in F2021.
func OtherOutcomes(format Format) []string {
	if format == F2021 {
		return []string{"outcome.other.no_correction", "outcome.other.fee_unpaid", "outcome.other.rest"}
	}
	return []string{"outcome.other"}
}

// Outcomes returns the rows that sum to outcome.total, in the order of the form:
// 19 in F2019, 21 in F2021.
func Outcomes(format Format) []string {
	return slices.Concat([]string{"outcome.granted", "outcome.partial"},
		Denied(), Unavailable(), Unprocessed(), OtherOutcomes(format))
}

// RequestRows returns all rows of the requests table, in the order of the form:
// 23 in F2019, 25 in F2021.
func RequestRows(format Format) []string {
	return slices.Concat([]string{"requests.new", "requests.carried_in"},
		Outcomes(format), []string{"outcome.total", "requests.carried_out"})
}

// AppealKinds returns the three kinds of dispute of the appeals table.
func AppealKinds() []string { return []string{"review", "suit_direct", "suit_after_review"} }

// AppealResults returns the parts of each kind of dispute, without the total.
func AppealResults() []string { return []string{"upheld", "corrected", "other", "pending"} }

// At returns the code of a row and a column of the requests table.
func At(row string, column Applicant) CellCode { return CellCode(row + "/" + string(column)) }
