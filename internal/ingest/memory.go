package ingest

import (
	"os"
	"runtime/debug"
)

// What a refresh holds is small and what it throws away is much: each page leaves its
// tree, its grids and two readings behind. So the collector waits until the heap has
// grown ninefold, and works harder before the memory that a refresh may take is used
// up: 400 MB, of which the database and the stacks need their part.
const (
	growth    = 800       // percent, as GOGC
	heapLimit = 224 << 20 // bytes, as GOMEMLIMIT
)

// TuneMemory sets the collector up for a process that does little but refresh, and
// returns what undoes it. What the environment says of GOGC and GOMEMLIMIT stays.
func TuneMemory() (restore func()) {
	undo := func() {}
	if os.Getenv("GOGC") == "" {
		was := debug.SetGCPercent(growth)
		undo = func() { debug.SetGCPercent(was) }
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return undo
	}
	was := debug.SetMemoryLimit(heapLimit)
	return func() {
		undo()
		debug.SetMemoryLimit(was)
	}
}
