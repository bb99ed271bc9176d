package export

import (
	"context"
	"time"

	"gongkai/internal/store"
)

// About says what an export holds, so that a file that has travelled still says where it
// is from.
type About struct {
	Title       string    `json:"title"`
	TitleEN     string    `json:"title_en"`
	Software    string    `json:"software"`
	Run         int64     `json:"run"`   // the run after which things stood so
	Since       int64     `json:"since"` // only what came after that run; 0 for all
	Region      string    `json:"region"`
	FromYear    int       `json:"from_year"` // 0 for the first
	ToYear      int       `json:"to_year"`   // 0 for the last
	Created     time.Time `json:"created"`
	Licence     string    `json:"licence"`
	LicencePath string    `json:"licence_path"`
	Notes       []string  `json:"notes"`
}

// The licence of the data: our arrangement of facts that others published.
const (
	Licence     = "CC-BY-4.0"
	LicencePath = "https://creativecommons.org/licenses/by/4.0/"
)

// notes are what a reader of the figures must know, in both languages.
func notes() []string {
	return []string{
		"没有印出数字的格没有数值，state 说明原因：空白、划线、文字、缺项和未能确读都不是零。",
		"A cell without a printed number has no value and a state that says why: blank, dash, text, absent and unread are not zero.",
		"待复核的版本也在内；加总前请按 status 选取。",
		"Versions that need review are included; choose by status before adding up.",
		"以 = + - @ 或制表符开头的文字前有一个撇号，以免被当作公式；数字不变。",
		"Texts that begin with = + - @ or a tab are led by an apostrophe, lest they be taken for formulas; numbers are as they are.",
		"金额以万元计。 Money is in 万元, ten thousand yuan.",
	}
}

// newAbout describes an export of a query.
func newAbout(ctx context.Context, db *store.DB, q Query, software string, now time.Time) (About, error) {
	run := q.AsOf
	if run == 0 {
		var err error
		if run, err = db.DataVersion(ctx); err != nil {
			return About{}, err
		}
	}
	return About{Title: "政府信息公开工作年度报告：各格数值、状态与出处", TitleEN: "Annual reports on government information disclosure of Chinese public bodies: cells, states and sources",
		Software: software, Run: int64(run), Since: int64(q.Since), Region: string(q.Region), FromYear: q.FromYear, ToYear: q.ToYear,
		Created: now.UTC(), Licence: Licence, LicencePath: LicencePath, Notes: notes()}, nil
}
