//go:build crash

package fault

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// passed counts how often the named point was reached: the only state, and in no
// program but that of the crash test.
var passed atomic.Int64

// Point ends the process as kill -9 does where GONGKAI_CRASH names the point: as
// name, or as name:n for the n-th time that it is reached.
func Point(name string) {
	at, nth, _ := strings.Cut(os.Getenv("GONGKAI_CRASH"), ":")
	if at != name {
		return
	}
	n, err := strconv.ParseInt(nth, 10, 64)
	if err != nil {
		n = 1
	}
	if passed.Add(1) == n {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until the signal is there
	}
}
