package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An Item is one doubt that a person is asked about: a cell, or what is left of the
// doubts about the document where Cell is empty.
type Item struct {
	Version   store.Version // as its readers had it
	Cell      standard.CellCode
	Value     report.Value     // as it was read
	Proposals []report.Value   // of the readers, without those that read nothing
	Texts     []string         // what the readers and the rules say of it
	Repairs   []report.Finding // slips of reading that would explain a failed identity
	Waiting   *store.Correction
	Left      int // doubts of this version that are open, this one among them
}

// ErrDone says that nothing is left to review.
var ErrDone = fmt.Errorf("nothing is left to review: %w", report.ErrNotFound)

// Queue returns the versions that need review and that an account may review.
func (s *Service) Queue(ctx context.Context, by Actor) ([]store.QueueRow, error) {
	return s.db.Queue(ctx, by.Regions)
}

// Next returns the doubt after a cell of a version, "" for its first; where that has
// none left, the first of the versions that follow in the queue, and at last what was
// skipped. It is ErrDone where nothing is left.
func (s *Service) Next(ctx context.Context, by Actor, version store.VersionID, after standard.CellCode) (*Item, error) {
	if version != 0 {
		if item, err := s.firstOf(ctx, by, version, after); err != nil || item != nil {
			return item, err
		}
	}
	queue, err := s.Queue(ctx, by)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(queue, func(q store.QueueRow) bool { return q.ID == version })
	for i := range queue {
		row := queue[(at+1+i)%len(queue)]
		if item, err := s.firstOf(ctx, by, row.ID, ""); err != nil || item != nil {
			return item, err
		}
	}
	return nil, ErrDone
}

// firstOf returns the first doubt of a version after a cell that a person can settle,
// nil where there is none.
func (s *Service) firstOf(ctx context.Context, by Actor, id store.VersionID, after standard.CellCode) (*Item, error) {
	l, all, err := s.load(ctx, by, id)
	if err != nil || l.version.Status != report.NeedsReview {
		return nil, err
	}
	waiting := waitingFor(all, by.ID)
	codes := slices.Clone(l.open)
	for _, c := range waiting {
		codes = append(codes, c.Cell)
	}
	if l.whole && !slices.Contains(codes, "") {
		codes = append(codes, "")
	}
	if after != "" {
		codes = slices.DeleteFunc(codes, func(code standard.CellCode) bool { return code != "" && !l.behind(code, after) })
	}
	if len(codes) == 0 {
		return nil, nil
	}
	return l.item(codes[0], waiting), nil
}

// behind reports whether a cell stands behind another in the form.
func (l *laid) behind(code, after standard.CellCode) bool {
	form := standard.FormOf(l.base.Format)
	a, okA := form.Cell(code)
	b, okB := form.Cell(after)
	return okA && okB && a.Index > b.Index
}

// Item returns one doubt of a version, settled or not.
func (s *Service) Item(ctx context.Context, by Actor, id store.VersionID, cell standard.CellCode) (*Item, error) {
	l, all, err := s.load(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if _, known := l.value(cell); cell != "" && !known {
		return nil, report.ErrNotFound
	}
	return l.item(cell, waitingFor(all, by.ID)), nil
}

// waitingFor are the corrections that wait for the eyes of an account: those of others.
func waitingFor(all []store.Correction, id store.AccountID) []store.Correction {
	return slices.DeleteFunc(slices.Clone(all), func(c store.Correction) bool { return !c.Waits() || c.Account == id })
}

// load lays what is known of a version over its reading, for an account that may see it.
func (s *Service) load(ctx context.Context, by Actor, id store.VersionID) (*laid, []store.Correction, error) {
	base, reading, err := s.db.Beneath(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.db.Agency(ctx, base.Agency)
	if err != nil {
		return nil, nil, err
	}
	if !by.Covers(a.Region) {
		return nil, nil, ErrForbidden
	}
	all, err := s.db.OpenCorrections(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	l, err := s.lay(ctx, base, reading, all)
	return l, all, err
}

// ErrForbidden says that an account may not do what it asks.
var ErrForbidden = errors.New("this account may not do that")

// value returns what was read in a cell.
func (l *laid) value(code standard.CellCode) (report.Value, bool) {
	form := standard.FormOf(l.base.Format)
	if form == nil {
		return report.Value{}, false
	}
	cell, ok := form.Cell(code)
	if !ok || cell.Index >= len(l.base.Reading.Values) {
		return report.Value{}, false
	}
	return l.base.Reading.Values[cell.Index], true
}

// item is what is asked of a cell.
func (l *laid) item(code standard.CellCode, waiting []store.Correction) *Item {
	it := &Item{Version: l.base, Cell: code, Proposals: proposals(l.base, code), Left: len(l.open) + len(waiting)}
	it.Value, _ = l.value(code)
	for i := range waiting {
		if waiting[i].Cell == code {
			it.Waiting = &waiting[i]
		}
	}
	if code == "" {
		it.Texts, it.Left = l.version.Problems, it.Left+1
		return it
	}
	for _, d := range l.base.Reading.Doubts {
		if d.Cell == code {
			it.Texts = append(it.Texts, d.Text)
		}
	}
	for _, f := range l.version.Findings {
		concerns := slices.ContainsFunc(f.Operands, func(o report.Operand) bool { return o.Cell == code })
		if f.Rule == "read.near_repair" && concerns {
			it.Repairs = append(it.Repairs, f)
		}
	}
	return it
}

// A Said is what a reviewer says of a doubt.
type Said struct {
	Version store.VersionID
	Cell    standard.CellCode
	Verdict store.Verdict
	Text    string // of the cell, for Confirmed and Corrected
	Reason  string
}

// maxReason bounds what is typed as a reason, in characters.
const maxReason = 1000

// Settle keeps what a reviewer says. Where a second pair of eyes is asked for, it is in
// force once another reviewer says the same.
func (s *Service) Settle(ctx context.Context, by Actor, said Said) error {
	l, all, err := s.load(ctx, by, said.Version)
	if err != nil {
		return err
	}
	c, err := s.correction(by, l, said)
	if err != nil {
		return err
	}
	review := store.Review{At: c.At, Version: said.Version, Base: l.reading}
	action := "review." + string(c.Verdict)
	review.Entry = s.entry(by, action, subjectOf(l.base, c.Cell), c.Reason, fmt.Sprintf("%s → %s", written(c.Was), written(c.Value)))
	at := slices.IndexFunc(all, func(o store.Correction) bool { return o.Cell == c.Cell })
	ended := false // one that was in force
	switch {
	case at >= 0 && all[at].Waits() && all[at].Account != by.ID && sameWords(all[at], c):
		second := all[at]
		second.Second, second.SecondName = by.ID, by.Shown
		review.Second, second.FromRun = &second, 1
		all[at] = second
		review.Entry.Action = "review.second"
	case at >= 0:
		ended = !all[at].Waits()
		review.End, review.EndedBy = []int64{all[at].ID}, by.Shown
		all = slices.Delete(all, at, at+1)
		fallthrough
	default:
		review.Add, review.Waits = []store.Correction{c}, s.Second
		if !s.Second {
			c.FromRun = 1 // in force; the store gives it its run
		}
		all = append(all, c)
	}
	if review.Waits && !ended {
		_, err := s.db.AddReview(ctx, review)
		return err
	}
	return s.publish(ctx, review, l, all, correctedText(l.base, c))
}

// publish keeps a review that changes what a version shows.
func (s *Service) publish(ctx context.Context, review store.Review, l *laid, all []store.Correction, text string) error {
	now, err := s.lay(ctx, l.base, l.reading, all)
	if err != nil {
		return err
	}
	inForce := slices.ContainsFunc(all, func(c store.Correction) bool { return !c.Waits() })
	review.Lay, review.Over, review.Plain, review.Text = &now.version, now.over, !inForce, text
	run, err := s.db.AddReview(ctx, review)
	if err != nil {
		return err
	}
	return s.judge().After(ctx, run, l.base.Agency, l.base.Year)
}

// correction checks what was said and makes a correction of it.
func (s *Service) correction(by Actor, l *laid, said Said) (store.Correction, error) {
	c := store.Correction{Version: said.Version, Cell: said.Cell, Verdict: said.Verdict, Reason: strings.TrimSpace(said.Reason),
		Account: by.ID, Name: by.Shown, At: s.Now()}
	var known bool
	if c.Was, known = l.value(said.Cell); said.Cell != "" && !known {
		return c, report.ErrNotFound
	}
	if utf8.RuneCountInString(c.Reason) > maxReason {
		return c, &report.ParameterError{Name: "reason", Got: "", Want: "理由不超过 1000 个字"}
	}
	whole := said.Verdict == store.Sound || said.Verdict == store.WrongDocument
	if whole != (said.Cell == "") || !slices.Contains(verdicts(), said.Verdict) {
		return c, &report.ParameterError{Name: "verdict", Got: string(said.Verdict), Want: "confirmed、corrected、illegible（某一格），sound、wrong_document（整份）"}
	}
	switch said.Verdict {
	case store.Corrected, store.WrongDocument:
		if c.Reason == "" {
			return c, &report.ParameterError{Name: "reason", Want: "更正和“不是这份报告”都要写理由"}
		}
	}
	if said.Verdict != store.Confirmed && said.Verdict != store.Corrected {
		return c, nil
	}
	form := standard.FormOf(l.base.Format)
	cell, _ := form.Cell(said.Cell)
	var err error
	c.Value, err = typed(said.Text, cell)
	return c, err
}

func verdicts() []store.Verdict {
	return []store.Verdict{store.Confirmed, store.Corrected, store.Illegible, store.WrongDocument, store.Sound}
}

// typed reads what a person types for a cell: a number, nothing for a blank, a dash, or
// words.
func typed(text string, cell standard.Cell) (report.Value, error) {
	text = strings.TrimSpace(text)
	switch text {
	case "":
		return report.Value{State: report.Blank}, nil
	case "/", "／", "-", "—", "无":
		return report.Value{State: report.Dash, Text: text}, nil
	}
	if utf8.RuneCountInString(text) > 100 {
		return report.Value{}, &report.ParameterError{Name: "value", Got: "", Want: "格内的文字，不超过 100 个字"}
	}
	amount, err := report.ParseAmount(text)
	if err != nil {
		if strings.ContainsAny(text, "0123456789０１２３４５６７８９") {
			return report.Value{}, &report.ParameterError{Name: "value", Got: text, Want: "数字；空着表示原件空白，/ 表示划线，没有数字的文字照录"}
		}
		return report.Value{State: report.Words, Text: text}, nil
	}
	if amount < 0 || !cell.Unit.Money() && !amount.Whole() {
		return report.Value{}, &report.ParameterError{Name: "value", Got: text, Want: "不小于 0 的数；件数是整数，金额以万元计"}
	}
	return report.Value{State: report.Printed, Amount: amount, Text: amount.String()}, nil
}

// sameWords reports whether two reviewers say the same of a cell.
func sameWords(a, b store.Correction) bool {
	return a.Verdict != store.WrongDocument && agree(a.Verdict) == agree(b.Verdict) &&
		a.Value.State == b.Value.State && a.Value.Amount == b.Value.Amount && a.Value.Text == b.Value.Text ||
		a.Verdict == store.WrongDocument && b.Verdict == store.WrongDocument
}

// agree takes confirmed and corrected for the same: either gives the value.
func agree(v store.Verdict) store.Verdict {
	if v == store.Confirmed {
		return store.Corrected
	}
	return v
}

func subjectOf(v store.Version, cell standard.CellCode) string {
	text := fmt.Sprintf("%s/%d v%d", v.Agency, v.Year, v.Number)
	if cell != "" {
		text += " " + string(cell)
	}
	return text
}

// written is a value in the logs: its number, or the name of its state.
func written(v report.Value) string {
	if a, ok := v.Known(); ok {
		return a.String()
	}
	if v.Text != "" {
		return v.State.String() + " " + v.Text
	}
	return v.State.String()
}

// correctedText says in plain Chinese what was settled.
func correctedText(v store.Version, c store.Correction) string {
	switch c.Verdict {
	case store.WrongDocument:
		return fmt.Sprintf("%d 年度报告经人工复核，原件不是这份报告（本站更正，非发布单位修改）", v.Year)
	case store.Sound:
		return fmt.Sprintf("%d 年度报告经人工复核，读数与原件一致（本站复核）", v.Year)
	case store.Illegible:
		return fmt.Sprintf("%d 年度报告 %s 一格经人工复核，原件无法辨认（本站复核）", v.Year, c.Cell)
	}
	return fmt.Sprintf("%d 年度报告 %s 一格经人工复核：%s→%s（本站更正，非发布单位修改）", v.Year, c.Cell, written(c.Was), written(c.Value))
}

// Undo takes back the last thing that an account said, and returns what it was.
func (s *Service) Undo(ctx context.Context, by Actor) (store.Correction, error) {
	c, err := s.db.LastCorrection(ctx, by.ID)
	if err != nil {
		return c, err
	}
	return c, s.Revoke(ctx, by, c.ID, "")
}

// Revoke takes a correction back: one's own, or as an administrator anyone's. What was
// read is shown again, with what else was corrected.
func (s *Service) Revoke(ctx context.Context, by Actor, id int64, reason string) error {
	c, err := s.db.Correction(ctx, id)
	if err != nil {
		return err
	}
	if !c.EndedAt.IsZero() {
		return report.ErrNotFound
	}
	if c.Account != by.ID && !by.Role.May(store.Administrator) {
		return ErrForbidden
	}
	l, all, err := s.load(ctx, by, c.Version)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o store.Correction) bool { return o.ID == id })
	review := store.Review{At: s.Now(), Version: c.Version, Base: l.reading, End: []int64{id}, EndedBy: by.Shown}
	review.Entry = s.entry(by, "review.undo", subjectOf(l.base, c.Cell), reason, fmt.Sprintf("%s → %s", written(c.Value), written(c.Was)))
	if c.Waits() {
		_, err := s.db.AddReview(ctx, review)
		return err
	}
	return s.publish(ctx, review, l, all, fmt.Sprintf("%d 年度报告的一处更正撤回，恢复读取结果（本站更正）", l.base.Year))
}

// Uncovered reports whether there is anything for Restore to lay over.
func (s *Service) Uncovered(ctx context.Context) (bool, error) {
	ids, err := s.db.Uncovered(ctx)
	return len(ids) > 0, err
}

// Restore lays corrections over versions that were read again since: the original has
// not changed, and neither has what a person read in it.
func (s *Service) Restore(ctx context.Context) error {
	ids, err := s.db.Uncovered(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		program := Actor{Account: store.Account{Role: store.Administrator, Name: "gongkai"}}
		l, all, err := s.load(ctx, program, id)
		if err != nil {
			return err
		}
		review := store.Review{At: s.Now(), Version: id, Base: l.reading, Entry: s.entry(program, "review.restore", subjectOf(l.base, ""), "", "")}
		if err := s.publish(ctx, review, l, all, ""); err != nil {
			return err
		}
	}
	return nil
}
