package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// testContacts holds that a contact replaces the one before, and that an empty one
// forgets it.
func testContacts(t *testing.T, db *DB) {
	ctx := t.Context()
	first, second := Contact{"990101001", "王五", "022-1234"}, Contact{"990101001", "赵六", ""}
	for _, c := range []Contact{first, second} {
		must(t, db.PutContacts(ctx, []Contact{c}))
		got, err := db.Contact(ctx, c.Agency)
		must(t, err)
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("contact (-want +got):\n%s", diff)
		}
	}
	must(t, db.PutContacts(ctx, []Contact{{Agency: first.Agency}}))
	if c, err := db.Contact(ctx, first.Agency); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("forgotten: %+v, err %v; want not found", c, err)
	}
}

// testPaces holds that the pace of a host is known until it is over, and not cut short.
func testPaces(t *testing.T, db *DB) {
	ctx := t.Context()
	now := clock(1)
	a := Pace{"a", 2 * time.Second, now.Add(2*time.Second + time.Microsecond)}
	must(t, db.PutPaces(ctx, now, []Pace{{"a", time.Second, now.Add(time.Second)}, {"b", time.Second, now.Add(time.Second)}}))
	must(t, db.PutPaces(ctx, now.Add(time.Millisecond), []Pace{a}))
	got, err := db.Paces(ctx, now.Add(1500*time.Millisecond))
	must(t, err)
	if len(got) != 1 || got[0].Host != "a" || got[0].Delay != a.Delay || got[0].Next.Before(a.Next) || got[0].Next.After(a.Next.Add(2*time.Millisecond)) {
		t.Errorf("paces %+v; want that of a, to the millisecond", got)
	}
	if got, err := db.Paces(ctx, a.Next.Add(time.Second)); err != nil || len(got) != 0 {
		t.Errorf("over: %+v, err %v; want none", got, err)
	}
}
