package main

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/crawl"
	"gongkai/internal/ingest/extract"
)

// documentLimits bound what one document may cost, from wherever it comes.
type documentLimits struct {
	Bytes        size  `yaml:"bytes"`        // as it is sent or stored
	Decompressed size  `yaml:"decompressed"` // out of archives and compressed streams
	Ratio        count `yaml:"ratio"`        // of the latter to the former
	Pages        count `yaml:"pages"`        // pages, and as many table rows
	Time         wait  `yaml:"time"`
	Memory       size  `yaml:"memory"`
}

// A size is a number of bytes: 52428800, 50MB, 1GiB.
type size int64

// UnmarshalText reads a size. The units are those of computers: 1MB is 1MiB.
func (s *size) UnmarshalText(text []byte) error {
	digits := strings.TrimRight(strings.ToUpper(string(text)), " KMGIB")
	unit := strings.TrimSuffix(strings.Replace(strings.ToUpper(strings.TrimSpace(string(text[len(digits):]))), "I", "", 1), "B")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift, known := map[string]int{"": 0, "K": 10, "M": 20, "G": 30}[unit]
	if err != nil || n <= 0 || !known || n > 1<<30 {
		return fmt.Errorf("size %q; want a number above 0 with KB, MB or GB, such as 50MB", text)
	}
	*s = size(n << shift)
	return nil
}

// A count is a whole number above 0.
type count int

// UnmarshalText reads a count.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n <= 0 {
		return fmt.Errorf("number %q; want a whole number above 0", text)
	}
	*c = count(n)
	return nil
}

// A wait is a duration above 0.
type wait time.Duration

// UnmarshalText reads a wait.
func (w *wait) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d <= 0 {
		return fmt.Errorf("duration %q; want one above 0, such as 60s", text)
	}
	*w = wait(d)
	return nil
}

// fromEnvironment overrides limits by GONGKAI_LIMITS_BYTES and so on.
func (l *documentLimits) fromEnvironment() error {
	var faults []error
	for name, to := range map[string]encoding.TextUnmarshaler{"BYTES": &l.Bytes, "DECOMPRESSED": &l.Decompressed,
		"RATIO": &l.Ratio, "PAGES": &l.Pages, "TIME": &l.Time, "MEMORY": &l.Memory} {
		if text, ok := os.LookupEnv("GONGKAI_LIMITS_" + name); ok {
			if err := to.UnmarshalText([]byte(text)); err != nil {
				faults = append(faults, fmt.Errorf("GONGKAI_LIMITS_%s: %w", name, err))
			}
		}
	}
	return errors.Join(faults...)
}

// extract returns the limits as documents are read by; what was not set has its default.
func (l documentLimits) extract() extract.Limits {
	return extract.Limits{Bytes: int64(l.Bytes), Decompressed: int64(l.Decompressed), Ratio: int64(l.Ratio), Pages: int(l.Pages),
		Time: time.Duration(l.Time), Memory: int64(l.Memory)}.WithDefaults()
}

// reader returns what reads documents within the limits, the heavy ones in a process
// of their own.
func (s *settings) reader() ingest.Reader {
	r := ingest.Reader{Limits: s.Limits.extract(), Thresholds: s.Thresholds}
	if self, err := os.Executable(); err == nil {
		r.Apart = []string{self, apartName}
	}
	return r
}

// crawl returns what portals are asked by.
func (s *settings) crawl() crawl.Options {
	l := s.Limits.extract()
	return crawl.Options{Contact: s.Contact, MaxBody: l.Bytes, MaxUnpacked: l.Decompressed, MaxRatio: l.Ratio}
}

const apartName = "read-apart"

// newApart is the process that reads a heavy document. It reads no settings: it is told
// what it must know.
func newApart() *cobra.Command {
	return &cobra.Command{
		Use: apartName, Hidden: true, Args: cobra.NoArgs, Short: "read one document from standard input, for the program itself",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ingest.ServeApart(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}
