package crawl

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gongkai/internal/report"
)

// readBody reads an answer within the limits: on what is sent, on what it unpacks
// to, and on the ratio of both.
func (c *Crawler) readBody(resp *http.Response) ([]byte, error) {
	sent, err := readAtMost(resp.Body, c.opts.MaxBody, "max_body", resp.ContentLength)
	if err != nil {
		return sent, err
	}
	var unpack io.Reader
	switch strings.ToLower(resp.Header.Get("Content-Encoding")) {
	case "", "identity":
		return sent, nil
	case "gzip", "x-gzip":
		unpack, err = gzip.NewReader(bytes.NewReader(sent))
	case "deflate":
		unpack, err = zlib.NewReader(bytes.NewReader(sent))
	default:
		return sent, &FetchError{Kind: Broken, Reason: fmt.Sprintf("content coding %q, which was not asked for", resp.Header.Get("Content-Encoding"))}
	}
	if err == io.EOF && len(sent) == 0 {
		return nil, nil
	}
	if err != nil {
		return sent, fmt.Errorf("unpack: %w", err)
	}
	most, limit := c.opts.MaxUnpacked, "max_unpacked"
	if byRatio := max(int64(len(sent))*c.opts.MaxRatio, 1<<20); byRatio < most {
		most, limit = byRatio, "max_ratio"
	}
	return readAtMost(unpack, most, limit, 8*int64(len(sent)))
}

// errSilent is the error of a body of which nothing came for too long.
var errSilent = errors.New("nothing came")

// watched is a body whose request is ended when nothing of it comes for BodyTimeout.
func (c *Crawler) watched(body io.ReadCloser, end context.CancelCauseFunc) io.ReadCloser {
	return &watchedBody{body, c.opts.BodyTimeout, time.AfterFunc(c.opts.BodyTimeout, func() { end(errSilent) })}
}

type watchedBody struct {
	io.ReadCloser
	patience time.Duration
	timer    *time.Timer
}

// Read reads, and begins to wait anew with each byte.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.timer.Reset(b.patience)
	}
	return n, err
}

// Close ends the waiting.
func (b *watchedBody) Close() error {
	b.timer.Stop()
	return b.ReadCloser.Close()
}

// readAtMost reads all there is within a limit. about is how much that will be, as
// somebody says who is not to be believed: room for a page is made at once, and for
// more as it comes.
func readAtMost(r io.Reader, most int64, limit string, about int64) ([]byte, error) {
	const page = 64 << 10
	var b bytes.Buffer
	b.Grow(int(max(bytes.MinRead, min(about, page)+bytes.MinRead)))
	_, err := b.ReadFrom(io.LimitReader(r, most+1))
	body := b.Bytes()
	if int64(len(body)) > most {
		return nil, &FetchError{Kind: TooLarge, Reason: fmt.Sprintf("more than %d bytes (%s)", most, limit), Err: &report.LimitError{Limit: limit, Max: most}}
	}
	return body, err
}
