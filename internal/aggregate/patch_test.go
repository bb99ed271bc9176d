package aggregate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// TestPatched holds over random years of a county that a tally with what changed is, byte
// for byte, the tally of all reports: reports revised, doubted, corrected into another
// form, and new ones anywhere in the roster.
func TestPatched(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 26))
		h := &history{rng: rng}
		draw := func(place int) *version {
			v := h.version(report.Agency{ID: report.AgencyID(fmt.Sprint("a", place))}, 2021)
			one := store.VersionValues{ID: store.VersionID(rng.IntN(1000)), Agency: v.Agency, Year: 2021, Format: v.Reading.Format, Status: v.Status, Values: v.Reading.Values}
			return &version{VersionValues: one, cells: newCells(one)}
		}
		place := func(id report.AgencyID) (at int) { _, _ = fmt.Sscanf(string(id), "a%d", &at); return at }
		isMember := func(id report.AgencyID) bool { return place(id)%5 != 3 }
		var before, after []*version
		var changes []change
		for i := range 1 + rng.IntN(12) {
			was := draw(i)
			switch rng.IntN(4) {
			case 0: // new
				now := draw(i)
				after = append(after, now)
				changes = append(changes, change{agency: now.Agency, after: now, member: isMember(now.Agency), place: i})
			case 1: // revised
				now := draw(i)
				before, after = append(before, was), append(after, now)
				changes = append(changes, change{agency: now.Agency, before: was, after: now})
			default:
				before, after = append(before, was), append(after, was)
			}
		}
		rng.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
		was := newTally(before, isMember)
		packed, err := unpackTally(was.pack(), 2021, newInterned())
		if err != nil {
			t.Fatal(err)
		}
		got, err := packed.patched(changes, place)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want := newTally(after, isMember)
		if !bytes.Equal(want.pack(), got.pack()) {
			for i := range want.sections {
				if !bytes.Equal(want.sections[i], got.sections[i]) {
					t.Errorf("seed %d, section %d: %x, want %x", seed, i, got.sections[i], want.sections[i])
				}
			}
			t.Fatalf("seed %d: the tally with %d changes of %d reports is not that of all reports", seed, len(changes), len(after))
		}
	}
}

// TestPatchedOther: changes that begin with other reports than the tally has are refused.
func TestPatchedOther(t *testing.T) {
	h := &history{rng: rand.New(rand.NewPCG(1, 1))}
	draw := func(id store.VersionID) *version {
		v := h.version(report.Agency{ID: "a"}, 2021)
		one := store.VersionValues{ID: id, Agency: "a", Year: 2021, Format: v.Reading.Format, Status: report.Verified, Values: v.Reading.Values}
		return &version{VersionValues: one, cells: newCells(one)}
	}
	was := newTally([]*version{draw(1)}, func(report.AgencyID) bool { return true })
	place := func(report.AgencyID) int { return 0 }
	for name, c := range map[string]change{
		"another version": {agency: "a", before: draw(2), after: draw(3)},
		"gone":            {agency: "a", before: draw(1)},
		"there already":   {agency: "a", after: draw(3)},
		"never there":     {agency: "b", before: draw(1), after: draw(3)},
	} {
		if _, err := was.patched([]change{c}, place); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := was.patched([]change{{agency: "a", before: draw(1), after: draw(3)}}, place); err != nil {
		t.Errorf("the version it has: %v", err)
	}
}
