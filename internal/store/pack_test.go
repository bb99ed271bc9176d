package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gongkai/internal/report"
)

// anyValue draws values as readers make them: an amount only where one is printed.
func anyValue() *rapid.Generator[report.Value] {
	return rapid.Custom(func(t *rapid.T) report.Value {
		v := report.Value{State: report.State(rapid.IntRange(0, 5).Draw(t, "state"))}
		if v.State == report.Printed {
			v.Amount = rapid.OneOf(
				rapid.Just(report.Amount(0)),
				rapid.Map(rapid.Int64Range(-300, 300), report.Count),
				rapid.Map(rapid.Int64(), func(n int64) report.Amount { return report.Amount(n) }),
			).Draw(t, "amount")
		}
		v.Text = rapid.SampledFrom([]string{canonical(v), "/", "—", "１２", "无"}).Draw(t, "text")
		n := rapid.IntRange(0, 1<<20)
		v.Place = rapid.SampledFrom([]report.Place{
			{},
			{Table: 1, Row: 2, Column: n.Draw(t, "column")},
			{Page: n.Draw(t, "page"), Box: [4]int{n.Draw(t, "left"), -3, 100, 7}},
			{Sheet: "表一", Address: "C7", Row: n.Draw(t, "row")},
			{Line: n.Draw(t, "line"), Paragraph: 3},
		}).Draw(t, "place")
		return v
	})
}

func TestPackValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(anyValue(), 0, 250).Draw(t, "values")
		got, err := unpackValues(packValues(want), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := unpackPlaces(packPlaces(want), got); err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			want = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("values (-want +got):\n%s", diff)
		}
	})
}

// TestPackValuesBuffer holds that what is left in a buffer never shows through.
func TestPackValuesBuffer(t *testing.T) {
	dirty := make([]report.Value, 8)
	for i := range dirty {
		dirty[i] = report.Value{State: report.Unread, Amount: 9, Text: "x", Place: report.Place{Row: 1}}
	}
	got, err := unpackValues(packValues(make([]report.Value, 5)), dirty)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(make([]report.Value, 5), got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestUnpackDamaged(t *testing.T) {
	good := packValues([]report.Value{{State: report.Printed, Amount: report.Count(300)}, {State: report.Blank}})
	for name, packed := range map[string][]byte{
		"nothing":       nil,
		"cut marks":     good[:1],
		"cut amount":    good[:len(good)-1],
		"more":          append(append([]byte{}, good...), 0),
		"too many":      {0xff, 0xff, 0xff, 0xff, 0x0f},
		"beyond Amount": {1, byte(report.Printed), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
	} {
		if _, err := unpackValues(packed, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzUnpack holds that damaged rows are errors, never a panic, and that what is read packs again.
func FuzzUnpack(f *testing.F) {
	v := newVersion("990101001", "u", 12).Reading.Values
	f.Add(packValues(v), packPlaces(v))
	f.Add([]byte{0}, []byte{0})
	f.Add([]byte{9, 0xff}, []byte{1, 0xff, 'x'})
	f.Fuzz(func(t *testing.T, values, places []byte) {
		got, err := unpackValues(values, nil)
		if err != nil {
			return
		}
		again, err := unpackValues(packValues(got), nil)
		if err != nil || !cmp.Equal(got, again) {
			t.Errorf("%v packs as %v, err %v", got, again, err)
		}
		_ = unpackPlaces(places, got)
	})
}

// TestInflatedBound: bytes that would unpack to more than any document are damaged, and
// not cut short.
func TestInflatedBound(t *testing.T) {
	var d deflater
	packed, err := d.deflated(make([]byte, maxDetail+1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inflated(packed); !errors.Is(err, errPacked) {
		t.Errorf("err %v, want %v", err, errPacked)
	}
	packed, err = d.deflated(make([]byte, maxDetail))
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := inflated(packed); err != nil || len(raw) != maxDetail {
		t.Errorf("%d bytes, err %v; want %d", len(raw), err, maxDetail)
	}
}
