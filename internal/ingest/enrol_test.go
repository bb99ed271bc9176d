package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/ingest"
	"gongkai/internal/report"
)

// TestUnknownAgency holds that a report of which the list and the text say different
// things, and neither is in the register, is a failure that names its agency; and that
// it is kept once the register knows the agency.
func TestUnknownAgency(t *testing.T) {
	s := newSite(t)
	s.list("枫树街道 2020 /a.html")
	s.put("/a.html", answer{body: page("红松街道", 2020, 5), etag: `"1"`})
	s.refresh(t, ingest.Options{})
	if got := s.refresh(t, ingest.Options{}); got.New != 0 || len(s.failures(t)) != 1 || !strings.Contains(s.failures(t)[0], "红松街道办事处") {
		t.Errorf("%+v, failures %v; want one that names the agency", got, s.failures(t))
	}
	renamed := spruce
	renamed.Aliases = []string{"红松街道办事处"}
	must(t, s.Store.PutAgencies(t.Context(), []report.Agency{renamed, cedar}))
	if got := s.refresh(t, ingest.Options{}); got.New != 1 || len(s.failures(t)) != 0 || s.requested(t, spruce, 2020) != 5 {
		t.Errorf("with the alias: %+v, failures %v; want it kept", got, s.failures(t))
	}
}

// TestEnrol holds that agencies which the register lacks are enrolled when a portal
// lists their reports: once, from their first year on, covered by the portal; and that
// a report of another region enrols nobody.
func TestEnrol(t *testing.T) {
	s := newSite(t)
	s.list("红松街道 2021 /b.html", "红松街道 2020 /a.html", "教育局 2020 /c.html", "白桦镇 2020 /d.html")
	s.put("/a.html", answer{body: page("红松街道", 2020, 5)})
	s.put("/b.html", answer{body: page("红松街道", 2021, 6)})
	s.put("/c.html", answer{body: strings.ReplaceAll(page("教育局", 2020, 7), "教育局办事处", "教育局")})
	s.put("/d.html", answer{body: strings.ReplaceAll(strings.ReplaceAll(page("白桦镇", 2020, 7), "白桦镇办事处", "白桦镇人民政府"), "示例区白", "别的区白")})
	if got := s.refresh(t, ingest.Options{}); got.New != 3 {
		t.Errorf("%+v, failures %v; want three new", got, s.failures(t))
	}
	rows, err := s.Store.Coverage(t.Context(), "990101", 0)
	must(t, err)
	var got []string
	for _, row := range rows {
		got = append(got, fmt.Sprint(row.Agency.Name, " ", row.Agency.Kind, " ", row.Agency.From, " ", row.Portals, " ", len(row.Good)))
	}
	slices.Sort(got)
	want := []string{"教育局 department 2020 [test] 1", "红松街道办事处 street 2020 [test] 1", "云杉街道办事处 street 0 [test] 1", "雪松街道办事处 street 0 [test] 1"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("register (-want +got):\n%s", diff)
	}
	if len(s.failures(t)) != 1 || !strings.Contains(s.failures(t)[0], "白桦镇人民政府") {
		t.Errorf("failures %v; want the town of another region", s.failures(t))
	}
	before, err := s.Store.Changes(t.Context(), "", 0)
	must(t, err)
	if again := s.refresh(t, ingest.Options{}); again.New+again.Revised != 0 {
		t.Errorf("again: %+v; want nothing new", again)
	}
	if after, err := s.Store.Changes(t.Context(), "", 0); err != nil || len(after) != len(before) {
		t.Errorf("%d changes after %d, err %v", len(after), len(before), err)
	}
}
