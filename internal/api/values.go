package api

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// date is a printed date as 2021-01-13, or null.
func date(d report.Date) any {
	if d.IsZero() {
		return nil
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// moment is a time in China's zone, or null.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(standard.China()).Format(time.RFC3339)
}

func splitComma(s string) []string {
	var list []string
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func failed(err error) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) { yield(nil, err) }
}

// yieldAll yields what a function returns, a row for each element.
func yieldAll[T any](list []T, err error, to func(T) row) iter.Seq2[row, error] {
	if err != nil {
		return failed(err)
	}
	return func(yield func(row, error) bool) {
		for _, v := range list {
			if !yield(to(v), nil) {
				return
			}
		}
	}
}
