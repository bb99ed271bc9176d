package demo

import (
	"math"
	"math/rand/v2"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// Figures are the amounts of one report by cell. Every cell of the format is
// there.
type Figures map[standard.CellCode]report.Amount

// A ledger makes the figures of one unit over the years. What one year leaves
// behind (open requests, documents in force, items) the next takes over, so that
// the checks from year to year hold.
type ledger struct {
	r      *rand.Rand
	size   float64 // 1 for a unit of middle size
	carry  map[standard.Applicant]int
	stock  int // normative documents in force
	items  map[string]int
	staff  [2]int // full-time, part-time
	opened map[string]int
}

func newLedger(seed uint64, unit int) *ledger {
	r := rand.New(rand.NewPCG(seed, uint64(unit)))
	return &ledger{r: r, size: 0.6 + r.Float64(), carry: map[standard.Applicant]int{}, stock: 4 + r.IntN(9),
		items:  map[string]int{"license": 18 + r.IntN(12), "other_service": 30 + r.IntN(20), "penalty": 20 + r.IntN(30), "coercion": 3 + r.IntN(4), "fee": 1 + r.IntN(2)},
		staff:  [2]int{1 + r.IntN(2), 2 + r.IntN(4)},
		opened: map[string]int{}}
}

// about returns a number near mean that differs from it by a tenth at most.
func (l *ledger) about(mean float64) int {
	return max(0, int(math.Round(mean*(0.9+0.2*l.r.Float64()))))
}

// share splits n into len(weights) parts that follow the weights.
func (l *ledger) share(n int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	parts := make([]int, len(weights))
	for range n {
		k := l.r.IntN(sum)
		for i, w := range weights {
			if k -= w; k < 0 {
				parts[i]++
				break
			}
		}
	}
	return parts
}

// year makes the figures of one year. Years must follow one another.
func (l *ledger) year(year int) (standard.Format, Figures) {
	format, _ := standard.FormatForYear(year)
	f := Figures{}
	for _, c := range standard.FormOf(format).Cells {
		f[c.Code] = 0
	}
	switch format {
	case standard.F2014:
		l.statistics(f, year)
	case standard.F2019:
		l.items2019(f)
	case standard.F2021:
		l.stocks2021(f, year)
	}
	if format != standard.F2014 {
		l.requests(f, format, year)
		l.appeals(f, year)
	}
	return format, f
}

func (f Figures) set(code standard.CellCode, n int) { f[code] = report.Count(int64(n)) }

func (f Figures) int(code standard.CellCode) int { return int(f[code] / report.One) }

// demand is how many requests a unit of middle size receives, rising slowly.
func demand(year int) float64 { return 26 + 2.4*float64(year-2015) }

func (l *ledger) requests(f Figures, format standard.Format, year int) {
	fresh := l.share(l.about(demand(year)*l.size), []int{84, 7, 1, 1, 4, 3})
	weights := outcomeWeights(format)
	rows := standard.Outcomes(format)
	for i, a := range standard.Applicants() {
		open := fresh[i] + l.carry[a]
		left := l.share(open, []int{93, 7})[1]
		f.set(standard.At("requests.new", a), fresh[i])
		f.set(standard.At("requests.carried_in", a), l.carry[a])
		f.set(standard.At("requests.carried_out", a), left)
		f.set(standard.At("outcome.total", a), open-left)
		for k, n := range l.share(open-left, weights) {
			f.set(standard.At(rows[k], a), n)
		}
		l.carry[a] = left
	}
	for _, row := range standard.RequestRows(format) {
		f[standard.At(row, standard.Total)] = f.sum(row)
	}
}

// sum adds the six applicants of a row.
func (f Figures) sum(row string) report.Amount {
	var n report.Amount
	for _, a := range standard.Applicants() {
		n += f[standard.At(row, a)]
	}
	return n
}

// outcomeWeights say how requests end, in the order of standard.Outcomes.
func outcomeWeights(format standard.Format) []int {
	weights := []int{380, 60 /* denied */, 2, 12, 4, 14, 18, 20, 12, 16 /* unavailable */, 190, 40, 24 /* unprocessed */, 60, 24, 10, 6, 4}
	if format == standard.F2021 {
		return append(weights, 30, 3, 40)
	}
	return append(weights, 50)
}

func (l *ledger) appeals(f Figures, year int) {
	for _, kind := range standard.AppealKinds() {
		handled := f.int("outcome.total/total")
		rate := map[string]int{"review": 26, "suit_direct": 45, "suit_after_review": 60}[kind]
		if kind == "suit_direct" && year >= 2024 {
			rate *= 3 // refusals go to review first
		}
		n := l.opened[kind] + l.share(handled, []int{rate, 1})[1]
		parts := l.share(n, []int{62, 12, 14, 12})
		for i, result := range standard.AppealResults() {
			f.set(standard.CellCode(kind+"."+result), parts[i])
		}
		f.set(standard.CellCode(kind+".total"), n)
		l.opened[kind] = parts[3]
	}
}

func (l *ledger) items2019(f Figures) {
	made := l.r.IntN(3)
	l.stock += made
	f.set("disclosure.normative.made", made)
	f.set("disclosure.normative.published", made)
	f.set("disclosure.normative.public_total", l.stock)
	for _, kind := range []string{"license", "other_service", "penalty", "coercion", "fee"} {
		change := l.r.IntN(5) - 1
		if kind == "fee" {
			change = 0
		}
		f.set(standard.CellCode("disclosure."+kind+".prior_items"), l.items[kind])
		f.set(standard.CellCode("disclosure."+kind+".change"), change)
		l.items[kind] += change
		decisions := map[string]float64{"license": 140, "other_service": 420, "penalty": 34, "coercion": 4}[kind]
		if kind != "fee" {
			f.set(standard.CellCode("disclosure."+kind+".decisions"), l.about(decisions*l.size))
		}
	}
	projects := l.about(14 * l.size)
	f.set("disclosure.procurement.projects", projects)
	f["disclosure.procurement.amount"] = l.money(float64(projects) * 31)
}

// money returns an amount in 万元 near mean, exact to the hundredth and never 0.
func (l *ledger) money(mean float64) report.Amount {
	fen := int64(mean*(0.9+0.2*l.r.Float64())*100) + 1
	return report.Amount(fen) * (report.One / 100)
}

func (l *ledger) stocks2021(f Figures, year int) {
	issued, repealed := l.r.IntN(3), l.r.IntN(2)
	repealed = min(repealed, l.stock)
	l.stock += issued - repealed
	f.set("disclosure.normative.issued", issued)
	f.set("disclosure.normative.repealed", repealed)
	f.set("disclosure.normative.in_force", l.stock)
	growth := 1 + 0.12*float64(year-2021)
	f.set("disclosure.license.decisions", l.about(150*l.size*growth))
	f.set("disclosure.penalty.decisions", l.about(96*l.size*growth))
	f.set("disclosure.coercion.decisions", l.about(7*l.size*growth))
	f["disclosure.fee.amount"] = l.money(3.2 * l.size * growth)
}

func (l *ledger) statistics(f Figures, year int) {
	growth := 1 + 0.09*float64(year-2015)
	total := l.about(310 * l.size * growth)
	website := l.about(float64(total) * 0.85)
	website = min(website, total)
	made := l.r.IntN(4)
	l.stock += made
	f.set("proactive.total", total)
	f.set("proactive.normative", made)
	f.set("proactive.normative_issued", made)
	f.set("proactive.via_website", website)
	f.set("proactive.via_weibo", min(total, l.about(60*l.size*growth)))
	f.set("proactive.via_wechat", min(total, l.about(80*l.size*growth)))
	f.set("proactive.via_other", min(total, l.about(40*l.size)))
	f.set("response.total", l.about(12*l.size))
	interviews := 1 + l.r.IntN(3)
	f.set("response.web_interviews", interviews)
	f.set("response.web_interviews_by_head", l.r.IntN(interviews+1))
	f.set("response.policy_explanations", l.about(9*l.size*growth))
	f.set("response.social_media", l.about(6*l.size))
	l.statisticsRequests(f, year)
	l.statisticsDisputes(f)
	f.set("capacity.offices", 1)
	f.set("capacity.reading_points", 1+l.r.IntN(3))
	f.set("capacity.staff", l.staff[0]+l.staff[1])
	f.set("capacity.staff_full_time", l.staff[0])
	f.set("capacity.staff_part_time", l.staff[1])
	f["capacity.budget"] = l.money(1.6 * l.size)
	f.set("training.meetings", 1+l.r.IntN(4))
	f.set("training.courses", 1+l.r.IntN(3))
	f.set("training.people", l.about(45*l.size))
}

func (l *ledger) statisticsRequests(f Figures, year int) {
	received := l.about(demand(year) * l.size)
	channels := l.share(received, []int{24, 3, 48, 25})
	for i, c := range []standard.CellCode{"requests.in_person", "requests.by_fax", "requests.online", "requests.by_letter"} {
		f.set(c, channels[i])
	}
	f.set("requests.received", received)
	f.set("requests.closed", received)
	late := l.share(received, []int{94, 6})
	f.set("requests.closed_on_time", late[0])
	f.set("requests.closed_extended", late[1])
	f.set("replies.total", received)
	replies := l.share(received, []int{22, 34, 6, 9, 8, 14, 3, 4})
	for i, c := range []standard.CellCode{"replies.already_public", "replies.granted", "replies.partial", "replies.denied", "replies.not_this_agency", "replies.not_exist", "replies.correction_asked", "replies.other_channel"} {
		f.set(c, replies[i])
	}
	denied := l.share(replies[3], []int{2, 10, 30, 5, 38, 15})
	for i, c := range []standard.CellCode{"replies.denied.state_secret", "replies.denied.trade_secret", "replies.denied.privacy", "replies.denied.security_stability", "replies.denied.not_government_information", "replies.denied.other_law"} {
		f.set(c, denied[i])
	}
}

func (l *ledger) statisticsDisputes(f Figures) {
	for _, kind := range []string{"review", "suit"} {
		n := l.share(f.int("replies.total"), []int{30, 1})[1]
		parts := l.share(n, []int{66, 16, 18})
		f.set(standard.CellCode(kind+".total"), n)
		for i, result := range []string{"upheld", "corrected", "other"} {
			f.set(standard.CellCode(kind+"."+result), parts[i])
		}
	}
}

// add adds the figures of another report of the same format.
func (f Figures) add(other Figures) {
	for code, n := range other {
		f[code] += n
	}
}

// clone returns a copy that may be changed.
func (f Figures) clone() Figures {
	g := Figures{}
	for code, n := range f {
		g[code] = n
	}
	return g
}

// print returns the figures as a report prints them.
func (f Figures) print() Printed {
	p := Printed{}
	for code, n := range f {
		p[code] = n.String()
	}
	return p
}
