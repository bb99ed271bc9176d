package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"gongkai/internal/report"
)

// The packed form of the values of a version: the number of values, then a mark of
// 3 bits for each, then the amounts of those that print one other than 0. A report
// is mostly zeros, so it takes about half a byte a cell.
//
// A mark is a report.State, or one of two that say more of a printed value.
const (
	markZero     = 6 // printed, and 0
	markFraction = 7 // printed, with decimals: the amount follows in millionths
	markBits     = 3
)

// maxValues bounds what unpackValues makes of damaged bytes.
const maxValues = 4096

var errPacked = errors.New("packed values are damaged; restore a backup, or read the originals again with reread")

// mark returns the mark of a value.
func mark(v report.Value) byte {
	switch {
	case v.State != report.Printed:
		return byte(v.State)
	case v.Amount == 0:
		return markZero
	case !v.Amount.Whole():
		return markFraction
	}
	return byte(report.Printed)
}

// packValues packs states and amounts; texts and places are packed by packPlaces.
func packValues(values []report.Value) []byte {
	out := binary.AppendUvarint(nil, uint64(len(values)))
	marks := make([]byte, (len(values)*markBits+7)/8)
	for i, v := range values {
		bits := uint(mark(v)) << (i * markBits % 8)
		at := i * markBits / 8
		marks[at] |= byte(bits)
		if bits > 0xff {
			marks[at+1] |= byte(bits >> 8)
		}
	}
	out = append(out, marks...)
	for _, v := range values {
		switch mark(v) {
		case byte(report.Printed):
			out = binary.AppendVarint(out, int64(v.Amount/report.One))
		case markFraction:
			out = binary.AppendVarint(out, int64(v.Amount))
		}
	}
	return out
}

// unpackValues reads what packValues wrote. It writes over buffer where that is long
// enough.
func unpackValues(packed []byte, buffer []report.Value) ([]report.Value, error) {
	n, size := binary.Uvarint(packed)
	if size <= 0 || n > maxValues {
		return nil, errPacked
	}
	if n == 0 {
		return nil, nil
	}
	marks := packed[size:]
	length := (int(n)*markBits + 7) / 8
	if len(marks) < length {
		return nil, errPacked
	}
	amounts := marks[length:]
	if uint64(cap(buffer)) < n {
		buffer = make([]report.Value, n)
	}
	values := buffer[:n]
	for i := range values {
		at, shift := i*markBits/8, i*markBits%8
		bits := uint(marks[at])
		if at+1 < length {
			bits |= uint(marks[at+1]) << 8
		}
		m := byte(bits >> shift & 7)
		var err error
		if values[i], amounts, err = unpackValue(m, amounts); err != nil {
			return nil, fmt.Errorf("value %d: %w", i, err)
		}
	}
	if len(amounts) != 0 {
		return nil, errPacked
	}
	return values, nil
}

// unpackValue reads the value of a mark and returns the amounts after its own.
func unpackValue(m byte, amounts []byte) (report.Value, []byte, error) {
	switch m {
	case markZero:
		return report.Value{State: report.Printed}, amounts, nil
	case byte(report.Printed), markFraction:
		n, size := binary.Varint(amounts)
		if size <= 0 {
			return report.Value{}, nil, errPacked
		}
		amount := report.Amount(n)
		if m != markFraction {
			amount *= report.One
			if amount/report.One != report.Amount(n) {
				return report.Value{}, nil, errPacked
			}
		}
		return report.Value{State: report.Printed, Amount: amount}, amounts[size:], nil
	}
	return report.Value{State: report.State(m)}, amounts, nil
}
