package demo

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

func start(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), "", opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// violations returns the identities of the form that figures break.
func violations(format standard.Format, f Figures) []string {
	var broken []string
	equal := func(name string, left, right report.Amount) {
		if left != right {
			broken = append(broken, name)
		}
	}
	sum := func(codes ...standard.CellCode) (n report.Amount) {
		for _, c := range codes {
			n += f[c]
		}
		return n
	}
	if format == standard.F2014 {
		equal("channels_in", sum("requests.in_person", "requests.by_fax", "requests.online", "requests.by_letter"), f["requests.received"])
		equal("closed", sum("requests.closed_on_time", "requests.closed_extended"), f["requests.closed"])
		equal("replies", sum("replies.already_public", "replies.granted", "replies.partial", "replies.denied", "replies.not_this_agency", "replies.not_exist", "replies.correction_asked", "replies.other_channel"), f["replies.total"])
		equal("denied", sum("replies.denied.state_secret", "replies.denied.trade_secret", "replies.denied.privacy", "replies.denied.security_stability", "replies.denied.not_government_information", "replies.denied.other_law"), f["replies.denied"])
		equal("staff", sum("capacity.staff_full_time", "capacity.staff_part_time"), f["capacity.staff"])
		return broken
	}
	for _, column := range standard.Columns() {
		var outcomes report.Amount
		for _, row := range standard.Outcomes(format) {
			outcomes += f[standard.At(row, column)]
		}
		equal("outcome_sum/"+string(column), outcomes, f[standard.At("outcome.total", column)])
		equal("balance/"+string(column), f[standard.At("requests.new", column)]+f[standard.At("requests.carried_in", column)],
			f[standard.At("outcome.total", column)]+f[standard.At("requests.carried_out", column)])
	}
	for _, row := range standard.RequestRows(format) {
		equal("column_sum/"+row, f.sum(row), f[standard.At(row, standard.Total)])
	}
	for _, k := range standard.AppealKinds() {
		equal("appeals/"+k, sum(standard.CellCode(k+".upheld"), standard.CellCode(k+".corrected"), standard.CellCode(k+".other"), standard.CellCode(k+".pending")), f[standard.CellCode(k+".total")])
	}
	return broken
}

func TestFigures(t *testing.T) {
	for seed := range uint64(4) {
		before := map[report.AgencyID]Truth{}
		seen := map[Case]int{}
		for _, r := range district(seed) {
			name := fmt.Sprintf("seed %d, %s %d", seed, r.Agency, r.Year)
			seen[r.Case]++
			var want []string
			if r.Case == Inconsistent {
				want = []string{"outcome_sum/total", "balance/total", "column_sum/outcome.total"}
			}
			if diff := cmp.Diff(want, violations(r.Format, r.Cells)); diff != "" {
				t.Errorf("%s: violations (-want +got):\n%s", name, diff)
			}
			if r.Revised != nil && violations(r.Format, r.Revised) != nil {
				t.Errorf("%s: the revision breaks %v", name, violations(r.Format, r.Revised))
			}
			checkCells(t, name, r)
			if last, ok := before[r.Agency]; ok && last.Format != standard.F2014 && r.Format != standard.F2014 {
				checkChain(t, name, last, r)
			}
			before[r.Agency] = r
		}
		want := map[Case]int{Regular: 120 - 6 - 10 + 10 - 2, PDFFile: 1, Late: 1, Missing: 1, Inconsistent: 1, Revised: 1, Contradicted: 1, Attachment: 1, Reset: 1, Blocked: 10}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("seed %d: cases (-want +got):\n%s", seed, diff)
		}
	}
}

func checkCells(t *testing.T, name string, r Truth) {
	t.Helper()
	form := standard.FormOf(r.Format)
	if len(r.Cells) != len(form.Cells) {
		t.Errorf("%s: %d cells; the form has %d", name, len(r.Cells), len(form.Cells))
	}
	for _, c := range form.Cells {
		n := r.Cells[c.Code]
		if n < 0 && !c.Signed() || !c.Unit.Money() && !n.Whole() {
			t.Errorf("%s: %s is %s", name, c.Code, n)
		}
		if n == report.Count(int64(r.Year)) || n == report.Count(int64(r.Year-1)) {
			t.Errorf("%s: %s is %s, which reads like a year; choose other weights", name, c.Code, n)
		}
	}
}

// checkChain holds what one year leaves behind against what the next takes over.
func checkChain(t *testing.T, name string, last, r Truth) {
	t.Helper()
	for _, column := range standard.Columns() {
		if out, in := last.Cells[standard.At("requests.carried_out", column)], r.Cells[standard.At("requests.carried_in", column)]; out != in {
			t.Errorf("%s: %s carried in, %s carried out the year before (%s)", name, in, out, column)
		}
	}
	for _, k := range standard.AppealKinds() {
		if total, open := r.Cells[standard.CellCode(k+".total")], last.Cells[standard.CellCode(k+".pending")]; total < open {
			t.Errorf("%s: %s has %s cases, %s were pending", name, k, total, open)
		}
	}
	if r.Format == standard.F2021 && last.Format == standard.F2021 {
		want := last.Cells["disclosure.normative.in_force"] + r.Cells["disclosure.normative.issued"] - r.Cells["disclosure.normative.repealed"]
		if got := r.Cells["disclosure.normative.in_force"]; got != want {
			t.Errorf("%s: %s documents in force; want %s", name, got, want)
		}
	}
	if r.Format == standard.F2019 {
		for _, k := range []string{"license", "other_service", "penalty", "coercion", "fee"} {
			want := last.Cells[standard.CellCode("disclosure."+k+".prior_items")] + last.Cells[standard.CellCode("disclosure."+k+".change")]
			if got := r.Cells[standard.CellCode("disclosure."+k+".prior_items")]; got != want {
				t.Errorf("%s: %s prior items of %s; want %s", name, got, k, want)
			}
		}
	}
}

func TestDeadlines(t *testing.T) {
	kinds := map[report.AgencyID]standard.Kind{}
	for _, a := range Agencies() {
		kinds[a.ID] = a.Kind
	}
	for _, r := range district(0) {
		limit := standard.DefaultDeadline(kinds[r.Agency], r.Year).Day
		due := isoDay(report.Date{Year: limit.Year(), Month: int(limit.Month()), Day: limit.Day()})
		if late := isoDay(r.Published) > due; late != (r.Case == Late) {
			t.Errorf("%s %d (%s): published %s, due %s", r.Agency, r.Year, r.Case, isoDay(r.Published), due)
		}
	}
}

// The government reports the sum over its units.
func TestGovernmentIsTheSum(t *testing.T) {
	sums := map[int]Figures{}
	for i := range units() {
		l := newLedger(7, i)
		for year := firstYear; year <= lastYear; year++ {
			_, f := l.year(year)
			if sums[year] == nil {
				sums[year] = Figures{}
			}
			sums[year].add(f)
		}
	}
	for _, r := range district(7) {
		if r.Agency == districtCode+"-gov" {
			if diff := cmp.Diff(sums[r.Year], r.Cells); diff != "" {
				t.Errorf("%d (-units +government):\n%s", r.Year, diff)
			}
		}
	}
}

// The real figures are those of the shared record.
func TestRealFigures(t *testing.T) {
	f, err := os.Open(sharedFile(t, "corpus/real/figures.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	real, err := junliangcheng()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for code, n := range real.Cells {
		got[string(code)] = n.String()
	}
	for d := json.NewDecoder(f); d.More(); {
		var record struct {
			ID    string                     `json:"id"`
			Cells map[string]json.RawMessage `json:"cells"`
		}
		if err := d.Decode(&record); err != nil {
			t.Fatal(err)
		}
		if record.ID != "tj-dongli-junliangcheng-2020" {
			continue
		}
		want := map[string]string{}
		for code, raw := range record.Cells {
			want[code] = strings.Trim(string(raw), `"`)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) != 198 {
			t.Errorf("%d cells (-record +ours):\n%s", len(want), diff)
		}
		return
	}
	t.Fatal("no record of 军粮城街道 in figures.jsonl")
}

// sharedFile finds a file of the shared folder beside the repository, or skips.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("SHARED")
	for at, _ := os.Getwd(); dir == "" && at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "shared", name)); err == nil {
			dir = filepath.Join(at, "shared")
		}
	}
	if dir == "" {
		t.Skip("skipped: no shared folder beside the repository; name it by SHARED")
	}
	return filepath.Join(dir, name)
}

func get(t *testing.T, url, etag string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	// A connection of its own: a kept one that is cut is tried again by the client.
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return nil, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func find(t *testing.T, s *Server, c Case) Truth {
	t.Helper()
	for _, r := range s.Truth() {
		if r.Case == c {
			return r
		}
	}
	t.Fatalf("no report with case %q", c)
	return Truth{}
}

// The revision comes to whoever holds the first version, and stays.
func TestRevision(t *testing.T) {
	s := start(t, Options{})
	url := find(t, s, Revised).URL
	first, a := get(t, url, "")
	if _, again := get(t, url, ""); again != a {
		t.Error("an unconditional request brought another version; want the first until somebody asks whether it is good")
	}
	second, b := get(t, url, first.Header.Get("ETag"))
	if second.StatusCode != http.StatusOK || a == b {
		t.Errorf("asked with the first version: status %d, same %v; want 200 with the second", second.StatusCode, a == b)
	}
	if third, _ := get(t, url, second.Header.Get("ETag")); third.StatusCode != http.StatusNotModified {
		t.Errorf("asked with the second version: status %d; want 304", third.StatusCode)
	}
	if _, c := get(t, url, ""); c != b {
		t.Error("after the revision the first version came again")
	}
	restarted := start(t, Options{Revised: true})
	if _, d := get(t, find(t, restarted, Revised).URL, ""); d != b {
		t.Error("a portal started as revised does not serve the second version")
	}
}

func TestTroubles(t *testing.T) {
	s := start(t, Options{})
	list := s.base + shiliColumn + "index_1.html"
	for try, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		resp, _ := get(t, list, "")
		if resp.StatusCode != want || want != http.StatusOK && resp.Header.Get("Retry-After") != "1" {
			t.Errorf("list, request %d: status %d, Retry-After %q; want %d", try+1, resp.StatusCode, resp.Header.Get("Retry-After"), want)
		}
	}
	url := find(t, s, Reset).URL
	if resp, err := get(t, url, ""); resp != nil {
		t.Errorf("first request: status %d; want a reset (%s)", resp.StatusCode, err)
	}
	if resp, _ := get(t, url, ""); resp == nil || resp.StatusCode != http.StatusOK {
		t.Error("second request after the reset: no page")
	}
	for range 2 {
		if resp, _ := get(t, s.base+blockedColumn, ""); resp.StatusCode != http.StatusPreconditionFailed {
			t.Errorf("blocked column: status %d; want 412", resp.StatusCode)
		}
	}
	t.Run("contradiction", func(t *testing.T) {
		r := find(t, s, Contradicted)
		_, page := get(t, r.URL, "")
		stated := fmt.Sprintf("新收政府信息公开申请%d件", r.Cells.int("requests.new/total")+6)
		if !strings.Contains(page, stated) {
			t.Errorf("the page does not state %s", stated)
		}
	})
}

// The Word file holds the same cells in the same order as a page would.
func TestAttachment(t *testing.T) {
	s := start(t, Options{})
	r := find(t, s, Attachment)
	_, page := get(t, r.URL, "")
	if strings.Contains(page, "<table") {
		t.Error("the page holds tables; want a link to the file alone")
	}
	_, after, _ := strings.Cut(page, `href="./P0`)
	name, _, _ := strings.Cut(after, `"`)
	resp, file := get(t, r.URL[:strings.LastIndexByte(r.URL, '/')+1]+"P0"+name, "")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != wordType {
		t.Fatalf("file: status %d, type %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	rows, texts := readWord(t, doc)
	for i, n := range rows {
		if n != rows[0] && n != 10 && n != 15 && n != 4 {
			t.Errorf("row %d is %d columns wide", i, n)
		}
	}
	want := 0
	for _, g := range grids(r.Format, r.Cells.print()) {
		for _, row := range g.rows {
			want += len(row)
		}
	}
	if len(texts) < want {
		t.Errorf("%d cells in the file; the tables have %d", len(texts), want)
	}
}

// readWord returns the width of each row, spans counted, and the texts of cells.
func readWord(t *testing.T, r io.Reader) (rows []int, texts []string) {
	t.Helper()
	d := xml.NewDecoder(r)
	width, inCell := 0, false
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return rows, texts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tc":
				inCell = true
				texts = append(texts, "")
			case "gridSpan":
				n := 0
				fmt.Sscan(e.Attr[0].Value, &n)
				width += n
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "tc":
				inCell = false
			case "tr":
				rows, width = append(rows, width), 0
			}
		case xml.CharData:
			if inCell {
				texts[len(texts)-1] += string(e)
			}
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:80", "nonsense", ":0"} {
		if s, err := Start(t.Context(), addr, Options{}); err == nil {
			s.Close()
			t.Errorf("started on %q, which is not loopback", addr)
		}
	}
}

// Everything fictitious says so.
func TestMarked(t *testing.T) {
	for _, r := range district(0) {
		if !strings.Contains(r.Title, "示例") {
			t.Errorf("title %s lacks 示例", r.Title)
		}
	}
	for _, a := range Agencies() {
		real := strings.HasPrefix(string(a.Region), realDistrict)
		if a.Demo == real {
			t.Errorf("%s: demo %v", a.Name, a.Demo)
		}
		if _, known := standard.RegionOf(a.Region); known != real {
			t.Errorf("%s: region %s in the national roster: %v", a.Name, a.Region, known)
		}
		if real && a.Watched != (a.ID == realUnit) {
			t.Errorf("%s: watched %v", a.Name, a.Watched)
		}
	}
}
