package archive

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/report"
)

// A WARCWriter writes originals as a WARC 1.1 file (ISO 28500:2017): for each a response
// record with the bytes as they were had, and a request record of how they were asked
// for. It writes what it is given and fetches nothing.
type WARCWriter struct {
	to     io.Writer
	packed bool // each record is a gzip member of its own
	info   string
}

// NewWARCWriter begins a WARC file: its first record says what wrote it. Where packed
// is set every record is compressed by itself, as files named .warc.gz are.
func NewWARCWriter(to io.Writer, packed bool, software, description string, now time.Time) (*WARCWriter, error) {
	w := &WARCWriter{to: to, packed: packed}
	w.info = recordID("warcinfo", software, description, now.UTC().Format(time.RFC3339Nano))
	block := warcFields([][2]string{{"software", software}, {"format", "WARC file version 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"description", description}})
	return w, w.record([][2]string{{"WARC-Type", "warcinfo"}, {"WARC-Record-ID", w.info}, {"WARC-Date", warcDate(now)},
		{"Content-Type", "application/warc-fields"}}, block)
}

// Write adds an original: what was answered, and what was asked.
func (w *WARCWriter) Write(body []byte, o report.Original) error {
	response := recordID("response", string(o.Hash), o.URL, warcDate(o.FetchedAt))
	common := [][2]string{{"WARC-Date", warcDate(o.FetchedAt)}, {"WARC-Target-URI", o.URL}, {"WARC-Warcinfo-ID", w.info}}
	err := w.record(slices.Concat([][2]string{{"WARC-Type", "response"}, {"WARC-Record-ID", response}}, common,
		[][2]string{{"WARC-Payload-Digest", digest(body)}, {"Content-Type", "application/http;msgtype=response"}}),
		responseBlock(body, o))
	if err != nil {
		return fmt.Errorf("warc: response %s: %w", o.Hash, err)
	}
	err = w.record(slices.Concat([][2]string{{"WARC-Type", "request"},
		{"WARC-Record-ID", recordID("request", string(o.Hash), o.URL, warcDate(o.FetchedAt))}}, common,
		[][2]string{{"WARC-Concurrent-To", response}, {"Content-Type", "application/http;msgtype=request"}}), requestBlock(o))
	if err != nil {
		return fmt.Errorf("warc: request %s: %w", o.Hash, err)
	}
	return nil
}

// record writes one record.
func (w *WARCWriter) record(header [][2]string, block []byte) error {
	header = append(header, [2]string{"WARC-Block-Digest", digest(block)}, [2]string{"Content-Length", strconv.Itoa(len(block))})
	var b bytes.Buffer
	b.WriteString("WARC/1.1\r\n")
	b.Write(warcFields(header))
	b.WriteString("\r\n")
	b.Write(block)
	b.WriteString("\r\n\r\n")
	if !w.packed {
		_, err := b.WriteTo(w.to)
		return err
	}
	z := gzip.NewWriter(w.to)
	if _, err := b.WriteTo(z); err != nil {
		return err
	}
	return z.Close()
}

// warcFields writes named fields. A line break in a value would begin another field.
func warcFields(fields [][2]string) []byte {
	var b bytes.Buffer
	for _, f := range fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], oneLine(f[1]))
	}
	return b.Bytes()
}

// oneLine is a text without line breaks.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '\r' || c == '\n' }), " ")
}

// coded are the headers of an answer that speak of its bytes on the way. They are kept
// under another name: the bytes in the archive have arrived and are unpacked.
var coded = []string{"Content-Encoding", "Transfer-Encoding", "Content-Length"}

// responseBlock is the answer as HTTP.
func responseBlock(body []byte, o report.Original) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", o.Status, http.StatusText(o.Status))
	for _, name := range sortedKeys(o.ResponseHeader) {
		shown := name
		if slices.Contains(coded, textproto.CanonicalMIMEHeaderKey(name)) {
			shown = "X-Archive-Orig-" + name
		}
		for _, value := range o.ResponseHeader[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", shown, oneLine(value))
		}
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	b.Write(body)
	return b.Bytes()
}

// requestBlock is the question as HTTP, with what was posted.
func requestBlock(o report.Original) []byte {
	var b bytes.Buffer
	host, path := "", "/"
	if u, err := url.Parse(o.URL); err == nil {
		host, path = u.Host, u.RequestURI()
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", cmp.Or(oneLine(o.Method), http.MethodGet), path, oneLine(host))
	for _, name := range sortedKeys(o.RequestHeader) {
		if strings.EqualFold(name, "Host") || strings.EqualFold(name, "Content-Length") {
			continue
		}
		for _, value := range o.RequestHeader[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, oneLine(value))
		}
	}
	if o.Form != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(o.Form))
	}
	b.WriteString("\r\n" + o.Form)
	return b.Bytes()
}

// sortedKeys returns the names of a header in order, so that a file is the same each
// time it is written.
func sortedKeys(header map[string][]string) []string {
	var names []string
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// digest names bytes by their hash, in the form that the readers of WARC files which
// know this hash agree on.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// recordID makes the id of a record from what it is about, so that the same archive
// gives the same ids: a UUID of version 8 (RFC 9562).
func recordID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// warcDate is a time as WARC files have it.
func warcDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
