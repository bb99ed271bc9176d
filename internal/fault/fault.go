// Package fault names the moments at which a sudden end would be worst.
//
// In a program that is built as usual a point does nothing. In one that is built with
// the tag crash the environment may name a point, and the process ends there as if it
// had been killed: no deferred call runs, no buffer is written. tests/crash does so at
// each point and holds that nothing was lost and nothing is there twice.
package fault
