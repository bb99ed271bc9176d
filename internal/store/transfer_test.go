package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filled fills a database with something of most tables.
func filled(t *testing.T, db *DB) *DB {
	t.Helper()
	ctx := t.Context()
	putAgencies(t, db, "990101001", "990101002")
	run := startRun(t, db)
	add(t, db, run, newVersion("990101001", "http://a/1", 5), ChangeNew)
	add(t, db, run, newVersion("990101001", "http://a/1", 6), ChangeRevised)
	must(t, db.SetRegionName(ctx, "990101", "示例区"))
	must(t, db.FinishRun(ctx, run, RunOK, "好 '?' \x01"))
	_, err := db.Offer(ctx, "refresh", "a", "{}", clock(1))
	must(t, err)
	return db
}

// TestTransfer holds that a database goes to the other kind and back and is the same, and
// that the copy numbers on after it.
func TestTransfer(t *testing.T) {
	ctx := t.Context()
	first := filled(t, openTest(t))
	middle, last := openPostgresTest(t), openTest(t)
	sums := func(from, to *DB) map[string]Transferred {
		all := map[string]Transferred{}
		must(t, Transfer(ctx, from, to, func(done Transferred) error {
			all[done.Table] = done
			return nil
		}))
		return all
	}
	there, back := sums(first, middle), sums(middle, last)
	if diff := cmp.Diff(there, back); diff != "" {
		t.Errorf("tables (-there +back):\n%s", diff)
	}
	if there["versions"].Rows != 2 || there["leases"].Rows != 1 {
		t.Errorf("%d versions and %d leases copied; want 2 and 1", there["versions"].Rows, there["leases"].Rows)
	}
	want, err := first.Report(ctx, "990101001", 2020, 0)
	must(t, err)
	for _, db := range []*DB{middle, last} {
		got, err := db.Report(ctx, "990101001", 2020, 0)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: report (-source +target):\n%s", db.dialect, diff)
		}
		run := startRun(t, db)
		add(t, db, run, newVersion("990101002", "http://a/2", 7), ChangeNew)
	}
}

// TestTransferNothing holds that a target which is not empty is left alone, and that a
// transfer cut short leaves nothing.
func TestTransferNothing(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *DB{"sqlite": openTest, "postgres": openPostgresTest} {
		t.Run(name, func(t *testing.T) {
			from, to := filled(t, openTest(t)), open(t)
			ctx, cancel := context.WithCancel(t.Context())
			err := Transfer(ctx, from, to, func(done Transferred) error {
				if done.Table == "versions" {
					cancel()
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cut short: %v; want cancelled", err)
			}
			if all, err := to.Agencies(t.Context(), ""); err != nil || len(all) != 0 {
				t.Errorf("cut short: %d agencies, err %v; want none", len(all), err)
			}
			must(t, Transfer(t.Context(), from, to, func(Transferred) error { return nil }))
			err = Transfer(t.Context(), from, to, func(Transferred) error { return nil })
			if err == nil || !strings.Contains(err.Error(), "not empty") {
				t.Errorf("into a filled database: %v; want that it is not empty", err)
			}
		})
	}
}
