package process

import (
	"encoding/json"
	"os/exec"
	"testing"
	"time"
)

// Only a process that is known to have ended is gone: not this one, nor one that runs, nor
// one of whose machine nothing is known.
func TestGone(t *testing.T) {
	me := Me(time.Now())
	if me.Space == "" {
		t.Skip("skipped: which processes have ended is not known here")
	}
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Skip("skipped: ", err)
	}
	other := me
	other.PID = cmd.Process.Pid
	if me.Gone() || other.Gone() || (ID{}).Gone() {
		t.Errorf("gone: this one %v, one that runs %v, nobody %v", me.Gone(), other.Gone(), ID{}.Gone())
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	far := other
	far.Space = "elsewhere"
	if !other.Gone() || far.Gone() {
		t.Errorf("ended: gone %v, elsewhere %v; want true, false", other.Gone(), far.Gone())
	}
	text, err := json.Marshal(me)
	var back ID
	if err != nil || json.Unmarshal(text, &back) != nil || back != me {
		t.Errorf("%s reads back as %+v, %v", text, back, err)
	}
}
