package archive

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"testing"
	"time"

	"gongkai/internal/report"
)

// A warcRecord is a record as a reader finds it.
type warcRecord struct {
	header textproto.MIMEHeader
	block  []byte
}

// readWARC reads a WARC file by the standard's grammar, and holds each record against
// its length and digest.
func readWARC(t *testing.T, in io.Reader) (records []warcRecord) {
	t.Helper()
	r := bufio.NewReader(in)
	for {
		version, err := r.ReadString('\n')
		if err == io.EOF && version == "" {
			return records
		}
		if err != nil || version != "WARC/1.1\r\n" {
			t.Fatalf("record %d begins with %q, err %v", len(records), version, err)
		}
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		must(t, err)
		length, err := strconv.Atoi(header.Get("Content-Length"))
		must(t, err)
		block := make([]byte, length+4)
		_, err = io.ReadFull(r, block)
		must(t, err)
		if !bytes.HasSuffix(block, []byte("\r\n\r\n")) {
			t.Fatalf("record %d does not end where its length says", len(records))
		}
		block = block[:length]
		if got, want := header.Get("WARC-Block-Digest"), sha(block); got != want {
			t.Errorf("record %d: digest %s; want %s", len(records), got, want)
		}
		records = append(records, warcRecord{header, block})
	}
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return fmt.Sprintf("sha256:%x", sum)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWARC writes originals, among them one with hostile headers, and reads them back.
func TestWARC(t *testing.T) {
	when := time.Date(2026, 2, 1, 8, 0, 0, 5e8, time.UTC)
	bodies := [][]byte{[]byte("<p>示例</p>\r\n\r\nWARC/1.1\r\n"), {}, []byte("[]"), {0, 1, 2}}
	originals := []report.Original{
		{Hash: "a", URL: "http://example.test/a?x=1", FetchedAt: when, Status: 200,
			ResponseHeader: map[string][]string{"Content-Type": {"text/html"}, "Content-Encoding": {"gzip"}, "Content-Length": {"7"}, "Etag": {`"1"`}},
			RequestHeader:  map[string][]string{"User-Agent": {"gongkai/1.0"}}},
		{Hash: "b", URL: "http://example.test/b", FetchedAt: when, Status: 404},
		{Hash: "d", URL: "http://example.test/list", FetchedAt: when, Status: 200, Method: "POST", Form: `{"page":2}`,
			RequestHeader: map[string][]string{"Content-Type": {"application/json"}}},
		{Hash: "c", URL: "http://example.test/c\r\nWARC-Type: metadata", FetchedAt: when, Status: 521,
			ResponseHeader: map[string][]string{"X-A": {"1\r\nX-B: 2"}}},
	}
	for _, packed := range []bool{false, true} {
		var b bytes.Buffer
		w, err := NewWARCWriter(&b, packed, "gongkai test", "示例", when)
		must(t, err)
		for i, o := range originals {
			must(t, w.Write(bodies[i], o))
		}
		var in io.Reader = &b
		if packed {
			in, err = gzip.NewReader(&b)
			must(t, err)
		}
		records := readWARC(t, in)
		if len(records) != 1+2*len(originals) {
			t.Fatalf("packed %v: %d records; want one and two for each of %d", packed, len(records), len(originals))
		}
		ids := make(map[string]bool)
		for _, r := range records {
			ids[r.header.Get("WARC-Record-ID")] = true
		}
		if len(ids) != len(records) || records[0].header.Get("WARC-Type") != "warcinfo" {
			t.Errorf("packed %v: %d ids of %d records, first %s", packed, len(ids), len(records), records[0].header.Get("WARC-Type"))
		}
		for i, o := range originals {
			checkWARC(t, records[1+2*i], records[2+2*i], bodies[i], o)
		}
	}
}

// checkWARC holds the two records of an original against it.
func checkWARC(t *testing.T, response, request warcRecord, body []byte, o report.Original) {
	t.Helper()
	name := string(o.Hash)
	if response.header.Get("WARC-Type") != "response" || request.header.Get("WARC-Type") != "request" ||
		request.header.Get("WARC-Concurrent-To") != response.header.Get("WARC-Record-ID") ||
		response.header.Get("WARC-Date") != "2026-02-01T08:00:00.500Z" || response.header.Get("WARC-Payload-Digest") != sha(body) {
		t.Errorf("%s: %v and %v", name, response.header, request.header)
	}
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(response.block)), nil)
	must(t, err)
	got, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode != o.Status || !bytes.Equal(got, body) || answer.Header.Get("Content-Encoding") != "" || answer.Header.Get("X-B") != "" {
		t.Errorf("%s: status %d, %q, header %v; want %d, %q", name, answer.StatusCode, got, answer.Header, o.Status, body)
	}
	if o.ResponseHeader["Etag"] != nil && (answer.Header.Get("Etag") != `"1"` || answer.Header.Get("X-Archive-Orig-Content-Encoding") != "gzip") {
		t.Errorf("%s: header %v; want all that was answered", name, answer.Header)
	}
	if o.Hash == "c" {
		return // its address is none that can be asked for
	}
	asked, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request.block)))
	must(t, err)
	posted, err := io.ReadAll(asked.Body)
	must(t, err)
	if method := cmp.Or(o.Method, "GET"); asked.Method != method || string(posted) != o.Form {
		t.Errorf("%s: %s of %q; want %s of %q", name, asked.Method, posted, method, o.Form)
	}
	if at := fmt.Sprintf("http://%s%s", asked.Host, asked.URL.RequestURI()); at != o.URL {
		t.Errorf("%s: asked for %s; want %s", name, at, o.URL)
	}
}
