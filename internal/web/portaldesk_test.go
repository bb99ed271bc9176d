package web

import (
	"testing"

	"gongkai/internal/store"
)

// TestUsual holds that only good looks make a portal's own history.
func TestUsual(t *testing.T) {
	run := func(state store.PortalState, found int) store.PortalRun {
		return store.PortalRun{State: state, Candidates: found}
	}
	for _, c := range []struct {
		history []store.PortalRun
		want    int
	}{
		{nil, 0},
		{[]store.PortalRun{run(store.PortalBlocked, 3)}, 0},
		{[]store.PortalRun{run(store.PortalOK, 0), run(store.PortalOK, 20), run(store.PortalChanged, 2), run(store.PortalOK, 22), run(store.PortalOK, 21)}, 21},
	} {
		if got := usual(c.history); got != c.want {
			t.Errorf("usual of %v is %d; want %d", c.history, got, c.want)
		}
	}
}
