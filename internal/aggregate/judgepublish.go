package aggregate

import (
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// publication judges when each report was published (checks.md §9). What is known
// is a bracket; a rule that it does not decide is open, and never a failure.
func (j *judge) publication(q store.Query) error {
	listings, err := j.listings(q)
	if err != nil {
		return err
	}
	for _, row := range j.w.agencies {
		for _, year := range j.w.asked(q) {
			o := j.w.owed(row, year)
			if o.Publication == "" || o.Publication == report.NotWatched && o.Version == 0 {
				continue
			}
			j.missing(o, row)
			if o.Version == 0 {
				continue
			}
			j.late(o)
			j.maybeLate(o)
			j.backdated(o)
			j.premature(o)
			j.place(o, listings[owedKey{o.Agency.ID, year}])
		}
	}
	return nil
}

// date writes a moment as a day in China.
func date(t time.Time) string { return t.In(standard.China()).Format("2006-01-02") }

func printedDate(d report.Date) string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func (j *judge) missing(o Owed, row store.CoverageRow) {
	const rule = "publish.missing"
	switch o.Publication {
	case report.Published:
		j.say(o, rule, "", report.Pass, "")
	case report.NotDue:
		j.say(o, rule, "", report.NotApplicable, "未到期")
	case report.Unknown:
		j.say(o, rule, "", report.Open, "期限之后没有成功的查看")
	case report.Missing:
		last := date(row.LastGood())
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: last, Right: date(o.Deadline.Day),
			Text:   fmt.Sprintf("期限 %s（%s）已过，%s 查看列表页未见 %d 年度报告。", date(o.Deadline.Day), o.Deadline.Source.ZH, last, o.Year),
			TextEN: fmt.Sprintf("The deadline of %s (%s) has passed, and a look on %s did not find the report for %d.", date(o.Deadline.Day), o.Deadline.Source.EN, last, o.Year)})
	}
}

func (j *judge) late(o Owed) {
	const rule = "publish.late"
	switch {
	case o.Late:
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: date(o.After), Right: date(o.Deadline.Day),
			Text:   fmt.Sprintf("期限 %s，%s 查看未见，%s 查看已有。", date(o.Deadline.Day), date(o.After), date(o.Found)),
			TextEN: fmt.Sprintf("Deadline %s; a look on %s did not find it, one on %s did.", date(o.Deadline.Day), date(o.After), date(o.Found))})
	case o.Found.Before(endOf(o.Deadline)):
		j.say(o, rule, "", report.Pass, "")
	case o.After.IsZero():
		j.say(o, rule, "", report.Open, "首次查看之前已有，不知何时公布")
	default:
		j.say(o, rule, "", report.Open, "期限落在两次查看之间")
	}
}

func (j *judge) maybeLate(o Owed) {
	const rule = "publish.maybe_late"
	switch {
	case o.Late, o.Found.Before(endOf(o.Deadline)):
		j.say(o, rule, "", report.Pass, "")
	case o.After.IsZero():
		j.say(o, rule, "", report.Open, "首次查看之前已有，不知何时公布")
	default:
		next := date(endOf(o.Deadline))
		j.fail(o, report.Finding{Rule: rule, Left: date(o.After), Right: date(o.Found),
			Text:   fmt.Sprintf("期限 %s 落在两次查看之间：%s 未见，%s 已有；%s 的一次成功查看可以判断。", date(o.Deadline.Day), date(o.After), date(o.Found), next),
			TextEN: fmt.Sprintf("The deadline of %s lies between two looks: not there on %s, there on %s; a good look on %s would have told.", date(o.Deadline.Day), date(o.After), date(o.Found), next)})
	}
}

func (j *judge) backdated(o Owed) {
	const rule = "publish.backdated"
	switch {
	case o.PublishedOn.IsZero():
		j.say(o, rule, "", report.NotApplicable, "页面没有日期")
	case o.After.IsZero():
		j.say(o, rule, "", report.Open, "首次查看之前已有")
	case printedDate(o.PublishedOn) > date(o.After):
		j.say(o, rule, "", report.Pass, "")
	default:
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: printedDate(o.PublishedOn), Right: date(o.After),
			Text:   fmt.Sprintf("页面日期 %s，%s 查看未见，%s 查看已有。", printedDate(o.PublishedOn), date(o.After), date(o.Found)),
			TextEN: fmt.Sprintf("The page is dated %s; a look on %s did not find it, one on %s did.", printedDate(o.PublishedOn), date(o.After), date(o.Found))})
	}
}

func (j *judge) premature(o Owed) {
	const rule = "publish.premature"
	switch {
	case o.PublishedOn.IsZero():
		j.say(o, rule, "", report.NotApplicable, "页面没有日期")
	case o.PublishedOn.Year > o.Year:
		j.say(o, rule, "", report.Pass, "")
	default:
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: printedDate(o.PublishedOn), Right: fmt.Sprintf("%d-12-31", o.Year),
			Text:   fmt.Sprintf("页面日期 %s 在 %d 年度结束之前。", printedDate(o.PublishedOn), o.Year),
			TextEN: fmt.Sprintf("The page is dated %s, before the year %d ended.", printedDate(o.PublishedOn), o.Year)})
	}
}

// gone judges reports that are no longer where they were, and attachments that
// could not be fetched.
func (j *judge) gone(q store.Query) error {
	changes, err := j.s.db.ChangesAt(j.ctx, q.Region, q.AsOf, 0)
	if err != nil {
		return err
	}
	failures, err := j.s.db.FailuresAt(j.ctx, q.AsOf)
	if err != nil {
		return err
	}
	removed := make(map[owedKey]absence) // none after a later version
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		switch key := (owedKey{c.Agency, c.Year}); c.Kind {
		case store.ChangeSuspected, store.ChangeRemoved:
			a := removed[key]
			if a.since.IsZero() {
				a.since, a.told = c.At, c.Kind == store.ChangeRemoved
			} else if c.Kind == store.ChangeRemoved {
				a.again = c.At
			}
			removed[key] = a
		case store.ChangeNew, store.ChangeRevised, store.ChangeReturned:
			delete(removed, key)
		}
	}
	lost := make(map[owedKey]store.Failure)
	for _, f := range failures {
		lost[owedKey{f.Agency, f.Year}] = f
	}
	for _, row := range j.w.agencies {
		for _, year := range j.w.asked(q) {
			o := j.w.owed(row, year)
			if o.Version == 0 {
				continue
			}
			key := owedKey{o.Agency.ID, year}
			j.removed(o, row, removed[key])
			j.attachment(o, lost[key])
		}
	}
	return nil
}

// An absence says since when a report is not where it was.
type absence struct {
	since time.Time
	again time.Time // when a good look a week later did not find it either
	told  bool      // it was called removed at the first, as earlier versions did: any good look later counts
}

// removed needs two good looks without the report, some days apart.
func (j *judge) removed(o Owed, row store.CoverageRow, a absence) {
	const rule = "publish.removed"
	if a.since.IsZero() {
		j.say(o, rule, "", report.Pass, "")
		return
	}
	apart := int(j.threshold(rule, "days"))
	last := a.again
	if a.told {
		last = row.LastGood()
	}
	if last.Before(a.since.AddDate(0, 0, apart)) {
		j.say(o, rule, "", report.Open, fmt.Sprintf("%s 起不见，尚未隔 %d 天再次查看", date(a.since), apart))
		return
	}
	j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: date(a.since), Right: date(last),
		Text:   fmt.Sprintf("%s 起报告不在原处，%s 查看仍不见；存档的原件保留。", date(a.since), date(last)),
		TextEN: fmt.Sprintf("The report is not where it was since %s, and a look on %s did not find it either; the archived original stays.", date(a.since), date(last))})
}

// attachment judges that no document of a published report is known to be out of
// reach. The failure of the report's own page is another matter.
func (j *judge) attachment(o Owed, f store.Failure) {
	const rule = "publish.attachment"
	v := j.w.versions[owedKey{o.Agency.ID, o.Year}]
	switch {
	case f.URL == "" || f.URL == v.URL:
		j.say(o, rule, "", report.Pass, "")
	case f.Temporary:
		j.say(o, rule, "", report.Open, "暂时不能获取，将再试："+f.URL)
	default:
		j.fail(o, report.Finding{Rule: rule, Attribution: report.ByAgency, Left: f.URL,
			Text:   fmt.Sprintf("附件 %s 于 %s 无法获取：%s。", f.URL, date(f.At), f.Reason),
			TextEN: fmt.Sprintf("The attachment %s could not be fetched on %s.", f.URL, date(f.At))})
	}
}
