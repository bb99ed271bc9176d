package aggregate

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// TestRecall: an answer is computed once while the data stay, and anew after any run,
// on another day, with other thresholds and while a run works.
func TestRecall(t *testing.T) {
	f := newCounty(t, 2)
	f.tell(told{agency: one, year: 2023, numbers: requests(40)})
	clock := today()
	s := New(f.db, func() time.Time { return clock })
	asked := 0
	ask := func(s *Service, region standard.RegionCode, year int, asOf store.RunID) {
		t.Helper()
		_, err := recall(context.Background(), s, "what", region, year, asOf, func() (int, error) { asked++; return asked, nil })
		f.must(err)
	}
	expect := func(why string, want int) {
		t.Helper()
		if asked != want {
			t.Errorf("%s: asked %d times, want %d", why, asked, want)
		}
	}
	ask(s, "990101", 2023, 0)
	ask(s, "990101", 2023, 0)
	expect("twice the same", 1)
	ask(s, "990101", 2022, 0)
	ask(s, "990102", 2023, 0)
	ask(s, "990101", 2023, f.run)
	expect("another year, region and run", 4)
	ask(s.WithThresholds(standard.Thresholds{"year.jump.ratio": 9}), "990101", 2023, 0)
	expect("other thresholds", 5)
	f.tell(told{agency: two, year: 2023, numbers: requests(41)})
	ask(s, "990101", 2023, 0)
	expect("after a run", 6)
	clock = clock.AddDate(0, 0, 1)
	ask(s, "990101", 2023, 0)
	expect("the next day", 7)
	run, err := f.db.StartRun(context.Background(), "refresh", 0, false)
	f.must(err)
	ask(s, "990101", 2023, 0)
	ask(s, "990101", 2023, 0)
	expect("while a run works", 9)
	f.must(f.db.FinishRun(context.Background(), run, store.RunOK, ""))
	ask(s, "990101", 2023, 0)
	ask(s, "990101", 2023, 0)
	expect("when it has ended", 10)
	for year := range 3 * remembered {
		ask(s, "990101", year, 0)
	}
	if n := len(s.memory.kept); n != remembered || n != len(s.memory.order) {
		t.Errorf("%d answers are kept in %d places, want %d", n, len(s.memory.order), remembered)
	}
}

// TestRecallFault: what failed is asked again.
func TestRecallFault(t *testing.T) {
	f := newCounty(t, 1)
	s := New(f.db, today)
	for i := range 2 {
		_, err := recall(context.Background(), s, "what", "990101", 2023, 0, func() (int, error) { return 0, fmt.Errorf("fault %d", i) })
		if err == nil || err.Error() != fmt.Sprintf("fault %d", i) {
			t.Errorf("%v, want fault %d", err, i)
		}
	}
}

// TestAttachmentAsOf: a document that could be had again was out of reach before.
func TestAttachmentAsOf(t *testing.T) {
	ctx := context.Background()
	f := newCounty(t, 1)
	f.tell(told{agency: one, year: 2022, numbers: requests(4)})
	const url = "http://demo.example/a.docx"
	f.must(f.db.AddFailure(ctx, f.run, store.Failure{Portal: "p", URL: url, Agency: one, Year: 2022, At: at(2023, time.February, 1), Reason: "404"}))
	before := f.run
	run, err := f.db.StartRun(ctx, "refresh", 0, false)
	f.must(err)
	f.must(f.db.MendFailures(ctx, run, url))
	f.must(f.db.FinishRun(ctx, run, store.RunOK, ""))
	s := New(f.db, today)
	for asOf, want := range map[store.RunID]report.Result{before: report.Fail, run: report.Pass, 0: report.Pass} {
		judged, err := s.Judge(ctx, store.Query{Region: "990101", AsOf: asOf})
		f.must(err)
		expect(t, judged, answer{one, 2022, "publish.attachment", "", want})
	}
}
