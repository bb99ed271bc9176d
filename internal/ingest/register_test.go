package ingest

import (
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// registerOf is the register of a portal that knows these agencies.
func registerOf(t *testing.T, yaml string, agencies ...report.Agency) *register {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "gongkai.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PutAgencies(t.Context(), agencies); err != nil {
		t.Fatal(err)
	}
	p, err := crawl.ReadPortal("test.yaml", strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRegister(t.Context(), db, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func agencyOf(id, name, short string, kind standard.Kind, region string) report.Agency {
	return report.Agency{ID: report.AgencyID(id), Name: name, Short: short, Kind: kind, Region: standard.RegionCode(region), Watched: true}
}

const dongli = `id: test
name: 天津市东丽区人民政府
region: "120110"
family: trs
entries:
  - {url: "https://example.test/gknb/"}
`

func dongliRegister(t *testing.T) *register {
	jlc := agencyOf("120110008", "军粮城街道办事处", "军粮城街道", standard.Street, "120110008")
	jlc.Aliases = []string{"军粮城街"}
	fictitious := agencyOf("120110099", "示例街道办事处", "示例街道", standard.Street, "120110099")
	fictitious.Demo = true
	return registerOf(t, dongli, jlc, fictitious,
		agencyOf("120110009", "新立街道办事处", "新立街道", standard.Street, "120110009"),
		agencyOf("120110010", "新立村街道办事处", "新立村街道", standard.Street, "120110010"),
		agencyOf("120110-gov", "东丽区人民政府", "东丽区", standard.Government, "120110"),
		agencyOf("120110-jyj", "教育局", "区教育局", standard.Department, "120110"))
}

func TestOfCandidate(t *testing.T) {
	r := dongliRegister(t)
	for _, c := range []struct {
		candidate crawl.Candidate
		want      report.AgencyID
	}{
		{crawl.Candidate{Unit: "军粮城街道办事处"}, "120110008"},
		{crawl.Candidate{Unit: "天津市东丽区军粮城街道"}, "120110008"},
		{crawl.Candidate{Unit: "东丽区军粮城街"}, "120110008"},
		{crawl.Candidate{Unit: "军 粮 城 街道"}, "120110008"},
		{crawl.Candidate{Unit: "东丽区人民政府"}, "120110-gov"},
		{crawl.Candidate{Unit: "天津市东丽区"}, "120110-gov"},
		{crawl.Candidate{Unit: "东丽区教育局"}, "120110-jyj"},
		{crawl.Candidate{Unit: "东丽区新立村街道办事处（街道党工委）"}, "120110010"}, // the longer name
		{crawl.Candidate{Unit: "东丽区卫生健康委员会"}, ""},                  // holds the name of the region, and is not its government
		{crawl.Candidate{Unit: "军粮城街道、新立街道"}, ""},                  // of two
		{crawl.Candidate{Unit: "示例街道"}, ""},                        // fictitious, and the portal is real
		{crawl.Candidate{Title: "新立街道2020年政府信息公开工作年度报告"}, "120110009"},
		{crawl.Candidate{Title: "新立街道2020年政府信息…", Cut: true}, ""},
		{crawl.Candidate{UnitAgency: "120110009", Title: "军粮城街道"}, "120110009"},
		{crawl.Candidate{UnitAgency: "120110-gov"}, "120110-gov"},
		{crawl.Candidate{}, ""},
	} {
		got := report.AgencyID("")
		if a := r.ofCandidate(c.candidate); a != nil {
			got = a.ID
		}
		if got != c.want {
			t.Errorf("%+v: agency %q; want %q", c.candidate, got, c.want)
		}
	}
}

func TestOfReading(t *testing.T) {
	r := dongliRegister(t)
	for _, c := range []struct {
		region []string
		name   string
		want   report.AgencyID
	}{
		{[]string{"天津市", "东丽区"}, "军粮城街道办事处", "120110008"},
		{nil, "军粮城街道办事处", "120110008"},
		{[]string{"天津市"}, "东丽区人民政府", "120110-gov"},
		{[]string{"别的市"}, "军粮城街道办事处", "120110008"}, // the portal says the region
		{nil, "军粮城街道", "120110008"},
		{nil, "不相识街道办事处", ""},
		{nil, "", ""},
	} {
		got := report.AgencyID("")
		if a := r.ofReading(&report.Reading{Region: c.region, Agency: c.name}); a != nil {
			got = a.ID
		}
		if got != c.want {
			t.Errorf("%v %s: agency %q; want %q", c.region, c.name, got, c.want)
		}
	}
}

// TestCoverage holds that a portal covers the watched agencies whose reports it
// lists, and no others.
func TestCoverage(t *testing.T) {
	if got := dongliRegister(t).covered; len(got) != 5 {
		t.Errorf("covered %v; want the five real ones", got)
	}
	one := strings.Replace(dongli, `gknb/"}`, `gknb/", unit: "120110008"}`, 1)
	unwatched := agencyOf("120110009", "新立街道办事处", "", standard.Street, "120110009")
	r := registerOf(t, one, agencyOf("120110008", "军粮城街道办事处", "", standard.Street, "120110008"), unwatched)
	if got := r.covered; len(got) != 1 || got[0] != "120110008" {
		t.Errorf("covered %v; want the one that the entry names", got)
	}
}

// TestEnrolRoster holds that a county without a register gets its streets and towns
// from the national roster, watched where the portal lists their reports.
func TestEnrolRoster(t *testing.T) {
	r := registerOf(t, strings.Replace(dongli, `gknb/"}`, `gknb/", unit: "120110008"}`, 1))
	got := make(map[report.AgencyID]report.Agency)
	for _, a := range r.agencies {
		got[a.ID] = a
	}
	if a := got["120110008"]; a.Name != "军粮城街道办事处" || a.Short != "军粮城街道" || a.Kind != standard.Street || !a.Watched || a.Demo {
		t.Errorf("120110008: %+v", a)
	}
	if a := got["120110-gov"]; a.Name != "东丽区人民政府" || a.Kind != standard.Government || a.Watched {
		t.Errorf("120110-gov: %+v", a)
	}
	if len(r.covered) != 1 || len(r.agencies) < 10 {
		t.Errorf("%d agencies, covered %v; want the streets of the district, one covered", len(r.agencies), r.covered)
	}
}
