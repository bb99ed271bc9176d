package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestEveryAnswerAsOf asks every operation that takes as_of, then lets the register, the
// reports, their addresses and the looks change, and asks again: the bytes are those
// that were given then, and without as_of some differ.
func TestEveryAnswerAsOf(t *testing.T) {
	server, db := serve(t)
	addWords(t, db)
	run, err := db.DataVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{url: server.URL + "/api/v1"}
	body, _ := get(t, c.url+"/openapi.json", http.StatusOK)
	if err := json.Unmarshal(body, &c.doc); err != nil {
		t.Fatal(err)
	}
	ask := func(asOf string) map[string]string {
		answers := make(map[string]string)
		for path, methods := range c.doc.Paths {
			address, ok := c.dated(path, methods["get"], asOf)
			if !ok {
				continue
			}
			body, _ := get(t, address, http.StatusOK)
			answers[path] = string(body)
		}
		return answers
	}
	then, now := ask(runText(run)), ask("")
	if len(then) < 15 {
		t.Fatalf("%d operations take as_of", len(then))
	}
	change(t, db)
	for path, answer := range ask(runText(run)) {
		if strings.HasPrefix(path, "/workbook") {
			continue // a workbook says when it was made
		}
		if diff := cmp.Diff(then[path], answer); diff != "" {
			t.Errorf("%s as of run %d (-then +now):\n%.1500s", path, run, diff)
		}
	}
	differ := 0
	for path, answer := range ask("") {
		if now[path] != answer {
			differ++
		}
	}
	if differ < len(now)/2 {
		t.Errorf("%d of %d answers differ after the changes; the test changes too little", differ, len(now))
	}
}

func runText(run store.RunID) string { return strconv.FormatInt(int64(run), 10) }

// dated is the address of an operation with the examples of what it requires.
func (c *contract) dated(path string, op *opDoc, asOf string) (string, bool) {
	q, at, takes := url.Values{}, path, false
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			at = strings.ReplaceAll(at, "{"+p.Name+"}", p.Example)
		case p.Required:
			q.Set(p.Name, p.Example)
		}
		takes = takes || p.Name == "as_of"
	}
	if asOf != "" {
		q.Set("as_of", asOf)
	}
	if strings.HasPrefix(path, "/workbook") {
		q.Set("region", region)
	}
	return c.url + at + "?" + q.Encode(), takes
}

// change changes all that answers are made of, in runs of their own.
func change(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Agencies(ctx, region)
	must(err)
	all[0].Name, all[0].Short, all[1].From = "云杉新街道办事处", "云杉新街道", 2021
	must(db.PutAgencies(ctx, all))
	must(db.SetWatch(ctx, "p", []report.AgencyID{first, second}))
	run, err := db.StartRun(ctx, "refresh", 0, false)
	must(err)
	add(t, db, run, first, 2022, 99, report.Verified)
	add(t, db, run, first, 2023, 98, report.Verified)
	must(db.AddLook(ctx, store.Look{Run: run, Portal: "p", At: time.Now(), Good: true}))
	must(db.PutPage(ctx, store.Page{URL: "http://demo.example/w/" + string(first), Portal: "p", Agency: first, Year: 2023, SeenRun: run, State: store.PageOK}))
	must(db.PutListings(ctx, run, "p", []store.Listing{{Agency: first, Year: 2023, URL: "http://demo.example/w", Column: "通知公告"}}, true))
	must(db.AddChange(ctx, store.ChangeRow{Run: run, At: time.Now(), Kind: store.ChangeRemoved, Agency: second, Year: 2023}))
	must(db.AddFailure(ctx, run, store.Failure{Portal: "p", URL: "http://demo.example/f.docx", Agency: second, Year: 2023, At: time.Now(), Reason: "404"}))
	must(db.FinishRun(ctx, run, store.RunOK, ""))
}
