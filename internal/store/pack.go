package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

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

// Cells are the states and amounts of a version's cells, in the order of the form. They
// take 9 bytes a cell where a report.Value takes 144.
type Cells struct {
	states  []report.State
	amounts []report.Amount
}

// Len returns the number of cells.
func (c Cells) Len() int { return len(c.states) }

// At returns what stands in a cell; the amount is 0 unless it is printed.
func (c Cells) At(i int) (report.State, report.Amount) { return c.states[i], c.amounts[i] }

// Value returns what stands in a cell.
func (c Cells) Value(i int) report.Value {
	return report.Value{State: c.states[i], Amount: c.amounts[i]}
}

// All yields what stands in each cell.
func (c Cells) All() iter.Seq2[report.State, report.Amount] {
	return func(yield func(report.State, report.Amount) bool) {
		for i, state := range c.states {
			if !yield(state, c.amounts[i]) {
				return
			}
		}
	}
}

// Equal reports whether both have the same in every cell.
func (c Cells) Equal(d Cells) bool {
	return slices.Equal(c.states, d.states) && slices.Equal(c.amounts, d.amounts)
}

// CellsOf returns values as Cells.
func CellsOf(values []report.Value) Cells {
	c := Cells{states: make([]report.State, len(values)), amounts: make([]report.Amount, len(values))}
	for i, v := range values {
		c.states[i], c.amounts[i] = v.State, v.Amount
	}
	return c
}

// take cuts n cells off, or off new ones if there are not so many.
func (c Cells) take(n int) (cut, rest Cells) {
	if c.Len() < n {
		const many = 1 << 14
		c = Cells{states: make([]report.State, max(n, many)), amounts: make([]report.Amount, max(n, many))}
	}
	return Cells{c.states[:n:n], c.amounts[:n:n]}, Cells{c.states[n:], c.amounts[n:]}
}

// unpackCells reads what packValues wrote, into cells of room, and returns what is left
// of it.
func unpackCells(packed []byte, room Cells) (cells, rest Cells, err error) {
	n, size := binary.Uvarint(packed)
	if size <= 0 || n > maxValues {
		return Cells{}, room, errPacked
	}
	marks := packed[size:]
	length := (int(n)*markBits + 7) / 8
	if len(marks) < length {
		return Cells{}, room, errPacked
	}
	cells, rest = room.take(int(n))
	amounts := marks[length:]
	for i := range cells.states {
		at, shift := i*markBits/8, i*markBits%8
		bits := uint(marks[at])
		if at+1 < length {
			bits |= uint(marks[at+1]) << 8
		}
		if m := byte(bits >> shift & 7); m == markZero {
			cells.states[i] = report.Printed
		} else if cells.states[i], cells.amounts[i], amounts, err = unpackCell(m, amounts); err != nil {
			return Cells{}, room, fmt.Errorf("value %d: %w", i, err)
		}
	}
	if len(amounts) != 0 {
		return Cells{}, room, errPacked
	}
	return cells, rest, nil
}

// unpackCell reads the value of a mark other than markZero, and returns the amounts after
// its own.
func unpackCell(m byte, amounts []byte) (report.State, report.Amount, []byte, error) {
	if m != byte(report.Printed) && m != markFraction {
		return report.State(m), 0, amounts, nil
	}
	n, size := binary.Varint(amounts)
	if size <= 0 {
		return 0, 0, nil, errPacked
	}
	amount := report.Amount(n)
	if m != markFraction {
		amount *= report.One
		if amount/report.One != report.Amount(n) {
			return 0, 0, nil, errPacked
		}
	}
	return report.Printed, amount, amounts[size:], nil
}

// unpackValues reads what packValues wrote. It writes over buffer where that is long
// enough.
func unpackValues(packed []byte, buffer []report.Value) ([]report.Value, error) {
	cells, _, err := unpackCells(packed, Cells{states: make([]report.State, 256), amounts: make([]report.Amount, 256)})
	if err != nil || cells.Len() == 0 {
		return nil, err
	}
	if cap(buffer) < cells.Len() {
		buffer = make([]report.Value, cells.Len())
	}
	values := buffer[:cells.Len()]
	for i := range values {
		values[i] = cells.Value(i)
	}
	return values, nil
}
