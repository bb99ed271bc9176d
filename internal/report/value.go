package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A State says what stands in a cell. The zero State is Absent.
type State uint8

// The states of a value. Only Printed values are operands of checks.
const (
	Absent  State = iota // the document has no such row or table
	Blank                // the cell is there with nothing in it
	Dash                 // ／, —, 无: nothing counted, and not a number
	Words                // other words where a number belongs
	Printed              // a number that both readers read alike; 0 is one
	Unread               // a mark that was not read with certainty
)

var stateNames = [...]string{"absent", "blank", "dash", "text", "printed", "unread"}

// String returns the state's name in data.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "state(" + strconv.Itoa(int(s)) + ")"
}

// ParseState returns the state of that name in data.
func ParseState(name string) (State, error) {
	for i, n := range stateNames {
		if n == name {
			return State(i), nil
		}
	}
	return Absent, fmt.Errorf("state %q: want one of %s", name, strings.Join(stateNames[:], ", "))
}

// An Amount counts millionths of the cell's unit: counts are exact, and money in
// 万元 is exact to the fen.
type Amount int64

// One is an Amount of 1 unit.
const One Amount = 1_000_000

// Count returns the Amount of n whole units.
func Count(n int64) Amount { return Amount(n) * One }

// String returns the decimal form without trailing zeros: 12, 5225.19, -8.
func (a Amount) String() string {
	sign := ""
	u := uint64(a)
	if a < 0 {
		sign, u = "-", -u
	}
	whole, part := u/uint64(One), u%uint64(One)
	if part == 0 {
		return sign + strconv.FormatUint(whole, 10)
	}
	frac := strings.TrimRight(fmt.Sprintf("%06d", part), "0")
	return sign + strconv.FormatUint(whole, 10) + "." + frac
}

// Whole reports whether the amount has no fraction.
func (a Amount) Whole() bool { return a%One == 0 }

// Float returns the amount in units, for charts.
func (a Amount) Float() float64 { return float64(a) / float64(One) }

// ErrAmount is the error of a text that is no decimal number, or is one with more
// than six decimals or beyond the range of Amount.
var ErrAmount = errors.New("not an amount")

// ParseAmount reads a plain decimal number: an optional sign, digits, and at most
// six decimals.
func ParseAmount(s string) (Amount, error) {
	digits := strings.TrimPrefix(s, "-")
	negative := len(digits) < len(s)
	if !negative {
		digits = strings.TrimPrefix(s, "+")
	}
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || len(frac) > 6 || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, fmt.Errorf("%q: %w", s, ErrAmount)
	}
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || n > math.MaxInt64/uint64(One)-1 {
		return 0, fmt.Errorf("%q: %w", s, ErrAmount)
	}
	part, _ := strconv.ParseUint((frac + "000000")[:6], 10, 32)
	a := Amount(n)*One + Amount(part)
	if negative {
		a = -a
	}
	return a, nil
}

// MarshalJSON writes the amount as a JSON number.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalJSON reads a JSON number or a string that holds one.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		s = string(b)
	}
	v, err := ParseAmount(s)
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// A Value is what one version has in one cell. A printed 0, a blank and a missing
// row are different answers, so the zero Value is Absent, and Known comes before
// Amount.
type Value struct {
	State  State
	Amount Amount // 0 unless State is Printed
	Text   string // what stands there, verbatim
	Place  Place  `json:",omitzero"`
}

// Known returns the amount, and false where the version prints none.
func (v Value) Known() (Amount, bool) { return v.Amount, v.State == Printed }

// A Place says where in an original something stands. Which fields are set
// depends on the file type; all count from 1 and 0 means not known.
type Place struct {
	Table     int    `json:",omitempty"` // table of the document
	Row       int    `json:",omitempty"` // of its grid
	Column    int    `json:",omitempty"`
	Paragraph int    `json:",omitempty"` // for text outside tables
	Line      int    `json:",omitempty"` // for plain text
	Page      int    `json:",omitempty"` // for PDF and OFD
	Box       [4]int `json:",omitzero"`  // left, top, right, bottom on the page, in points from its top left
	Sheet     string `json:",omitempty"` // for workbooks, with Address
	Address   string `json:",omitempty"` // cell address: C7
}

// String returns the place in words, such as table 2 row 4 column 4.
func (p Place) String() string {
	var parts []string
	add := func(name string, n int) {
		if n > 0 {
			parts = append(parts, name+" "+strconv.Itoa(n))
		}
	}
	add("page", p.Page)
	if p.Sheet != "" {
		parts = append(parts, "sheet "+p.Sheet)
	}
	if p.Address != "" {
		parts = append(parts, "cell "+p.Address)
	}
	add("table", p.Table)
	add("row", p.Row)
	add("column", p.Column)
	add("paragraph", p.Paragraph)
	add("line", p.Line)
	if len(parts) == 0 {
		return "the document"
	}
	return strings.Join(parts, " ")
}

// IsZero reports whether nothing is known of the place.
func (p Place) IsZero() bool { return p == Place{} }
