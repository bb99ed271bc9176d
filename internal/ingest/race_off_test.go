//go:build !race

package ingest

// raceDetector says whether the tests run under the race detector.
const raceDetector = false
