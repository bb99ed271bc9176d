package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/report"
)

// testHealth holds that the numbers are those of what stands.
func testHealth(t *testing.T, db *DB) {
	ctx := t.Context()
	filled(t, db)
	run := startRun(t, db)
	must(t, db.AddFailure(ctx, run, Failure{Portal: "p", URL: "u", At: clock(1), Reason: "503"}))
	must(t, db.AddFailure(ctx, run, Failure{Portal: "p", URL: "u", At: clock(2), Reason: "503"}))
	must(t, db.PutPortalRun(ctx, run, PortalRun{Portal: "p", State: PortalOK, StartedAt: clock(1), FinishedAt: clock(2)}))
	must(t, db.AddLook(ctx, Look{Run: run, Portal: "p", At: clock(2), Good: true}))
	later := startRun(t, db)
	must(t, db.PutPortalRun(ctx, later, PortalRun{Portal: "p", State: PortalBlocked, StartedAt: clock(3), FinishedAt: clock(3)}))
	must(t, db.PutPortalRun(ctx, later, PortalRun{Portal: "q", State: PortalOK, StartedAt: clock(3)})) // runs yet
	must(t, db.AddLook(ctx, Look{Run: later, Portal: "p", At: clock(3), Good: false}))
	for kind, state := range map[string]PortalState{"retry": PortalBroken, "import": PortalOK} { // no looks
		run, err := db.StartRun(ctx, kind, 0, false)
		must(t, err)
		must(t, db.PutPortalRun(ctx, run, PortalRun{Portal: "p", State: state, StartedAt: clock(4), FinishedAt: clock(4)}))
		must(t, db.FinishRun(ctx, run, RunOK, ""))
	}
	_, err := db.write.ExecContext(ctx, `INSERT INTO river_job (kind, args, state, max_attempts) VALUES ('refresh', '{}', 'retryable', 4), ('refresh', '{}', 'available', 4)`)
	must(t, err)
	h, err := db.Health(ctx)
	must(t, err)
	want := []PortalHealth{{Portal: "p", State: PortalBlocked, Looked: clock(3), LastGood: clock(2)}}
	if diff := cmp.Diff(want, h.Portals); diff != "" {
		t.Errorf("portals (-want +got):\n%s", diff)
	}
	if h.Reports[report.Inconsistent] != 1 || len(h.Reports) != 1 || h.Failures != 1 || h.Jobs[JobWaiting] != 1 || h.Jobs[JobRetrying] != 1 {
		t.Errorf("reports %v, %d failures, jobs %v; want one inconsistent, one, one waiting and one retrying", h.Reports, h.Failures, h.Jobs)
	}
	if at := h.LastRun["refresh"][RunOK]; at.IsZero() {
		t.Errorf("last runs %v; want a refresh that went well", h.LastRun)
	}
}
