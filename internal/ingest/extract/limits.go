package extract

import (
	"io"
	"time"

	"gongkai/internal/report"
)

// DefaultLimits returns the limits that stand where a Limits field is zero.
func DefaultLimits() Limits {
	return Limits{Bytes: 50 << 20, Decompressed: 500 << 20, Ratio: 100, Pages: 10_000, Time: time.Minute, Memory: 1 << 30}
}

// WithDefaults fills in what the caller left to the house.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits()
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	if l.Decompressed <= 0 {
		l.Decompressed = d.Decompressed
	}
	if l.Ratio <= 0 {
		l.Ratio = d.Ratio
	}
	if l.Pages <= 0 {
		l.Pages = d.Pages
	}
	if l.Time <= 0 {
		l.Time = d.Time
	}
	if l.Memory <= 0 {
		l.Memory = d.Memory
	}
	return l
}

// smallStream is the size below which the ratio of a compressed stream is not
// judged: a short run of blanks compresses further than any bomb.
const smallStream = 1 << 20

// inflate reads a decompressed stream whole within the limits. packed is its
// compressed size, and spent what the same document has decompressed before it;
// the new total is returned.
func (l Limits) inflate(r io.Reader, packed, spent int64) ([]byte, int64, error) {
	room := max(0, l.Decompressed-spent)
	atMost := max(smallStream, packed*l.Ratio)
	body, err := io.ReadAll(io.LimitReader(r, min(room, atMost)+1))
	n := int64(len(body))
	switch {
	case err != nil:
		return nil, spent, err
	case n > room:
		return nil, spent, &report.LimitError{Limit: "decompressed", Max: l.Decompressed}
	case n > atMost:
		return nil, spent, &report.LimitError{Limit: "ratio", Max: l.Ratio}
	}
	return body, spent + n, nil
}
