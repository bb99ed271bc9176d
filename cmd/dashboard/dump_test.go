package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/check"
	"gongkai/internal/people"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

var dump = flag.Bool("dump", false, "write a dump of this program's schema into testdata/upgrade (make dump)")

const (
	// dumpPassword is what the administrator of each dump signs in with.
	dumpPassword = "five unlike words 2026 here"
	dumpStreet   = report.AgencyID("990101001")
)

// TestDump writes the dump of this program's schema when it is asked to, once for each
// release: the demonstration with what people write into it, as a backup without
// originals, and beside it what this program reads in it. Otherwise the dump is thrown
// away, so that the release finds that it can be made.
func TestDump(t *testing.T) {
	_, s := demonstrated(t)
	if err := fillDump(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "dump")
	if *dump {
		_, newest, err := store.Schema(t.Context(), s.DB)
		if err != nil {
			t.Fatal(err)
		}
		name = fmt.Sprintf("%s/schema-%04d", released, newest)
		if _, err := os.Stat(name + ".zip"); err == nil {
			t.Fatalf("%s.zip is there already; a schema that was released is not changed: make another migration", name)
		}
	}
	if out, status := s.dashboard(t, "backup", "--without-originals", name+".zip"); status != 0 {
		t.Fatal(out)
	}
	db, err := store.Open(t.Context(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text bytes.Buffer
	if err := answers(t.Context(), db, &text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".txt", text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	path := restored(t, name+".zip")
	checkUpgraded(t, path, name+".txt")
	checkPeople(t, path)
}

// fillDump adds what people write: accounts, corrections, a decision, a contact, a note,
// a reported error with its answer, a round with a draft, and a subscriber.
func fillDump(ctx context.Context, s *settings) error {
	a, err := openApp(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer a.Close()
	service := people.New(a.db, people.Options{})
	machine := people.Actor{Account: store.Account{Name: "machine"}, Client: "192.0.2.9"}
	var actors []people.Actor
	for _, n := range []people.NewAccount{
		{Name: "wang", Role: store.Administrator, Password: dumpPassword},
		{Name: "li", Role: store.Reviewer, Password: "six other good words 2026", Regions: []standard.RegionCode{"990101"}},
	} {
		id, err := service.Add(ctx, machine, n)
		if err != nil {
			return err
		}
		account, err := service.Account(ctx, id)
		if err != nil {
			return err
		}
		actors = append(actors, people.Actor{Account: account, Client: "192.0.2.1"})
	}
	return errors.Join(reviewed(ctx, a.db, service, actors[1]), decidedOn(ctx, service, actors[0]), officeWork(ctx, a.db, service, actors[0], actors[1]))
}

// reviewed adds a report with two cells that were not read, which a person settles.
func reviewed(ctx context.Context, db *store.DB, service *people.Service, by people.Actor) error {
	a, err := db.Agency(ctx, dumpStreet)
	if err != nil {
		return err
	}
	form := standard.FormOf(standard.F2021)
	r := report.Reading{Agency: a.Name, Year: 2025, Format: form.Format, Values: make([]report.Value, len(form.Cells)), Route: "test"}
	for i := range r.Values {
		r.Values[i] = report.Value{State: report.Printed, Text: "0", Place: report.Place{Table: 1, Row: i + 1, Column: 2}}
	}
	codes := []standard.CellCode{"requests.new/business", "requests.new/legal"}
	for _, code := range codes {
		cell, _ := form.Cell(code)
		r.Values[cell.Index] = report.Value{State: report.Unread, Text: "O", Place: report.Place{Table: 2, Row: 4, Column: 3}}
		r.Doubts = append(r.Doubts, report.Doubt{Rule: "read.disagreement", Cell: code, Text: "两种读法不一致",
			Proposals: []report.Value{{State: report.Printed, Text: "0"}, {State: report.Printed, Amount: report.Count(8), Text: "8"}}})
	}
	out := check.Report(&r, check.Context{Agency: &a, Kind: a.Kind})
	run, err := db.StartRun(ctx, "import", 0, false)
	if err != nil {
		return err
	}
	const hash, url = report.SHA256("ab1532e4ab1532e4ab1532e4ab1532e4ab1532e4ab1532e4ab1532e4ab1532e4"), "https://example.test/hand"
	if err := db.PutOriginal(ctx, run, report.Original{Hash: hash, URL: url}); err != nil {
		return err
	}
	version, _, err := db.AddVersion(ctx, run, store.NewVersion{Agency: a.ID, Year: 2025, Reading: r, Status: out.Status, Findings: out.Findings,
		Problems: out.Problems, Original: hash, URL: url, Reader: "1", FoundAt: time.Now()})
	if err := errors.Join(err, db.FinishRun(ctx, run, store.RunOK, "")); err != nil {
		return err
	}
	return errors.Join(service.Settle(ctx, by, people.Said{Version: version, Cell: codes[0], Verdict: store.Confirmed, Text: "0"}),
		service.Settle(ctx, by, people.Said{Version: version, Cell: codes[1], Verdict: store.Corrected, Text: "3", Reason: "对照原件"}))
}

// decidedOn has a person say what a unit answered to a finding.
func decidedOn(ctx context.Context, service *people.Service, by people.Actor) error {
	_, all, err := service.Findings(ctx, by, dumpStreet, 2025)
	if err != nil || len(all) == 0 {
		return fmt.Errorf("%d findings of the report that was reviewed, err %w", len(all), err)
	}
	return service.Decide(ctx, by, dumpStreet, 2025, store.Decision{Key: all[0].Key, Digest: all[0].Digest(), Verdict: store.FindingAnswered,
		Reason: "电话核实", Answer: "原件数字有误，将更正"})
}

// officeWork is what an office keeps for itself.
func officeWork(ctx context.Context, db *store.DB, service *people.Service, head, clerk people.Actor) error {
	said, err := db.AddErrorReport(ctx, store.ErrorReport{At: time.Now(), Page: "/reports/990101001/2024", Agency: dumpStreet, Year: 2024,
		Text: "总计与原件不同", Contact: "a@example.test"})
	if err != nil {
		return err
	}
	round, err := service.BeginRound(ctx, head, store.Round{Region: "990101", Year: 2024})
	if err != nil {
		return err
	}
	entry := store.Entry{At: time.Now(), Name: head.Name, Action: "notice.subscribed"}
	return errors.Join(
		db.PutContacts(ctx, []store.Contact{{Agency: dumpStreet, Person: "示例", Telephone: "000"}}),
		service.Note(ctx, clerk, dumpStreet, 2024, "已电话联系"),
		service.AnswerError(ctx, head, said, "none", "与原件一致"),
		service.HandInDraft(ctx, clerk, store.Draft{Round: round, Agency: "990101002", Name: "初稿.html", Body: []byte("<p>初稿</p>"), Size: 13, Year: 2024, Status: report.Unreadable}),
		db.PutSubscriber(ctx, store.Subscriber{Name: "office", Channel: "mail", To: []string{"office@example.test"}, Quiet: "line", AddedBy: head.Name, AddedAt: time.Now()}, entry),
	)
}
