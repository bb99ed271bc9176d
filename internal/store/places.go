package store

import (
	"encoding/binary"

	"gongkai/internal/report"
)

// The packed form of texts and places: a table of distinct strings, then for each
// value what differs from the expected, which is the canonical text of the value,
// and the place one column to the right of the value before it. Cells that follow
// each other on the page take a byte each, and less once deflated.

// canonical returns the text that a value is expected to show. Others are kept.
func canonical(v report.Value) string {
	if v.State == report.Printed {
		return v.Amount.String()
	}
	return ""
}

// next is the place expected after p.
func next(p report.Place) report.Place {
	if p.Column > 0 {
		p.Column++
	}
	return p
}

// numbers returns the numeric fields of a place in their packed order.
func numbers(p *report.Place) [10]*int {
	return [10]*int{&p.Table, &p.Row, &p.Column, &p.Paragraph, &p.Line, &p.Page,
		&p.Box[0], &p.Box[1], &p.Box[2], &p.Box[3]}
}

// The bits of what differs: one for each numeric field of the place, then these.
const (
	bitSheet   = 1 << 10
	bitAddress = 1 << 11
	bitText    = 1 << 12
)

// A placeWriter packs values one after another.
type placeWriter struct {
	strings []byte
	index   map[string]uint64
	body    []byte
	before  report.Place
}

// packPlaces packs the texts and places of values.
func packPlaces(values []report.Value) []byte {
	w := placeWriter{index: make(map[string]uint64)}
	for _, v := range values {
		w.add(v)
	}
	out := binary.AppendUvarint(nil, uint64(len(w.index)))
	out = append(out, w.strings...)
	return append(out, w.body...)
}

// add packs one value: the bits of what differs, then the differences in their order.
func (w *placeWriter) add(v report.Value) {
	place, want := v.Place, next(w.before)
	got, expected := numbers(&place), numbers(&want)
	var bits uint64
	for i := range got {
		if *got[i] != *expected[i] {
			bits |= 1 << i
		}
	}
	if place.Sheet != want.Sheet {
		bits |= bitSheet
	}
	if place.Address != want.Address {
		bits |= bitAddress
	}
	if v.Text != canonical(v) {
		bits |= bitText
	}
	w.body = binary.AppendUvarint(w.body, bits)
	for i := range got {
		if bits&(1<<i) != 0 {
			w.body = binary.AppendVarint(w.body, int64(*got[i]-*expected[i]))
		}
	}
	w.addString(bits&bitSheet, place.Sheet)
	w.addString(bits&bitAddress, place.Address)
	w.addString(bits&bitText, v.Text)
	w.before = place
}

// addString adds the number of a string in the table, where its bit is set.
func (w *placeWriter) addString(bit uint64, s string) {
	if bit == 0 {
		return
	}
	n, known := w.index[s]
	if !known {
		n = uint64(len(w.index))
		w.index[s] = n
		w.strings = binary.AppendUvarint(w.strings, uint64(len(s)))
		w.strings = append(w.strings, s...)
	}
	w.body = binary.AppendUvarint(w.body, n)
}

// A placeReader reads what a placeWriter wrote. After a fault every read gives zero.
type placeReader struct {
	rest    []byte
	strings []string
	fault   bool
}

// unpackPlaces reads what packPlaces wrote into values that unpackValues read.
func unpackPlaces(packed []byte, values []report.Value) error {
	r := placeReader{rest: packed}
	r.readStrings()
	var before report.Place
	for i := range values {
		r.read(&values[i], before)
		before = values[i].Place
	}
	if r.fault || len(r.rest) != 0 {
		return errPacked
	}
	return nil
}

// readStrings reads the table of strings, which comes first.
func (r *placeReader) readStrings() {
	for n := r.unsigned(); n > 0 && !r.fault; n-- {
		size := r.unsigned()
		if size > uint64(len(r.rest)) {
			r.fault = true
			return
		}
		r.strings = append(r.strings, string(r.rest[:size]))
		r.rest = r.rest[size:]
	}
}

// read reads what belongs to one value, which follows the place before.
func (r *placeReader) read(v *report.Value, before report.Place) {
	bits := r.unsigned()
	place := next(before)
	for i, n := range numbers(&place) {
		if bits&(1<<i) != 0 {
			*n += int(r.signed())
		}
	}
	if bits&bitSheet != 0 {
		place.Sheet = r.text()
	}
	if bits&bitAddress != 0 {
		place.Address = r.text()
	}
	v.Place, v.Text = place, canonical(*v)
	if bits&bitText != 0 {
		v.Text = r.text()
	}
}

// unsigned reads a number without a sign.
func (r *placeReader) unsigned() uint64 {
	n, size := binary.Uvarint(r.rest)
	return n * r.step(size)
}

// signed reads a number with a sign.
func (r *placeReader) signed() int64 {
	n, size := binary.Varint(r.rest)
	return n * int64(r.step(size))
}

// step goes on by the size of a number, and returns 0 where there was none.
func (r *placeReader) step(size int) uint64 {
	if size <= 0 {
		r.fault = true
		return 0
	}
	r.rest = r.rest[size:]
	return 1
}

// text reads the number of a string and returns the string.
func (r *placeReader) text() string {
	n := r.unsigned()
	if n >= uint64(len(r.strings)) {
		r.fault = true
		return ""
	}
	return r.strings[n]
}
