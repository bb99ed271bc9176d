package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A host is what the simulator's analyser says of how a host was treated.
type host struct {
	Host           string  `json:"host"`
	Requests       int     `json:"requests"`
	MaxConcurrency int     `json:"max_concurrency"`
	MedianGap      float64 `json:"median_spacing_s"`
	RobotsFirst    bool    `json:"robots_first"`
	Denied         int     `json:"robots_violations"`
	DelayBroken    int     `json:"crawl_delay_violations"`
	RetryEarly     int     `json:"retry_after_violations"`
	AfterChallenge int     `json:"requests_after_challenge"`
	Traps          int     `json:"trap_fetches"`
}

// breaches asks the simulator's analyser for manners, and returns what each host could
// complain about.
func breaches(ctx context.Context, bin, log string, refreshes int) (total int, faults []string, err error) {
	out, err := exec.CommandContext(ctx, bin, "-analyse", log, "-json").Output()
	if err != nil {
		return 0, nil, fmt.Errorf("analyse %s: %w", log, err)
	}
	var answer struct{ Hosts []host }
	if err := json.Unmarshal(out, &answer); err != nil {
		return 0, nil, fmt.Errorf("analyse %s: %w", log, err)
	}
	if len(answer.Hosts) == 0 {
		return 0, nil, fmt.Errorf("analyse %s: no requests", log)
	}
	for _, h := range answer.Hosts {
		for _, one := range []struct {
			what string
			n    int
		}{
			{"forbidden by robots.txt", h.Denied}, {"before the Crawl-delay was over", h.DelayBroken},
			{"before Retry-After was over", h.RetryEarly}, {"beyond one at a time", h.MaxConcurrency - 1},
			{"into a trap", h.Traps}, {"after a challenge", max(0, h.AfterChallenge-5*refreshes)},
			{"before robots.txt", when(!h.RobotsFirst)}, {"faster than the pace set", when(h.Requests > 9 && h.MedianGap < 0.9*pace.Seconds())},
		} {
			if one.n > 0 {
				total += one.n
				faults = append(faults, fmt.Sprintf("%s: %d requests %s", h.Host, one.n, one.what))
			}
		}
	}
	return total, faults, nil
}

// unavoidable reads from the log, from an offset on, how long the most careful treatment
// of the host with the most requests takes: so many times the delay that it asks for, or
// the portal file.
func unavoidable(log string, from int64) (most time.Duration, err error) {
	waits := make(map[string]time.Duration)
	err = entries(log, from, func(e entry) {
		waits[e.Host] += max(pace, time.Duration(e.Delay)*time.Second)
		most = max(most, waits[e.Host])
	})
	return most, err
}

// An entry is a line of the simulator's log.
type entry struct {
	Site, Status, Delay int
	Kind, Host          string
}

// entries reads the log from an offset on.
func entries(log string, from int64, each func(entry)) error {
	f, err := os.Open(log)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("%s: %w", log, err)
		}
		each(e)
	}
	return lines.Err()
}

// when counts a truth.
func when(is bool) int {
	if is {
		return 1
	}
	return 0
}

// A thrift says how much was asked again of an unchanged world.
type thrift struct {
	known int // reports on hosts whose validators are right
	full  int // answered with their bytes all the same
}

// percent is the share that was answered by 304 or not asked for.
func (t thrift) percent() float64 { return 100 * (1 - float64(t.full)/float64(max(1, t.known))) }

// spent reads from the log, from an offset on, how many reports of honest hosts were
// answered with their bytes.
func spent(log string, from int64, sites []site) (full int, err error) {
	honest := make(map[int]bool)
	for _, s := range sites {
		honest[s.Site] = s.honest() && s.Special == ""
	}
	err = entries(log, from, func(e entry) {
		if honest[e.Site] && (e.Kind == "report" || e.Kind == "attachment") && e.Status == 200 {
			full++
		}
	})
	return full, err
}

// logged waits until what was asked is in the log, and returns its length.
func logged(ctx context.Context, s *sim) (int64, error) {
	mark := "/__mark" // a path of no portal: the bench answers it, and does not log it
	if _, err := s.get(ctx, mark); err != nil {
		return 0, err
	}
	for range 20 {
		before, err := os.Stat(s.log)
		if err != nil {
			return 0, err
		}
		if err := sleep(ctx); err != nil {
			return 0, err
		}
		after, err := os.Stat(s.log)
		if err != nil {
			return 0, err
		}
		if before.Size() == after.Size() && whole(s.log) {
			return after.Size(), nil
		}
	}
	return 0, fmt.Errorf("%s: does not come to rest", s.log)
}

// whole reports whether a log ends with a whole line.
func whole(path string) bool {
	text, err := os.ReadFile(path)
	return err == nil && (len(text) == 0 || bytes.HasSuffix(text, []byte("\n")))
}

// seedOf names a world in messages.
func seedOf(args []string) string { return strconv.Quote(strings.Join(args, " ")) }
